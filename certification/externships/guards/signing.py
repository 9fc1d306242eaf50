"""A decision never changes, and is about exactly what was sent and shown; a dead link is never revived."""

from certification.guards import AppendOnly, Check, Erasable

from .erased import ERASED
from .second_factor import noted

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
            Check(
                "of_its_sitting",
                "NEW.receipt_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM externships_signingreceipt AS c "
                "JOIN externships_signoffrow AS r ON r.link_id = c.link_id "
                "WHERE c.id = NEW.receipt_id AND r.id = NEW.row_id)",
                "externships_signoff: a receipt is about the rows of its own link",
            ),
            Check(
                "of_its_scan",
                "NEW.scan_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM externships_paperscan AS p "
                "JOIN externships_signoffrow AS r ON r.link_id = p.link_id "
                "WHERE p.id = NEW.scan_id AND r.id = NEW.row_id AND p.outcome = 'approved')",
                "externships_signoff: on paper counts what somebody else approved of that form",
            ),
            noted(
                "externships_signoff",
                "c.link_id = (SELECT r.link_id FROM externships_signoffrow AS r WHERE r.id = NEW.row_id)",
                "decided_at",
            ),
            Check(
                "asked_for_a_code",
                "NEW.decision = 'sign' AND NEW.via <> 'paper' AND NEW.second_factor = '' AND EXISTS "
                "(SELECT 1 FROM externships_signoffrow AS r JOIN externships_signofflink AS l ON l.id = r.link_id "
                "JOIN externships_supervisor AS s ON s.id = l.supervisor_id WHERE r.id = NEW.row_id AND s.asks_code)",
                "externships_signoff: who is asked for a code never signs without",
            ),
        ),
        erasable=Erasable(
            columns=("words", "typed_name", "licence", "ip", "agent"),
            kept=(
                *("id", "uuid", "row_id", "shift_id", "version", "decision", "statement", "digest"),
                *("posted_minutes", "left_out_minutes", "decided_at", "via", "receipt_id", "scan_id"),
                "second_factor",
                *("proposed_starts_at", "proposed_ends_at", "proposed_break_minutes"),
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
        frozen=(
            *("id", "uuid", "supervisor_id", "placement_id", "channel", "token_hash", "created_at", "expires_at"),
            "replaces_id",
        ),
        update_checks=(
            Check(
                "dead",
                "(OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NULL) "
                "OR (OLD.spent_at IS NOT NULL AND NEW.spent_at IS NULL)",
                "externships_signofflink: a dead link is never revived",
            ),
            Check(
                "mailed_once",
                "OLD.mailed_at IS NOT NULL AND (NEW.mailed_at IS NULL OR NEW.mailed_at <> OLD.mailed_at "
                "OR (NEW.mailed_as IS NULL) <> (OLD.mailed_as IS NULL) OR NEW.mailed_as <> OLD.mailed_as "
                "OR NEW.address_hash <> OLD.address_hash)",
                "externships_signofflink: a mail is never unsent, nor sent elsewhere afterwards",
            ),
            Check(
                "mailed_alive",
                "OLD.mailed_at IS NULL AND NEW.mailed_at IS NOT NULL AND (NEW.revoked_at IS NOT NULL "
                "OR NEW.spent_at IS NOT NULL OR NEW.held_at IS NOT NULL OR OLD.goes_at IS NULL)",
                "externships_signofflink: what is void, spent or held is never mailed",
            ),
            Check(
                "goes_later",
                "(NEW.goes_at IS NULL) <> (OLD.goes_at IS NULL) "
                "OR (OLD.mailed_at IS NOT NULL AND NEW.goes_at <> OLD.goes_at)",
                "externships_signofflink: when it goes is never changed once it has gone",
            ),
            Check(
                "told_once",
                "OLD.told_at IS NOT NULL AND (NEW.told_at IS NULL OR NEW.told_at <> OLD.told_at)",
                "externships_signofflink: the school is told once",
            ),
        ),
    ),
    AppendOnly(
        "externships_linktoken",
        keys=(("id",), ("token_hash",), ("link_id", "days")),
        checks=(
            Check(
                "alive",
                "EXISTS (SELECT 1 FROM externships_signofflink AS l WHERE l.id = NEW.link_id "
                "AND (l.revoked_at IS NOT NULL OR l.spent_at IS NOT NULL OR l.channel <> 'mail' OR l.mailed_at IS NULL))",
                "externships_linktoken: a dead link gets no token",
            ),
            Check(
                "fresh",
                "EXISTS (SELECT 1 FROM externships_signofflink AS l WHERE l.token_hash = NEW.token_hash)",
                "externships_linktoken: a token opens one link",
            ),
        ),
    ),
    AppendOnly("externships_signingreceipt", keys=(("id",), ("code",))),
)
