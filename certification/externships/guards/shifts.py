"""A signed shift never changes, and nothing is signed without a decision."""

from certification.guards import AppendOnly, Check, Erasable

from .erased import ERASED

GUARDS = (
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
            when=ERASED.format(column="id"),
        ),
    ),
)
