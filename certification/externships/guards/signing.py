"""A decision never changes, and is about exactly what was sent and shown; a dead link is never revived."""

from certification.guards import AppendOnly, Check, Erasable

from .erased import ERASED

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
            when=ERASED.format(column="shift_id"),
        ),
    ),
    AppendOnly(
        "externships_signoffrow",
        keys=(("id",), ("link_id", "shift_id")),
        erasable=Erasable(
            columns=("shown",),
            kept=("id", "link_id", "shift_id", "version", "digest"),
            when=ERASED.format(column="shift_id"),
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
)
