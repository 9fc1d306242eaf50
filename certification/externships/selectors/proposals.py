"""Reads the times that supervisors proposed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
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
    return on_clock(
        rules.Proposal(sign_off.proposed_starts_at, sign_off.proposed_ends_at, sign_off.proposed_break_minutes or 0),
        zone,
    )


def on_clock(proposal: rules.Proposal, zone: str) -> ProposedTimes:
    """Proposed times on the clock of a site."""
    starts, ends = (at.astimezone(ZoneInfo(zone)) for at in (proposal.starts_at, proposal.ends_at))
    return ProposedTimes(
        starts=starts.replace(tzinfo=None),
        ends=ends.replace(tzinfo=None),
        next_day=ends.date() > starts.date(),
        break_minutes=proposal.break_minutes,
        minutes=rules.minutes_of(proposal.starts_at, proposal.ends_at, proposal.break_minutes),
    )


def proposal_kept(answer: Sequence[Any]) -> rules.Proposal | None:
    """The other times of one answer that a scan keeps; None where none are proposed. No query."""
    if len(answer) < 3:
        return None
    times = answer[2]
    starts_at, ends_at = (datetime.fromisoformat(times[name]) for name in ("starts_at", "ends_at"))
    return rules.Proposal(starts_at, ends_at, times["break_minutes"])
