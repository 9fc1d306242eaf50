"""What was used never changes; nobody rates herself or a fellow learner; after a failure comes a plan, then another."""

from certification.guards import AppendOnly, Check, Erasable

from .second_factor import noted

_LEARNER = (
    "EXISTS (SELECT 1 FROM records_trainingrecord AS tr JOIN records_learner AS le ON le.id = tr.learner_id "
    "WHERE tr.id = NEW.record_id AND le.user_id = {user})"
)
# Somebody who studies at the school of the record now.
_FELLOW = (
    "EXISTS (SELECT 1 FROM records_trainingrecord AS tr JOIN records_trainingrecord AS ot ON ot.school_id = tr.school_id "
    "JOIN records_learner AS le ON le.id = ot.learner_id WHERE tr.id = NEW.record_id AND ot.sealed_at IS NULL "
    "AND ot.completed_on IS NULL AND le.user_id = {user})"
)
_BY_SUPERVISOR = "(SELECT su.user_id FROM externships_supervisor AS su WHERE su.id = NEW.supervisor_id)"
# The last word on the same competency of the same record that is not "not seen".
_LAST = (
    "(SELECT MAX(c.id) FROM externships_checkoff AS c JOIN externships_competencyversion AS cv ON cv.id = c.version_id "
    "WHERE c.record_id = NEW.record_id AND c.outcome <> 'not_seen' AND cv.competency_id = "
    "(SELECT nv.competency_id FROM externships_competencyversion AS nv WHERE nv.id = NEW.version_id))"
)
_FAILED_LAST = f"EXISTS (SELECT 1 FROM externships_checkoff AS f WHERE f.id = {_LAST} AND f.outcome = 'failed'"
# By which addresses somebody is known, as they are written but for case.
_MAILBOXES = (
    "SELECT LOWER(mu.email) AS address FROM accounts_user AS mu WHERE mu.id = {row}.evaluator_id "
    "UNION ALL SELECT LOWER(ma.email) FROM account_emailaddress AS ma "
    "WHERE ma.verified AND ma.user_id = {row}.evaluator_id "
    "UNION ALL SELECT LOWER(ms.email) FROM externships_supervisor AS ms WHERE ms.id = {row}.supervisor_id"
)
_SAME_MAILBOX = (
    f"EXISTS (SELECT 1 FROM ({_MAILBOXES.format(row='NEW')}) AS hers "
    f"WHERE hers.address IN ({_MAILBOXES.format(row='f')}))"
)
_ERASED = "EXISTS (SELECT 1 FROM records_erasure AS er WHERE er.record_id = {record})"
_OF_PLACEMENT = "(SELECT pl.record_id FROM externships_placement AS pl WHERE pl.id = OLD.placement_id)"
_OF_LINK = (
    "(SELECT pl.record_id FROM externships_placement AS pl JOIN externships_evaluationlink AS ln "
    "ON ln.placement_id = pl.id WHERE ln.id = OLD.link_id)"
)
_OF_PLAN = "(SELECT co.record_id FROM externships_checkoff AS co WHERE co.id = OLD.failed_id)"

# The key of a shift's posting; one database keeps a uuid with dashes, the other without.
_HEX = "REPLACE(CAST(sh.uuid AS TEXT), '-', '')"
_KEY = "'shift:' || " + " || '-' || ".join(
    f"SUBSTR({_HEX}, {start}, {length})" for start, length in ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
)
# Its lines of the ledger that were taken back, or (`NOT `) that stand.
_POSTED = (
    "(SELECT 1 FROM records_posting AS po JOIN records_hourentry AS he ON he.posting_id = po.id "
    f"WHERE po.record_id = pl.record_id AND po.source_key = {_KEY} "
    "AND {}EXISTS (SELECT 1 FROM records_hourentry AS back WHERE back.reverses_id = he.id))"
)
# Signed sessions with a client, of the version's technique where it has one; none any more is what was amended, and
# whose hours the school took back (`selectors.competencies.repeats_of`).
_REPEATS = (
    "(SELECT COUNT(*) FROM externships_shift AS sh JOIN externships_placement AS pl ON pl.id = sh.placement_id "
    "WHERE pl.record_id = NEW.record_id AND sh.state = 'signed' AND sh.kind = 'client_session' "
    "AND (v.technique = '' OR CAST(sh.techniques AS TEXT) LIKE '%\"' || v.technique || '\"%') "
    "AND NOT EXISTS (SELECT 1 FROM externships_shift AS am WHERE am.amends_id = sh.id AND am.state = 'signed') "
    f"AND NOT (EXISTS {_POSTED.format('')} AND NOT EXISTS {_POSTED.format('NOT ')}))"
)

_VERSION_COLUMNS = (
    *("id", "uuid", "competency_id", "number", "title", "criteria", "technique", "region", "safety"),
    *("before_clients", "opens_after", "written_by_id", "written_at"),
)


def _changed(*columns: str) -> str:
    """Whether one of these columns gets another value, in words of both databases."""
    return " OR ".join(
        f'(NEW."{name}" <> OLD."{name}" OR (NEW."{name}" IS NULL) <> (OLD."{name}" IS NULL))' for name in columns
    )


GUARDS = (
    AppendOnly(
        "externships_competency",
        keys=(("id",), ("uuid",), ("school_id", "code")),
    ),
    AppendOnly(
        "externships_competencyversion",
        keys=(("id",), ("uuid",), ("competency_id", "number")),
        frozen=("id", "uuid", "competency_id", "number"),
        update_checks=(
            Check(
                "used",
                f"OLD.state <> 'draft' AND ({_changed(*_VERSION_COLUMNS, 'in_use_since')})",
                "externships_competencyversion: a version in use is never changed",
            ),
            Check(
                "back",
                "NEW.state <> OLD.state AND NOT (OLD.state = 'draft' AND NEW.state = 'in_use') "
                "AND NOT (OLD.state = 'in_use' AND NEW.state = 'retired')",
                "externships_competencyversion: a version never goes back",
            ),
            Check(
                "retired",
                f"OLD.state = 'retired' AND ({_changed('retired_at')})",
                "externships_competencyversion: a version never goes back",
            ),
        ),
        delete_when="OLD.state = 'draft'",
        sqlite_checks=(
            Check(
                "one_in_use",
                "EXISTS (SELECT 1 FROM externships_competencyversion AS o WHERE o.competency_id = NEW.competency_id "
                "AND o.state = NEW.state AND o.state IN ('draft', 'in_use'))",
                "externships_competencyversion: rows are never replaced",
            ),
        ),
    ),
    AppendOnly(
        "externships_evaluationform",
        keys=(("id",), ("uuid",), ("school_id", "purpose", "number")),
        frozen=("id", "uuid", "school_id", "purpose", "number", "title", "items", "written_by_id", "in_use_since"),
        update_checks=(
            Check(
                "back",
                "OLD.state = 'retired'",
                "externships_evaluationform: a retired form never comes back",
            ),
        ),
        sqlite_checks=(
            Check(
                "one_in_use",
                "NEW.state = 'in_use' AND EXISTS (SELECT 1 FROM externships_evaluationform AS o WHERE "
                "o.school_id = NEW.school_id AND o.purpose = NEW.purpose AND o.state = 'in_use')",
                "externships_evaluationform: rows are never replaced",
            ),
        ),
    ),
    AppendOnly(
        "externships_evaluationlink",
        keys=(("id",), ("uuid",), ("token_hash",), ("replaces_id",)),
        frozen=(
            *("id", "uuid", "purpose", "supervisor_id", "placement_id", "shown", "digest", "token_hash"),
            *("address_hash", "created_at", "created_by_id", "expires_at", "replaces_id"),
        ),
        update_checks=(
            Check(
                "dead",
                f"OLD.revoked_at IS NOT NULL AND ({_changed('revoked_at', 'revoked_why')})",
                "externships_evaluationlink: a dead link is never revived",
            ),
            Check(
                "told_once",
                "OLD.told_at IS NOT NULL AND (NEW.told_at IS NULL OR NEW.told_at <> OLD.told_at)",
                "externships_evaluationlink: the school is told once",
            ),
        ),
        erasable=Erasable(
            columns=("shown",),
            kept=(
                *("id", "uuid", "purpose", "supervisor_id", "placement_id", "digest", "token_hash", "address_hash"),
                *("created_at", "created_by_id", "expires_at", "revoked_at", "revoked_why", "replaces_id"),
                "told_at",
            ),
            when=_ERASED.format(record=_OF_PLACEMENT),
        ),
    ),
    AppendOnly(
        "externships_evaluationtoken",
        keys=(("id",), ("token_hash",), ("link_id", "days")),
        checks=(
            Check(
                "alive",
                "EXISTS (SELECT 1 FROM externships_evaluationlink AS l WHERE l.id = NEW.link_id "
                "AND (l.revoked_at IS NOT NULL OR l.erased_at IS NOT NULL)) "
                "OR EXISTS (SELECT 1 FROM externships_evaluationanswer AS a WHERE a.link_id = NEW.link_id)",
                "externships_evaluationtoken: a dead link gets no token",
            ),
            Check(
                "fresh",
                "EXISTS (SELECT 1 FROM externships_evaluationlink AS l WHERE l.token_hash = NEW.token_hash)",
                "externships_evaluationtoken: a token opens one link",
            ),
        ),
    ),
    AppendOnly(
        "externships_evaluationanswer",
        keys=(("id",), ("uuid",), ("link_id",)),
        checks=(
            Check(
                "as_shown",
                "NOT EXISTS (SELECT 1 FROM externships_evaluationlink AS l WHERE l.id = NEW.link_id "
                "AND l.digest = NEW.digest AND l.revoked_at IS NULL AND l.expires_at > NEW.answered_at)",
                "externships_evaluationanswer: an answer is about exactly what was shown by a living link",
            ),
            noted("externships_evaluationanswer", "c.evaluation_id = NEW.link_id", "answered_at"),
            Check(
                "asked_for_a_code",
                "NEW.second_factor = '' AND EXISTS (SELECT 1 FROM externships_evaluationlink AS l "
                "JOIN externships_supervisor AS s ON s.id = l.supervisor_id WHERE l.id = NEW.link_id AND s.asks_code)",
                "externships_evaluationanswer: who is asked for a code never answers without",
            ),
        ),
        erasable=Erasable(
            columns=("words", "typed_name", "licence", "ip", "agent"),
            kept=("id", "uuid", "link_id", "marks", "statement", "digest", "second_factor", "answered_at", "via"),
            when=_ERASED.format(record=_OF_LINK),
        ),
    ),
    AppendOnly(
        "externships_checkoff",
        keys=(("id",), ("uuid",), ("answer_id", "version_id")),
        checks=(
            Check(
                "in_use",
                "NOT EXISTS (SELECT 1 FROM externships_competencyversion AS v JOIN externships_competency AS k "
                "ON k.id = v.competency_id JOIN records_trainingrecord AS tr ON tr.school_id = k.school_id "
                "WHERE v.id = NEW.version_id AND tr.id = NEW.record_id AND (v.state = 'in_use' OR "
                "(v.state = 'retired' AND NEW.answer_id IS NOT NULL)))",
                "externships_checkoff: never by a draft, nor by what another school asks",
            ),
            Check(
                "scale",
                "EXISTS (SELECT 1 FROM externships_competencyversion AS v WHERE v.id = NEW.version_id "
                "AND (CASE WHEN v.safety THEN 1 ELSE 0 END) <> (CASE WHEN NEW.rating IS NULL THEN 1 ELSE 0 END))",
                "externships_checkoff: a safety item is never rated, any other is",
            ),
            # What was once rated stays open. A link shows what stood when it was mailed: there the service decides.
            Check(
                "opens",
                f"EXISTS (SELECT 1 FROM externships_competencyversion AS v WHERE v.id = NEW.version_id "
                f"AND v.state = 'in_use' AND v.opens_after > {_REPEATS} "
                "AND NOT EXISTS (SELECT 1 FROM externships_checkoff AS ea JOIN externships_competencyversion AS ev "
                "ON ev.id = ea.version_id WHERE ea.record_id = NEW.record_id "
                "AND ev.competency_id = v.competency_id))",
                "externships_checkoff: never before so many supervised repeats",
            ),
            Check(
                "herself",
                f"{_LEARNER.format(user='NEW.evaluator_id')} OR {_LEARNER.format(user=_BY_SUPERVISOR)}",
                "externships_checkoff: nobody ever rates herself",
            ),
            Check(
                "fellow",
                f"{_FELLOW.format(user='NEW.evaluator_id')} OR {_FELLOW.format(user=_BY_SUPERVISOR)}",
                "externships_checkoff: learners never rate each other",
            ),
            Check(
                "of_link",
                "NEW.answer_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM externships_evaluationanswer AS a "
                "JOIN externships_evaluationlink AS l ON l.id = a.link_id "
                "JOIN externships_placement AS p ON p.id = l.placement_id WHERE a.id = NEW.answer_id "
                "AND l.purpose = 'checkoff' AND l.supervisor_id = NEW.supervisor_id "
                "AND l.placement_id = NEW.placement_id AND p.record_id = NEW.record_id)",
                "externships_checkoff: a supervisor's word never comes but by her answer to a link",
            ),
            Check(
                "plan",
                f"{_FAILED_LAST} AND NOT EXISTS (SELECT 1 FROM externships_remediation AS r WHERE r.failed_id = f.id "
                "AND r.state = 'done' AND r.id = NEW.after_id))",
                "externships_checkoff: a re-test never comes before the plan is done",
            ),
            # Ids, and addresses but for case. That dots, tags, look-alike letters and a second account make no other
            # person is held by the service alone (`selectors.persons`): no column keeps a mailbox's one spelling.
            Check(
                "other",
                f"{_FAILED_LAST} AND (f.evaluator_id = NEW.evaluator_id OR f.supervisor_id = NEW.supervisor_id "
                f"OR f.evaluator_id = {_BY_SUPERVISOR} OR NEW.evaluator_id = "
                f"(SELECT fs.user_id FROM externships_supervisor AS fs WHERE fs.id = f.supervisor_id) OR {_SAME_MAILBOX}))",
                "externships_checkoff: a re-test is never by the evaluator of the failed one",
            ),
        ),
        erasable=Erasable(
            columns=("words",),
            kept=(
                *("id", "uuid", "version_id", "record_id", "outcome", "rating", "evaluator_id", "supervisor_id"),
                *("answer_id", "placement_id", "after_id", "decided_at"),
            ),
            when=_ERASED.format(record="OLD.record_id"),
        ),
    ),
    AppendOnly(
        "externships_remediation",
        keys=(("id",), ("uuid",), ("failed_id",)),
        frozen=("id", "uuid", "failed_id", "planned_by_id", "planned_at"),
        checks=(
            Check(
                "failed",
                "NOT EXISTS (SELECT 1 FROM externships_checkoff AS c WHERE c.id = NEW.failed_id "
                "AND c.outcome = 'failed') OR NEW.state <> 'planned'",
                "externships_remediation: a plan follows a failed check-off, and is never done from the first",
            ),
        ),
        update_checks=(
            Check("done", "OLD.state = 'done'", "externships_remediation: a plan that is done is never changed"),
        ),
        erasable=Erasable(
            columns=("words",),
            kept=(
                *("id", "uuid", "failed_id", "minutes", "instructor_id", "due_on", "state"),
                *("planned_by_id", "planned_at", "done_by_id", "done_at"),
            ),
            when=_ERASED.format(record=_OF_PLAN),
        ),
    ),
    AppendOnly(
        "externships_siteevaluation",
        keys=(("id",), ("uuid",), ("placement_id",)),
        checks=(
            Check(
                "form",
                "NOT EXISTS (SELECT 1 FROM externships_evaluationform AS f WHERE f.id = NEW.form_id "
                "AND f.purpose = 'site')",
                "externships_siteevaluation: never by another form",
            ),
        ),
        erasable=Erasable(
            columns=("words",),
            kept=("id", "uuid", "placement_id", "form_id", "marks", "given_at"),
            when=_ERASED.format(record=_OF_PLACEMENT),
        ),
    ),
)
