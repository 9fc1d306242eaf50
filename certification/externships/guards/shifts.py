"""A signed shift never changes, nothing is signed without a decision, and what a clock measured stays as it was."""

from certification.guards import AppendOnly, Check, Erasable

from .erased import ERASED

GUARDS = (
    AppendOnly(
        "externships_shift",
        keys=(("id",), ("uuid",)),
        frozen=(
            *("id", "uuid", "placement_id", "created_at", "amends_id"),
            *("clock_id", "clocked_from", "clocked_to", "clocked_break"),
        ),
        update_checks=(
            Check("signed", "OLD.state = 'signed'", "externships_shift: a signed shift is never changed"),
            Check(
                "unsigned",
                "NEW.state = 'signed' AND NOT EXISTS (SELECT 1 FROM externships_signoff AS d WHERE d.shift_id = NEW.id "
                "AND d.version = NEW.version AND d.decision = 'sign')",
                "externships_shift: signed needs a signature",
            ),
            Check("older", "NEW.version < OLD.version", "externships_shift: a version never goes back"),
            Check(
                "entered",
                "NEW.entered <> OLD.entered AND NOT (OLD.entered = 'clock' AND NEW.entered = 'changed')",
                "externships_shift: what was written by hand never becomes clocked",
            ),
            # Signed rows of before these questions were asked stay as they are.
            Check(
                "unasked",
                "NEW.state = 'sent' AND OLD.state <> 'sent' AND NEW.kind = 'client_session' "
                "AND (NEW.screen = '' OR NEW.client_code = '')",
                "externships_shift: a session is never sent without screen and code",
            ),
        ),
        checks=(
            Check("begins", "NEW.state <> 'draft'", "externships_shift: a shift begins as a draft"),
            Check(
                "amends",
                "NEW.amends_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM externships_shift AS o WHERE o.id = NEW.amends_id "
                "AND o.state = 'signed' AND o.placement_id = NEW.placement_id)",
                "externships_shift: never an amendment but of a signed shift of the same placement",
            ),
            Check(
                "clocked",
                "NEW.clock_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM externships_clock AS c WHERE c.id = NEW.clock_id "
                "AND c.placement_id = NEW.placement_id AND c.ended_at IS NOT NULL AND NEW.clocked_from >= c.started_at "
                "AND NEW.clocked_from <= c.ended_at AND (NEW.clocked_to IS NULL OR NEW.clocked_to <= c.ended_at))",
                "externships_shift: never clocked but by a clock that ended",
            ),
        ),
        # INSERT OR REPLACE would throw the living amendment out by its partial index.
        sqlite_checks=(
            Check(
                "replace_amendment",
                "NEW.amends_id IS NOT NULL AND EXISTS (SELECT 1 FROM externships_shift AS o "
                "WHERE o.amends_id = NEW.amends_id AND o.state NOT IN ('refused', 'withdrawn'))",
                "externships_shift: one amendment at a time, never replaced",
            ),
        ),
        erasable=Erasable(
            columns=("statement", "reflection", "amend_reason"),
            kept=(
                *("id", "uuid", "placement_id", "supervisor_id", "kind", "starts_at", "ends_at", "break_minutes"),
                *("techniques", "client_code", "regions", "complaint", "screen", "measures", "entered", "clock_id"),
                *("clocked_from", "clocked_to", "clocked_break", "amends_id"),
                *("state", "version", "created_at", "sent_at"),
            ),
            when=ERASED.format(column="id"),
        ),
    ),
)
