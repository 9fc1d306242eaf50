"""What the database itself refuses in this room's tables: used questions, pictures and what was handed in never change."""

from certification.guards import OF_RECORD, AppendOnly, Check, Erasable, Shut

_STATE = "(SELECT a.state FROM quizzes_attempt AS a WHERE a.id = {row}.attempt_id)"
_CLOSED = "COALESCE(" + _STATE + ", '') <> 'open'"


def _kept(*columns: str) -> str:
    """That these columns stay as they are. An empty one is compared as empty: with NULL nothing would be refused."""
    return " AND ".join(
        f"COALESCE(CAST(NEW.{column} AS TEXT), '') = COALESCE(CAST(OLD.{column} AS TEXT), '')" for column in columns
    )


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
_AWARD_KEPT = _kept("awarded_numerator", "awarded_denominator")
_ANSWER_KEPT = f"NEW.answer = OLD.answer AND {_kept('sequence', 'flagged', 'saved_at')}"

# Of the response that a row points to: whose record it is, and what was asked where.
_OF_RESPONSE = (
    "quizzes_response AS r JOIN quizzes_attempt AS a ON a.id = r.attempt_id "
    "JOIN quizzes_quizassignment AS g ON g.id = a.assignment_id"
)
_OWN = (
    f"EXISTS (SELECT 1 FROM {_OF_RESPONSE} JOIN records_trainingrecord AS t ON t.id = g.record_id "
    "JOIN records_learner AS l ON l.id = t.learner_id WHERE r.id = NEW.response_id AND l.user_id = NEW.{column})"
)

# The record's time is over: somebody wrote an Erasure.
_ERASED = "EXISTS (SELECT 1 FROM records_erasure AS er JOIN quizzes_quizassignment AS g ON g.record_id = er.record_id "
_ERASED_OF_ATTEMPT = _ERASED + "JOIN quizzes_attempt AS a ON a.assignment_id = g.id WHERE a.id = OLD.attempt_id)"
_ERASED_OF_RESPONSE = (
    _ERASED + "JOIN quizzes_attempt AS a ON a.assignment_id = g.id "
    "JOIN quizzes_response AS r ON r.attempt_id = a.id WHERE r.id = OLD.response_id)"
)
_ESSAY = "EXISTS (SELECT 1 FROM quizzes_questionversion AS v WHERE v.id = OLD.question_version_id AND v.kind = 'essay')"

GUARDS = (
    AppendOnly("quizzes_vignetteversion", keys=(("id",), ("vignette_id", "number"))),
    AppendOnly("quizzes_questionversion", keys=(("id",), ("question_id", "number"))),
    AppendOnly("quizzes_questionpicture", keys=(("id",), ("school_id", "digest"))),
    AppendOnly(
        "quizzes_quizassignment",
        keys=(("id",), ("uuid",), ("record_id", "quiz_id")),
        frozen=("id", "uuid", "record_id", "quiz_id", "module", "module_version", "assigned_at"),
    ),
    AppendOnly(
        "quizzes_allowance",
        erasable=Erasable(
            columns=("reason",),
            kept=("id", "assignment_id", "before", "after", "allowed_by_id", "allowed_at"),
            when=_ERASED + "WHERE g.id = OLD.assignment_id)",
        ),
    ),
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
                "quizzes_attempt: what was handed in is never changed, but for a score that a written change says",
            ),
            Check(
                "marking",
                "OLD.state = 'marking' AND NOT (NEW.state = 'submitted' AND NEW.submitted_at = OLD.submitted_at)",
                "quizzes_attempt: what waits for its mark is only marked",
            ),
            Check(
                "due",
                f"OLD.state <> 'open' AND NOT ({_kept('due_at')})",
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
                "written regrade or correction says",
            ),
            Check(
                "sequence",
                "NEW.sequence < OLD.sequence",
                "quizzes_response: an older answer never takes a newer one's place",
            ),
        ),
        # Of an essay the text goes; what it was worth stays. What else was chosen names nobody.
        erasable=Erasable(
            columns=("answer",),
            kept=(
                *("id", "attempt_id", "question_version_id", "position", "choice_order", "points", "section"),
                *("section_intro", "flagged", "sequence", "saved_at", "awarded_numerator", "awarded_denominator"),
            ),
            when=f"{_ERASED_OF_ATTEMPT} AND {_ESSAY}",
        ),
    ),
    AppendOnly(
        "quizzes_mark",
        keys=(("id",), ("response_id",)),
        checks=(
            Check(
                "waits",
                "NOT EXISTS (SELECT 1 FROM quizzes_response AS r JOIN quizzes_attempt AS a ON a.id = r.attempt_id "
                "WHERE r.id = NEW.response_id AND a.state = 'marking' AND r.awarded_numerator IS NULL)",
                "quizzes_mark: only an answer that waits for it is marked",
            ),
            Check("own", _OWN.format(column="marked_by_id"), "quizzes_mark: never given by the learner herself"),
        ),
        erasable=Erasable(
            columns=("remark", "remarks"),
            kept=("id", "response_id", "points", "marked_by_id", "marked_at"),
            when=_ERASED_OF_RESPONSE,
        ),
    ),
    AppendOnly(
        "quizzes_markcorrection",
        keys=(("id",), ("uuid",), ("mark_id", "number")),
        checks=(
            Check(
                "graded",
                "NOT EXISTS (SELECT 1 FROM quizzes_mark AS m JOIN quizzes_response AS r ON r.id = m.response_id "
                "WHERE m.id = NEW.mark_id AND r.awarded_numerator IS NOT NULL)",
                "quizzes_markcorrection: only a mark that gave points is corrected",
            ),
            Check(
                "next",
                "NEW.number <> 1 + (SELECT COUNT(*) FROM quizzes_markcorrection AS c WHERE c.mark_id = NEW.mark_id)",
                "quizzes_markcorrection: each correction is the next one of its mark",
            ),
            Check(
                "own",
                f"EXISTS (SELECT 1 FROM {_OF_RESPONSE} JOIN records_trainingrecord AS t ON t.id = g.record_id "
                "JOIN records_learner AS l ON l.id = t.learner_id JOIN quizzes_mark AS m ON m.response_id = r.id "
                "WHERE m.id = NEW.mark_id AND l.user_id = NEW.decided_by_id)",
                "quizzes_markcorrection: never decided by the learner herself",
            ),
        ),
        erasable=Erasable(
            columns=("remark", "remarks", "reason"),
            kept=("id", "uuid", "mark_id", "number", "points", "decided_by_id", "decided_at"),
            when=_ERASED + "JOIN quizzes_attempt AS a ON a.assignment_id = g.id "
            "JOIN quizzes_response AS r ON r.attempt_id = a.id JOIN quizzes_mark AS m ON m.response_id = r.id "
            "WHERE m.id = OLD.mark_id)",
        ),
    ),
    AppendOnly("quizzes_regrade", keys=(("id",), ("uuid",))),
    AppendOnly(
        "quizzes_awardchange",
        keys=(("id",), ("regrade_id", "response_id"), ("correction_id",)),
        checks=(
            Check(
                "asked",
                f"NEW.regrade_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {_OF_RESPONSE} JOIN quizzes_questionversion AS v "
                "ON v.id = r.question_version_id JOIN quizzes_regrade AS d ON d.question_id = v.question_id "
                "AND d.quiz_id = g.quiz_id WHERE r.id = NEW.response_id AND d.id = NEW.regrade_id)",
                "quizzes_awardchange: a regrade changes answers to its question in its quiz alone",
            ),
            Check(
                "marked",
                "NEW.correction_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM quizzes_markcorrection AS c "
                "JOIN quizzes_mark AS m ON m.id = c.mark_id WHERE c.id = NEW.correction_id "
                "AND m.response_id = NEW.response_id)",
                "quizzes_awardchange: a correction changes the answer that its mark was given to",
            ),
        ),
    ),
    AppendOnly(
        "quizzes_scorechange",
        keys=(("id",), ("regrade_id", "attempt_id"), ("correction_id",)),
        checks=(
            Check(
                "answer",
                "NOT EXISTS (SELECT 1 FROM quizzes_awardchange AS c JOIN quizzes_response AS r ON r.id = c.response_id "
                "WHERE (c.regrade_id = NEW.regrade_id OR c.correction_id = NEW.correction_id) "
                "AND r.attempt_id = NEW.attempt_id)",
                "quizzes_scorechange: a score changes with the points of an answer alone",
            ),
        ),
    ),
    AppendOnly(
        "quizzes_appeal",
        keys=(("id",), ("uuid",), ("response_id",)),
        frozen=("id", "uuid", "response_id", "words", "raised_at"),
        checks=(Check("begins", "NEW.outcome <> ''", "quizzes_appeal: an appeal begins unanswered"),),
        update_checks=(
            Check("answered", "OLD.outcome <> ''", "quizzes_appeal: what was answered is never changed"),
            Check("own", _OWN.format(column="answered_by_id"), "quizzes_appeal: never answered by the learner herself"),
        ),
        erasable=Erasable(
            columns=("words", "answer"),
            kept=("id", "uuid", "response_id", "raised_at", "outcome", "answered_by_id", "answered_at"),
            when=_ERASED_OF_RESPONSE,
        ),
    ),
)

SHUT = (
    *(Shut(table) for table in ("quizzes_questionbank", "quizzes_quiz")),
    Shut("quizzes_quizassignment", OF_RECORD),
    Shut(
        "quizzes_attempt",
        "(SELECT rec.school_id FROM quizzes_quizassignment AS a JOIN records_trainingrecord AS rec ON rec.id = a.record_id "
        "WHERE a.id = NEW.assignment_id)",
    ),
)
"""What nobody makes any more at a school that has closed."""
