"""What the database itself refuses in this room's tables: used questions, pictures and what was handed in never change."""

from certification.guards import AppendOnly, Check

_STATE = "(SELECT a.state FROM quizzes_attempt AS a WHERE a.id = {row}.attempt_id)"
_CLOSED = "COALESCE(" + _STATE + ", '') <> 'open'"


def _as_written(change: str, of: str, pairs: tuple[str, ...]) -> str:
    """That the newest written change of this row leads from what was to what is to be."""
    same = " AND ".join(
        f"c.old_{name} = OLD.{column} AND c.new_{name} = NEW.{column}" for name, column in _named(pairs)
    )
    newest = f"(SELECT MAX(n.id) FROM {change} AS n WHERE n.{of} = OLD.id)"
    return f"EXISTS (SELECT 1 FROM {change} AS c WHERE c.id = {newest} AND {same})"


def _named(pairs: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(pair.rpartition("_")[2], pair) for pair in pairs]


_SCORE_CHANGED = _as_written("quizzes_scorechange", "attempt_id", ("score_numerator", "score_denominator", "passed"))
_AWARD_CHANGED = _as_written("quizzes_awardchange", "response_id", ("awarded_numerator", "awarded_denominator"))
_MARKED = "OLD.awarded_numerator IS NULL AND EXISTS (SELECT 1 FROM quizzes_mark AS m WHERE m.response_id = OLD.id)"
_AWARD_KEPT = "OLD.awarded_numerator = NEW.awarded_numerator AND OLD.awarded_denominator = NEW.awarded_denominator"
_ANSWER_KEPT = (
    "NEW.answer = OLD.answer AND NEW.sequence = OLD.sequence AND NEW.flagged = OLD.flagged AND "
    "(NEW.saved_at = OLD.saved_at OR (NEW.saved_at IS NULL AND OLD.saved_at IS NULL))"
)

GUARDS = (
    AppendOnly("quizzes_vignetteversion", keys=(("id",), ("vignette_id", "number"))),
    AppendOnly("quizzes_questionversion", keys=(("id",), ("question_id", "number"))),
    AppendOnly("quizzes_questionpicture", keys=(("id",), ("school_id", "digest"))),
    AppendOnly(
        "quizzes_quizassignment",
        keys=(("id",), ("uuid",), ("record_id", "quiz_id")),
        frozen=("id", "uuid", "record_id", "quiz_id", "module", "module_version", "assigned_at"),
    ),
    AppendOnly("quizzes_allowance"),
    AppendOnly(
        "quizzes_attempt",
        keys=(("id",), ("uuid",), ("assignment_id", "number")),
        frozen=(
            "id",
            "uuid",
            "assignment_id",
            "number",
            "seed",
            "pass_percent",
            "settings",
            "started_at",
            "honour_given_at",
        ),
        checks=(
            Check(
                "begins_open", "NEW.state <> 'open'", "quizzes_attempt: an attempt begins open and is handed in later"
            ),
        ),
        update_checks=(
            Check(
                "handed_in",
                f"OLD.state = 'submitted' AND NOT (NEW.state = 'submitted' AND NEW.submitted_at = OLD.submitted_at "
                f"AND {_SCORE_CHANGED})",
                "quizzes_attempt: what was handed in is never changed, but for a score that a written regrade says",
            ),
            Check(
                "marking",
                "OLD.state = 'marking' AND NOT (NEW.state = 'submitted' AND NEW.submitted_at = OLD.submitted_at)",
                "quizzes_attempt: what waits for its mark is only marked",
            ),
            Check(
                "due",
                "OLD.state <> 'open' AND NOT (NEW.due_at = OLD.due_at OR (NEW.due_at IS NULL AND OLD.due_at IS NULL))",
                "quizzes_attempt: after handing in its time is never changed",
            ),
            Check(
                "graded",
                "NEW.state = 'submitted' AND EXISTS (SELECT 1 FROM quizzes_response AS r "
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
        frozen=(
            "id",
            "attempt_id",
            "question_version_id",
            "position",
            "choice_order",
            "points",
            "section",
            "section_intro",
        ),
        checks=(
            Check("too_late", _CLOSED.format(row="NEW"), "quizzes_response: an attempt handed in takes no questions"),
        ),
        update_checks=(
            Check(
                "handed_in",
                f"{_CLOSED.format(row='OLD')} AND NOT ({_ANSWER_KEPT})",
                "quizzes_response: what was handed in is never changed",
            ),
            Check(
                "award",
                f"{_CLOSED.format(row='OLD')} AND NOT (({_MARKED}) OR ({_AWARD_KEPT}) OR {_AWARD_CHANGED})",
                "quizzes_response: points are given once, by a mark where a person gives them, and change only as a "
                "written regrade says",
            ),
            Check(
                "sequence",
                "NEW.sequence < OLD.sequence",
                "quizzes_response: an older answer never takes a newer one's place",
            ),
        ),
    ),
    AppendOnly("quizzes_mark", keys=(("id",), ("response_id",))),
    AppendOnly("quizzes_regrade", keys=(("id",), ("uuid",))),
    AppendOnly("quizzes_awardchange", keys=(("id",), ("regrade_id", "response_id"))),
    AppendOnly("quizzes_scorechange", keys=(("id",), ("regrade_id", "attempt_id"))),
    AppendOnly(
        "quizzes_appeal",
        keys=(("id",), ("uuid",), ("response_id",)),
        frozen=("id", "uuid", "response_id", "words", "raised_at"),
        update_checks=(Check("answered", "OLD.outcome <> ''", "quizzes_appeal: what was answered is never changed"),),
    ),
)
