"""What the database itself refuses in this room's tables (design promises 1, 2 and 4)."""

from certification.guards import AppendOnly, Check

GUARDS = (
    AppendOnly(
        "records_trainingrecord",
        keys=(("id",), ("uuid",), ("source_key",)),
        frozen=("id", "uuid", "learner_id", "school_id", "program_code", "program_title", "zone", "source_key"),
        update_checks=(
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
        ),
    ),
    AppendOnly("records_hourentrytext", keys=(("entry_id",),)),
    AppendOnly(
        "records_occupiedtime",
        # The time is free again only when the entry that held it has been taken back.
        delete_when="EXISTS (SELECT 1 FROM records_hourentry AS back WHERE back.reverses_id = OLD.entry_id)",
        sqlite_checks=(
            # PostgreSQL holds the same by an exclusion constraint (migration 0002).
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
    AppendOnly("records_recordrequirement", keys=(("id",), ("record_id", "code"))),
    AppendOnly("records_activation", keys=(("id",), ("uuid",), ("school_id", "rule_set_id"))),
    AppendOnly("records_rulesetchange", keys=(("id",), ("record_id", "activation_id"))),
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
    AppendOnly("records_witness", keys=(("id",), ("uuid",)), frozen=("id", "uuid", "log_id", "name", "email", "since")),
)
