"""What the database itself refuses in this room's tables: a decision never changes, a signed shift never changes,
and nothing is signed but what was shown.
"""

from certification.guards import AppendOnly, Check, Erasable

_ERASED = (
    "EXISTS (SELECT 1 FROM records_erasure AS er JOIN externships_placement AS pl ON pl.record_id = er.record_id "
    "JOIN externships_shift AS sh ON sh.placement_id = pl.id WHERE sh.id = OLD.{column})"
)

GUARDS = (
    AppendOnly(
        "externships_signoff",
        keys=(("id",), ("uuid",), ("shift_id", "version")),
        checks=(
            Check(
                "as_shown",
                "NOT EXISTS (SELECT 1 FROM externships_signoffrow AS r "
                "JOIN externships_shift AS s ON s.id = r.shift_id "
                "WHERE r.id = NEW.row_id AND r.shift_id = NEW.shift_id AND r.version = NEW.version "
                "AND r.digest = NEW.digest AND s.version = NEW.version AND s.state = 'sent')",
                "externships_signoff: a decision is about exactly what was sent and shown",
            ),
        ),
        erasable=Erasable(
            columns=("words", "typed_name", "licence", "ip", "agent"),
            kept=(
                *("id", "uuid", "row_id", "shift_id", "version", "decision", "statement", "digest"),
                *("posted_minutes", "left_out_minutes", "decided_at"),
            ),
            when=_ERASED.format(column="shift_id"),
        ),
    ),
    AppendOnly(
        "externships_signoffrow",
        keys=(("id",), ("link_id", "shift_id")),
        erasable=Erasable(
            columns=("shown",),
            kept=("id", "link_id", "shift_id", "version", "digest"),
            when=_ERASED.format(column="shift_id"),
        ),
    ),
    AppendOnly(
        "externships_signofflink",
        keys=(("id",), ("uuid",), ("token_hash",), ("replaces_id",)),
        frozen=("id", "uuid", "supervisor_id", "placement_id", "token_hash", "created_at", "expires_at", "replaces_id"),
        update_checks=(
            Check(
                "dead",
                "(OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NULL) "
                "OR (OLD.spent_at IS NOT NULL AND NEW.spent_at IS NULL)",
                "externships_signofflink: a dead link is never revived",
            ),
        ),
    ),
    AppendOnly(
        "externships_shift",
        keys=(("id",), ("uuid",)),
        frozen=("id", "uuid", "placement_id", "created_at", "entered"),
        update_checks=(
            Check("signed", "OLD.state = 'signed'", "externships_shift: a signed shift is never changed"),
            Check(
                "unsigned",
                "NEW.state = 'signed' AND NOT EXISTS (SELECT 1 FROM externships_signoff AS d WHERE d.shift_id = NEW.id "
                "AND d.version = NEW.version AND d.decision = 'sign')",
                "externships_shift: signed needs a signature",
            ),
            Check("older", "NEW.version < OLD.version", "externships_shift: a version never goes back"),
        ),
        checks=(Check("begins", "NEW.state <> 'draft'", "externships_shift: a shift begins as a draft"),),
        erasable=Erasable(
            columns=("statement",),
            kept=(
                *("id", "uuid", "placement_id", "supervisor_id", "kind", "starts_at", "ends_at", "break_minutes"),
                *("techniques", "client_code", "entered", "state", "version", "created_at", "sent_at"),
            ),
            when=_ERASED.format(column="id"),
        ),
    ),
)
