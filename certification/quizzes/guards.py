"""What the database itself refuses in this room's tables: used questions, pictures and what was handed in never change."""

from certification.guards import AppendOnly, Check

_CLOSED = "NOT EXISTS (SELECT 1 FROM quizzes_attempt AS a WHERE a.id = {row}.attempt_id AND a.state = 'open')"

GUARDS = (
    AppendOnly("quizzes_questionversion", keys=(("id",), ("question_id", "number"))),
    AppendOnly("quizzes_questionpicture", keys=(("id",), ("school_id", "digest"))),
    AppendOnly(
        "quizzes_quizassignment",
        keys=(("id",), ("uuid",), ("record_id", "quiz_id")),
        frozen=("id", "uuid", "record_id", "quiz_id", "module", "module_version", "assigned_at"),
    ),
    AppendOnly(
        "quizzes_attempt",
        keys=(("id",), ("uuid",), ("assignment_id", "number")),
        frozen=("id", "uuid", "assignment_id", "number", "seed", "pass_percent", "started_at"),
        checks=(
            Check(
                "begins_open", "NEW.state <> 'open'", "quizzes_attempt: an attempt begins open and is handed in later"
            ),
        ),
        update_checks=(
            Check("handed_in", "OLD.state <> 'open'", "quizzes_attempt: what was handed in is never changed"),
            Check(
                "graded",
                "NEW.state <> 'open' AND EXISTS (SELECT 1 FROM quizzes_response AS r "
                "WHERE r.attempt_id = OLD.id AND r.awarded_numerator IS NULL)",
                "quizzes_attempt: every response is graded before it is handed in",
            ),
        ),
        # INSERT OR REPLACE would throw the open one out by its partial index.
        sqlite_checks=(
            Check(
                "replace_open",
                "EXISTS (SELECT 1 FROM quizzes_attempt AS a WHERE a.assignment_id = NEW.assignment_id AND a.state = 'open')",
                "quizzes_attempt: one open attempt of an assignment",
            ),
        ),
    ),
    AppendOnly(
        "quizzes_response",
        keys=(("id",), ("attempt_id", "question_version_id"), ("attempt_id", "position")),
        frozen=("id", "attempt_id", "question_version_id", "position", "choice_order", "points"),
        checks=(
            Check("too_late", _CLOSED.format(row="NEW"), "quizzes_response: an attempt handed in takes no questions"),
        ),
        update_checks=(
            Check("handed_in", _CLOSED.format(row="OLD"), "quizzes_response: what was handed in is never changed"),
            Check(
                "sequence",
                "NEW.sequence < OLD.sequence",
                "quizzes_response: an older answer never takes a newer one's place",
            ),
        ),
    ),
)
