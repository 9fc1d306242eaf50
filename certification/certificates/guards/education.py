"""Guards of what CE certificates rest on, and of letters that were asked for."""

from certification.guards import AppendOnly, Check

GUARDS = (
    AppendOnly(
        "certificates_providernumber",
        keys=(("id",), ("uuid",), ("school_id", "regulator", "number", "valid_from")),
        frozen=(
            "id", "uuid", "school_id", "regulator", "number", "valid_from", "valid_to", "recorded_by_id", "recorded_at",
        ),
        update_checks=(
            Check("once", "OLD.withdrawn_at IS NOT NULL", "certificates: a withdrawn provider number stays withdrawn"),
        ),
    ),
    AppendOnly("certificates_coursequestions", keys=(("id",), ("uuid",), ("school_id", "program_code", "number"))),
    AppendOnly(
        "certificates_courseanswers",
        keys=(("id",), ("record_id",)),
        checks=(
            Check(
                "same_course",
                "NEW.questions_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM certificates_coursequestions AS q "
                "JOIN records_trainingrecord AS r ON r.school_id = q.school_id AND r.program_code = q.program_code "
                "WHERE q.id = NEW.questions_id AND r.id = NEW.record_id)",
                "certificates: the questions are those of another course",
            ),
        ),
    ),
    AppendOnly("certificates_coursesignature", keys=(("id",), ("record_id", "instructor_id"))),
    AppendOnly("certificates_letterrequest", keys=(("id",), ("uuid",))),
)  # fmt: skip
