"""What the database itself refuses in this room's tables (design promises 1, 2 and 4)."""

from certification.guards import OF_RECORD, OWN, AppendOnly, Check, Erasable, Shut

_PAPER = ("attachment", "attachment_name", "attachment_type", "attachment_sha256")
_ERASED = "EXISTS (SELECT 1 FROM records_erasure AS er WHERE er.record_id = OLD.record_id)"
_PAPER_TEXTS = ("attachment", "attachment_name", "attachment_type")
_OWN = (
    "EXISTS (SELECT 1 FROM records_trainingrecord AS r JOIN records_learner AS l ON l.id = r.learner_id "
    "WHERE r.id = NEW.record_id AND l.user_id = NEW.{column})"
)
_KEEPS = (
    "EXISTS (SELECT 1 FROM accounts_membership AS m WHERE m.organisation_id = NEW.school_id "
    "AND m.user_id = NEW.user_id AND m.role = 'custodian' AND m.until IS NULL)"
)

GUARDS = (
    # Kept by `accounts`, which lies below the guards.
    AppendOnly("accounts_schoolclosing", keys=(("id",), ("school_id",))),
    AppendOnly(
        "accounts_closingplan",
        checks=(
            Check(
                "planned",
                "NEW.last_day IS NULL AND NOT EXISTS (SELECT 1 FROM accounts_organisation AS o "
                "WHERE o.id = NEW.school_id AND o.closed_on IS NOT NULL)",
                "accounts_closingplan: only what is planned is called off",
            ),
        ),
    ),
    AppendOnly(
        "accounts_custodychange",
        checks=(
            Check("given", f"NEW.is_given AND {_KEEPS}", "accounts_custodychange: who has the role is not given it"),
            Check("taken", f"NOT NEW.is_given AND NOT {_KEEPS}", "accounts_custodychange: who has no role loses none"),
            Check(
                "last",
                "NOT NEW.is_given AND EXISTS (SELECT 1 FROM accounts_schoolclosing AS sc "
                "WHERE sc.school_id = NEW.school_id) AND NOT EXISTS (SELECT 1 FROM accounts_membership AS m "
                "WHERE m.organisation_id = NEW.school_id AND m.user_id <> NEW.user_id AND m.role = 'custodian' "
                "AND m.until IS NULL)",
                "accounts_custodychange: a school that has closed keeps a custodian",
            ),
        ),
    ),
    AppendOnly(
        "records_trainingrecord",
        keys=(("id",), ("uuid",), ("source_key",), ("follows_id",)),
        frozen=(
            *("id", "uuid", "learner_id", "school_id", "program_code", "program_title", "zone", "source_key"),
            *("certificate_term", "follows_id"),
        ),
        checks=(
            Check(
                "follows",
                "NEW.follows_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM records_trainingrecord AS p "
                "WHERE p.id = NEW.follows_id AND p.learner_id = NEW.learner_id AND p.school_id = NEW.school_id "
                "AND p.sealed_at IS NOT NULL)",
                "records_trainingrecord: only a sealed record of the same learner and school is followed",
            ),
        ),
        update_checks=(
            Check(
                "unsealed",
                "OLD.sealed_at IS NOT NULL AND (NEW.sealed_at IS NULL OR NEW.sealed_at <> OLD.sealed_at "
                "OR NEW.seal_reason <> OLD.seal_reason OR COALESCE(NEW.sealed_by_id, 0) <> COALESCE(OLD.sealed_by_id, 0))",
                "records_trainingrecord: a sealed record stays sealed",
            ),
            Check(
                "version",
                "NEW.rule_set_id <> OLD.rule_set_id AND NOT EXISTS (SELECT 1 FROM records_rulesetchange AS c "
                "WHERE c.record_id = OLD.id AND c.before_id = OLD.rule_set_id AND c.after_id = NEW.rule_set_id)",
                "records_trainingrecord: only an activation gives a record another version of its rules",
            ),
        ),
    ),
    AppendOnly("records_posting", keys=(("id",), ("uuid",), ("record_id", "source_key"))),
    AppendOnly(
        "records_hourentry",
        keys=(
            ("id",),
            ("uuid",),
            ("record_id", "source_key"),
            ("log_id", "position"),
            ("leaf_hash",),
            ("reverses_id",),
        ),
        checks=(
            Check(
                "reversal",
                "NEW.reverses_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM records_hourentry AS gone "
                "WHERE gone.id = NEW.reverses_id AND gone.record_id = NEW.record_id "
                "AND gone.minutes = -NEW.minutes AND gone.minutes > 0)",
                "records_hourentry: a reversal takes back exactly one entry of the same record",
            ),
            Check(
                "record_log",
                "NOT EXISTS (SELECT 1 FROM records_trainingrecord AS r JOIN records_hourlog AS l "
                "ON l.school_id = r.school_id WHERE r.id = NEW.record_id AND l.id = NEW.log_id)",
                "records_hourentry: an entry belongs to its school's log",
            ),
            # What two people put in the place of a line is the one thing that a sealed record still takes. Keys have the
            # dashes of a uuid, SQLite's column has not: compared without.
            Check(
                "sealed",
                "NEW.reverses_id IS NULL AND EXISTS (SELECT 1 FROM records_trainingrecord AS r "
                "WHERE r.id = NEW.record_id AND r.sealed_at IS NOT NULL) AND NOT EXISTS ("
                "SELECT 1 FROM records_posting AS p JOIN records_correction AS c ON c.record_id = p.record_id "
                "WHERE p.id = NEW.posting_id AND p.record_id = NEW.record_id AND c.outcome = '' "
                "AND REPLACE(p.source_key, '-', '') = 'correction:' || REPLACE(CAST(c.uuid AS TEXT), '-', '') "
                "AND EXISTS (SELECT 1 FROM records_hourentry AS back WHERE back.reverses_id = c.entry_id))",
                "records_hourentry: a sealed record takes no more hours",
            ),
        ),
    ),
    AppendOnly(
        "records_hourentrytext",
        keys=(("entry_id",),),
        # Names and words go only below a row that says so.
        delete_when="EXISTS (SELECT 1 FROM records_erasure AS e JOIN records_hourentry AS h "
        "ON h.record_id = e.record_id WHERE h.id = OLD.entry_id)",
    ),
    AppendOnly("records_erasure", keys=(("id",), ("record_id",))),
    AppendOnly(
        "records_occupiedtime",
        # The time is free again only when the entry that held it has been taken back.
        delete_when="EXISTS (SELECT 1 FROM records_hourentry AS back WHERE back.reverses_id = OLD.entry_id)",
        sqlite_checks=(
            # PostgreSQL holds the same by an exclusion constraint (its first migration).
            Check(
                "overlap",
                "EXISTS (SELECT 1 FROM records_occupiedtime AS other WHERE other.learner_id = NEW.learner_id "
                "AND other.starts_at < NEW.ends_at AND other.ends_at > NEW.starts_at)",
                "records_occupiedtime: no minute twice",
            ),
        ),
    ),
    AppendOnly(
        "records_presence",
        keys=(("id",), ("learner_id", "source_key")),
        frozen=("id", "learner_id", "source", "source_key", "since"),
        update_checks=(Check("reopened", "OLD.until IS NOT NULL", "records_presence: a presence is closed once"),),
        sqlite_checks=(
            # INSERT OR REPLACE would throw the open one out by its partial index.
            Check(
                "open",
                "NEW.until IS NULL AND EXISTS (SELECT 1 FROM records_presence AS other "
                "WHERE other.learner_id = NEW.learner_id AND other.until IS NULL)",
                "records_presence: one place at a time",
            ),
        ),
    ),
    AppendOnly("records_courseresult", keys=(("id",), ("uuid",), ("record_id", "source_key"))),
    AppendOnly("records_milestone", keys=(("id",), ("uuid",), ("record_id", "source_key"))),
    AppendOnly("records_milestonewithdrawal", keys=(("id",), ("milestone_id",))),
    AppendOnly(
        "records_hold",
        keys=(("id",), ("uuid",)),
        frozen=("id", "uuid", "record_id", "reason", "words", "placed_by_id", "placed_at"),
        checks=(
            Check("begins", "NEW.released_at IS NOT NULL", "records_hold: a hold begins unreleased"),
            Check("own", _OWN.format(column="placed_by_id"), "records_hold: never placed by the learner herself"),
        ),
        # INSERT OR REPLACE would throw the standing one out by its partial index.
        sqlite_checks=(
            Check(
                "replace_standing",
                "EXISTS (SELECT 1 FROM records_hold AS h WHERE h.record_id = NEW.record_id "
                "AND h.reason = NEW.reason AND h.released_at IS NULL)",
                "records_hold: one standing hold of a reason",
            ),
        ),
        update_checks=(
            Check("released", "OLD.released_at IS NOT NULL", "records_hold: what was released is never released again"),
            Check(
                "released_own",
                "NEW.released_at IS NOT NULL AND " + _OWN.format(column="released_by_id"),
                "records_hold: never released by the learner herself",
            ),
        ),
        erasable=Erasable(
            columns=("words", "release_words"),
            kept=("id", "uuid", "record_id", "reason", "placed_by_id", "placed_at", "released_by_id", "released_at"),
            when=_ERASED,
        ),
    ),
    AppendOnly("records_recordrequirement", keys=(("id",), ("record_id", "code"))),
    AppendOnly("records_activation", keys=(("id",), ("uuid",), ("school_id", "rule_set_id"))),
    AppendOnly("records_rulesetchange", keys=(("id",), ("record_id", "activation_id"))),
    AppendOnly(
        "records_correction",
        keys=(("id",), ("uuid",)),
        frozen=(
            *("id", "uuid", "record_id", "entry_id", "claim_id", "replacement", "minutes", "reason", "words"),
            *("proposed_by_id", "proposed_at", *_PAPER),
        ),
        checks=(
            Check("begins", "NEW.outcome <> ''", "records_correction: a correction begins undecided"),
            Check(
                "entry",
                "NEW.entry_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM records_hourentry AS e "
                "WHERE e.id = NEW.entry_id AND e.record_id = NEW.record_id AND e.reverses_id IS NULL)",
                "records_correction: only a line of the same record can be taken back",
            ),
            Check(
                "claim",
                "NEW.claim_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM records_claim AS c "
                "WHERE c.id = NEW.claim_id AND c.record_id = NEW.record_id)",
                "records_correction: it answers a claim of the same record",
            ),
            Check(
                "own",
                _OWN.format(column="proposed_by_id"),
                "records_correction: never proposed by the learner herself",
            ),
        ),
        # INSERT OR REPLACE would also delete the open one that the partial unique index collides with.
        sqlite_checks=(
            Check(
                "replace_open",
                "EXISTS (SELECT 1 FROM records_correction AS c WHERE c.entry_id = NEW.entry_id AND c.outcome = '')",
                "records_correction: one open correction of an entry",
            ),
        ),
        # Keys have the dashes of a uuid, SQLite's column has not: compared without.
        update_checks=(
            Check("decided", "OLD.outcome <> ''", "records_correction: what was decided is never decided again"),
            Check(
                "decided_own",
                "NEW.outcome <> '' AND " + _OWN.format(column="decided_by_id"),
                "records_correction: never decided by the learner herself",
            ),
            Check(
                "back",
                "NEW.outcome = 'approved' AND NEW.entry_id IS NOT NULL AND NOT EXISTS ("
                "SELECT 1 FROM records_hourentry AS e JOIN records_posting AS p ON p.id = e.posting_id "
                "WHERE e.reverses_id = NEW.entry_id AND p.record_id = NEW.record_id "
                "AND REPLACE(p.source_key, '-', '') = 'correction:' || REPLACE(CAST(NEW.uuid AS TEXT), '-', '') || '/back')",
                "records_correction: never approved before the line is taken back",
            ),
            Check(
                "posted",
                "NEW.outcome = 'approved' AND NEW.minutes <> COALESCE(("
                "SELECT SUM(e.minutes) FROM records_hourentry AS e JOIN records_posting AS p ON p.id = e.posting_id "
                "WHERE p.record_id = NEW.record_id AND REPLACE(p.source_key, '-', '') = "
                "'correction:' || REPLACE(CAST(NEW.uuid AS TEXT), '-', '')), 0)",
                "records_correction: never approved before its hours are posted, to the minute",
            ),
        ),
        erasable=Erasable(
            columns=("words", "decision_words", *_PAPER_TEXTS),
            kept=(
                *("id", "uuid", "record_id", "entry_id", "claim_id", "replacement", "minutes", "reason"),
                *("proposed_by_id", "proposed_at", "outcome", "decided_by_id", "decided_at", "attachment_sha256"),
            ),
            when=_ERASED,
        ),
    ),
    AppendOnly(
        "records_claim",
        keys=(("id",), ("uuid",)),
        frozen=(
            *("id", "uuid", "record_id", "kind", "entry_id", "date", "minutes", "words", "made_by_id", "made_at"),
            *("due_on", *_PAPER),
        ),
        checks=(
            Check("begins", "NEW.answer <> ''", "records_claim: a claim begins unanswered"),
            Check(
                "entry",
                "NEW.entry_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM records_hourentry AS e "
                "WHERE e.id = NEW.entry_id AND e.record_id = NEW.record_id AND e.reverses_id IS NULL)",
                "records_claim: it names a line of the same record",
            ),
            Check(
                "own",
                "NOT " + _OWN.format(column="made_by_id"),
                "records_claim: never made by anybody but the learner herself",
            ),
        ),
        sqlite_checks=(
            Check(
                "replace_open",
                "EXISTS (SELECT 1 FROM records_claim AS c WHERE c.entry_id = NEW.entry_id AND c.answer = '')",
                "records_claim: one open claim of an entry",
            ),
        ),
        update_checks=(
            Check("answered", "OLD.answer <> ''", "records_claim: what was answered is never answered again"),
            Check(
                "corrected",
                "NEW.answer = 'corrected' AND NOT EXISTS (SELECT 1 FROM records_correction AS c "
                "WHERE c.claim_id = NEW.id AND c.outcome = 'approved')",
                "records_claim: never corrected without an approved correction",
            ),
        ),
        erasable=Erasable(
            columns=("words", "answer_words", *_PAPER_TEXTS),
            kept=(
                *("id", "uuid", "record_id", "kind", "entry_id", "date", "minutes", "made_by_id", "made_at", "due_on"),
                *("reminded_at", "answer", "answered_by_id", "answered_at", "attachment_sha256"),
            ),
            when=_ERASED,
        ),
    ),
    AppendOnly(
        "records_importbatch",
        keys=(("id",), ("uuid",)),
        frozen=(
            *("id", "uuid", "school_id", "kind", "file", "file_name", "file_sha256", "verdicts", "tally"),
            *("proposed_by_id", "proposed_at"),
        ),
        checks=(Check("begins", "NEW.outcome <> ''", "records_importbatch: a file begins undecided"),),
        # INSERT OR REPLACE would also delete the open one that the partial unique index collides with.
        sqlite_checks=(
            Check(
                "replace_open",
                "EXISTS (SELECT 1 FROM records_importbatch AS b WHERE b.school_id = NEW.school_id "
                "AND b.file_sha256 = NEW.file_sha256 AND b.outcome = '')",
                "records_importbatch: one open import of a file",
            ),
        ),
        update_checks=(
            Check("decided", "OLD.outcome <> ''", "records_importbatch: what was decided is never decided again"),
        ),
        # Only a person's rows go: others stand in the same file. Nothing rests on a file that was not posted.
        erasable=Erasable(
            columns=("file", "file_name", "verdicts", "decision_words"),
            kept=(
                *("id", "uuid", "school_id", "kind", "file_sha256", "tally"),
                *("proposed_by_id", "proposed_at", "outcome", "decided_by_id", "decided_at"),
            ),
            when="OLD.outcome IN ('refused', 'withdrawn') OR (OLD.outcome = 'posted' AND EXISTS ("
            "SELECT 1 FROM records_erasure AS er JOIN records_trainingrecord AS r ON r.id = er.record_id "
            "WHERE r.school_id = OLD.school_id))",
            emptied=False,
        ),
    ),
    # The log only grows; its name stands in every checkpoint.
    AppendOnly(
        "records_hourlog",
        keys=(("id",), ("school_id",), ("origin",)),
        frozen=("id", "school_id", "origin"),
        update_checks=(
            Check("shrinks", "NEW.size < OLD.size", "records_hourlog: a log only grows"),
            Check(
                "regrown",
                "NEW.size = OLD.size AND NEW.peaks <> OLD.peaks AND OLD.peaks <> '[]'",
                "records_hourlog: a tree changes only by growing",
            ),
        ),
    ),
    AppendOnly("records_lognode", keys=(("id",), ("log_id", "level", "index"))),
    AppendOnly(
        "records_checkpoint",
        keys=(("id",), ("log_id", "size")),
        checks=(
            Check(
                "size",
                "NEW.size > (SELECT l.size FROM records_hourlog AS l WHERE l.id = NEW.log_id)",
                "records_checkpoint: a checkpoint covers no line that is not there",
            ),
        ),
    ),
    AppendOnly(
        "records_witness",
        keys=(("id",), ("uuid",)),
        frozen=("id", "uuid", "log_id", "name", "email", "since"),
        # INSERT OR REPLACE would throw the present one out by its partial index.
        sqlite_checks=(
            Check(
                "replace_present",
                "NEW.until IS NULL AND EXISTS (SELECT 1 FROM records_witness AS w "
                "WHERE w.log_id = NEW.log_id AND w.email = NEW.email AND w.until IS NULL)",
                "records_witness: one row of an address",
            ),
        ),
    ),
    AppendOnly("records_anomaly", keys=(("id",), ("uuid",), ("school_id", "fingerprint"))),
    AppendOnly(
        "records_anomalyrecord",
        keys=(("id",), ("anomaly_id", "record_id")),
        checks=(
            Check(
                "school",
                "NOT EXISTS (SELECT 1 FROM records_anomaly AS a JOIN records_trainingrecord AS r "
                "ON r.school_id = a.school_id WHERE a.id = NEW.anomaly_id AND r.id = NEW.record_id)",
                "records_anomalyrecord: an anomaly is about records of its school",
            ),
        ),
    ),
    AppendOnly(
        "records_anomalydecision",
        keys=(("id",), ("uuid",)),
        checks=(
            Check(
                "own",
                "EXISTS (SELECT 1 FROM records_anomalyrecord AS ar "
                "JOIN records_trainingrecord AS r ON r.id = ar.record_id "
                "JOIN records_learner AS l ON l.id = r.learner_id "
                "WHERE ar.anomaly_id = NEW.anomaly_id AND l.user_id = NEW.by_id)",
                "records_anomalydecision: never decided by the learner herself",
            ),
        ),
        erasable=Erasable(
            columns=("words",),
            kept=("id", "uuid", "anomaly_id", "by_id", "at", "verdict"),
            when="EXISTS (SELECT 1 FROM records_erasure AS er JOIN records_anomalyrecord AS ar "
            "ON ar.record_id = er.record_id WHERE ar.anomaly_id = OLD.anomaly_id)",
        ),
    ),
)

SHUT = (
    *(Shut(table, OWN) for table in ("records_trainingrecord", "records_importbatch", "records_activation")),
    *(
        Shut(table, OF_RECORD)
        for table in (
            *("records_posting", "records_hourentry", "records_courseresult", "records_milestone", "records_claim"),
            *("records_correction", "records_rulesetchange"),
        )
    ),
    Shut("records_crosswalk", OWN),
    Shut("accounts_closingplan", OWN),
)
"""What nobody makes any more at a school that has closed."""
