"""A scan is answered once, and what was read on it never changes."""

from certification.guards import AppendOnly, Check, Erasable

_OF_ITS_FORM = (
    "EXISTS (SELECT 1 FROM records_erasure AS er JOIN externships_placement AS pl ON pl.record_id = er.record_id "
    "JOIN externships_signofflink AS l ON l.placement_id = pl.id WHERE l.id = OLD.link_id)"
)

GUARDS = (
    AppendOnly(
        "externships_paperscan",
        keys=(("id",), ("uuid",)),
        frozen=(
            *("id", "uuid", "link_id", "typed_name", "signed_on", "answers", "uploaded_by_id", "uploaded_at"),
            *("attachment", "attachment_name", "attachment_type", "attachment_sha256"),
        ),
        update_checks=(
            Check("answered", "OLD.outcome <> ''", "externships_paperscan: a scan is never answered twice"),
            Check(
                "approved_once",
                "NEW.outcome = 'approved' AND EXISTS (SELECT 1 FROM externships_paperscan AS other "
                "WHERE other.link_id = NEW.link_id AND other.id <> OLD.id AND other.outcome = 'approved')",
                "externships_paperscan: never are two scans of a form approved",
            ),
            Check(
                "void",
                "NEW.outcome = 'approved' AND EXISTS (SELECT 1 FROM externships_signofflink AS l "
                "WHERE l.id = NEW.link_id AND l.revoked_at IS NOT NULL)",
                "externships_paperscan: a void form is never approved",
            ),
        ),
        checks=(
            Check("waits", "NEW.outcome <> ''", "externships_paperscan: a scan begins as one that waits"),
            Check(
                "of_a_form",
                "NOT EXISTS (SELECT 1 FROM externships_signofflink AS l WHERE l.id = NEW.link_id "
                "AND l.channel = 'paper' AND l.revoked_at IS NULL AND l.spent_at IS NULL)",
                "externships_paperscan: only a living form is handed in",
            ),
        ),
        sqlite_checks=(
            # INSERT OR REPLACE would throw the waiting one out by its partial index.
            Check(
                "replace_waiting",
                "EXISTS (SELECT 1 FROM externships_paperscan AS other WHERE other.link_id = NEW.link_id "
                "AND other.outcome = '')",
                "externships_paperscan: one scan of a form waits",
            ),
        ),
        erasable=Erasable(
            columns=("typed_name", "answers", "attachment", "attachment_name", "attachment_type", "decided_words"),
            kept=(
                *("id", "uuid", "link_id", "signed_on", "uploaded_by_id", "uploaded_at", "attachment_sha256"),
                *("outcome", "decided_by_id", "decided_at"),
            ),
            when=_OF_ITS_FORM,
        ),
    ),
)
