"""The board and a placement's log as tables to take away. No queries; minutes, never hours."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from certification.records.rules.tables import Row

from .models import Technique
from .selectors import Log, Place

BOARD_HEADER = (
    *("learner", "program", "site", "starts_on", "ends_on", "required_minutes", "signed_minutes", "waiting_minutes"),
    *("due_minutes", "waiting_shifts", "oldest_wait_days", "drafts", "last_shift_on", "reasons"),
)
LOG_HEADER = (
    *("day", "starts", "ends", "zone", "break_minutes", "minutes", "kind", "techniques", "client_code", "entered"),
    *("state", "decision", "signer", "license", "decided_at", "ledger_minutes", "digest", "shift"),
    *("via", "scan_digest", "amended_by"),
)


def board_rows(places: Iterable[Place]) -> Iterable[Row]:
    """One row a running placement; reasons by their codes."""
    for place in places:
        placement = place.placement
        yield (
            place.name,
            placement.record.program_title,
            str(placement.site),
            placement.starts_on,
            placement.ends_on,
            place.required,
            place.signed,
            place.waiting_minutes,
            place.outlook.due,
            place.waiting,
            place.oldest_wait,
            place.drafts,
            place.last_shift,
            ";".join(risk.code for risk in place.risks),
        )


def log_rows(log: Log) -> Iterable[Row]:
    """One row a shift; times as the clock at the site showed them, with their offset, decisions as they stand."""
    zone = ZoneInfo(log.placement.site.zone)
    for line in log.lines:
        shift, decision = line.shift, line.decision
        starts, ends = shift.starts_at.astimezone(zone), shift.ends_at.astimezone(zone)
        yield (
            starts.date(),
            starts.isoformat(timespec="minutes"),
            ends.isoformat(timespec="minutes"),
            log.placement.site.zone,
            shift.break_minutes,
            shift.minutes,
            shift.kind,
            ";".join(str(Technique(code).label) for code in shift.techniques),
            shift.client_code,
            shift.entered,
            shift.state,
            decision.decision if decision else "",
            decision.signer if decision else "",
            decision.licence if decision else "",
            decision.decided_at.isoformat(timespec="seconds") if decision else "",
            line.ledger_minutes if decision else None,
            decision.digest if decision else "",
            str(shift.uuid),
            decision.via if decision else "",
            decision.scan.attachment_sha256 if decision and decision.scan else "",
            str(line.amended_by.uuid) if line.amended_by else "",
        )
