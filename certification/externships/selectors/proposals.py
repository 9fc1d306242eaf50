"""Reads the times that supervisors proposed."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from .. import rules
from ..models import SignOff


@dataclass(frozen=True, slots=True)
class ProposedTimes:
    """Proposed times as the clock at the site shows them, and the minutes that they make."""

    starts: datetime
    ends: datetime
    next_day: bool
    break_minutes: int
    minutes: int


def proposed_on_clock(sign_off: SignOff, zone: str) -> ProposedTimes | None:
    """What a decision proposes, None where it proposes nothing. No query."""
    if sign_off.proposed_starts_at is None or sign_off.proposed_ends_at is None:
        return None
    starts, ends = (at.astimezone(ZoneInfo(zone)) for at in (sign_off.proposed_starts_at, sign_off.proposed_ends_at))
    break_minutes = sign_off.proposed_break_minutes or 0
    return ProposedTimes(
        starts=starts.replace(tzinfo=None),
        ends=ends.replace(tzinfo=None),
        next_day=ends.date() > starts.date(),
        break_minutes=break_minutes,
        minutes=rules.minutes_of(sign_off.proposed_starts_at, sign_off.proposed_ends_at, break_minutes),
    )
