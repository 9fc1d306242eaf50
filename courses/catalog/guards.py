"""What the database itself refuses in the catalog: identity never changes or goes, an approved course does not drift."""

from certification.guards import AppendOnly, Check, Shut

_IN_FORCE = "a.withdrawn_on IS NULL"
_SUM = (
    "(SELECT COALESCE(SUM(m.minutes), 0) FROM catalog_module AS m WHERE m.program_id = NEW.program_id "
    "AND m.id <> COALESCE(NEW.id, -1) AND m.state <> 'retired') "
    "+ CASE WHEN NEW.state <> 'retired' THEN NEW.minutes ELSE 0 END "
    "+ (SELECT p.externship_minutes FROM catalog_program AS p WHERE p.id = NEW.program_id)"
)
_PROGRAM_DRIFTS = Check(
    "sum",
    "EXISTS (SELECT 1 FROM catalog_courseapproval AS a WHERE a.program_id = NEW.program_id AND a.module_id IS NULL "
    f"AND {_IN_FORCE} AND a.minutes <> {_SUM})",
    "catalog_module: the program is approved with other minutes",
)

GUARDS = (
    AppendOnly(
        "catalog_program",
        keys=(("id",), ("uuid",), ("school_id", "code", "version")),
        frozen=("id", "uuid", "school_id", "code", "version"),
        update_checks=(
            Check(
                "approved",
                "EXISTS (SELECT 1 FROM catalog_courseapproval AS a WHERE a.program_id = NEW.id AND a.module_id IS NULL "
                f"AND {_IN_FORCE} AND (a.title <> NEW.title OR NEW.externship_minutes <> OLD.externship_minutes))",
                "catalog_program: it is approved under another title or with other minutes",
            ),
        ),
    ),
    AppendOnly(
        "catalog_module",
        keys=(("id",), ("uuid",), ("program_id", "code", "version")),
        frozen=("id", "uuid", "program_id", "code", "version"),
        checks=(_PROGRAM_DRIFTS,),
        update_checks=(
            Check(
                "approved",
                f"EXISTS (SELECT 1 FROM catalog_courseapproval AS a WHERE a.module_id = NEW.id AND {_IN_FORCE} "
                "AND (a.title <> NEW.title OR a.minutes <> NEW.minutes))",
                "catalog_module: it is approved under another title or with other minutes",
            ),
            Check("approved_sum", _PROGRAM_DRIFTS.refuse_when, _PROGRAM_DRIFTS.message),
        ),
    ),
    AppendOnly(
        "catalog_lesson",
        keys=(("id",), ("uuid",), ("module_id", "code")),
        frozen=("id", "uuid", "module_id", "code"),
    ),
    AppendOnly(
        "catalog_lessonchange",
        keys=(("id",), ("uuid",), ("revision",)),
        frozen=("id", "uuid", "lesson_id", "revision", "kind", "note", "decided_by_id", "decided_at"),
        update_checks=(
            Check("once", "OLD.published_at IS NOT NULL", "catalog_lessonchange: a revision is published once"),
        ),
    ),
    AppendOnly(
        "catalog_courseapproval",
        keys=(("id",), ("uuid",), ("body", "number", "program_id")),
        frozen=(
            "id", "uuid", "program_id", "module_id", "body", "number", "regulator", "course_type", "instructor_id",
            "title", "minutes", "approved_on", "recorded_by_id", "recorded_at",
        ),
        update_checks=(
            Check(
                "withdrawn",
                "OLD.withdrawn_on IS NOT NULL",
                "catalog_courseapproval: a withdrawn approval never changes",
            ),
        ),
    ),
)  # fmt: skip

_OF_PROGRAM = "(SELECT pr.school_id FROM catalog_program AS pr WHERE pr.id = NEW.program_id)"
SHUT = (
    Shut("catalog_program"),
    *(Shut(table, _OF_PROGRAM) for table in ("catalog_module", "catalog_courseapproval", "catalog_examination")),
    Shut(
        "catalog_lesson",
        "(SELECT pr.school_id FROM catalog_module AS mo JOIN catalog_program AS pr ON pr.id = mo.program_id "
        "WHERE mo.id = NEW.module_id)",
    ),
)
"""What nobody makes any more at a school that has closed."""
