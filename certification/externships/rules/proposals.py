"""Times that a supervisor proposes in place of the learner's. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime

from .shifts import Bounds, Claim, Problem, problems_of


@dataclass(frozen=True, slots=True)
class Proposal:
    """When a shift began and ended, and its breaks in minutes, as its supervisor holds right."""

    starts_at: datetime
    ends_at: datetime
    break_minutes: int


def problems_of_proposal(claim: Claim, proposed: Proposal, bounds: Bounds, now: datetime) -> list[Problem]:
    """Everything that speaks against the proposed times, as against a shift's; also that they are the learner's own."""
    times = (proposed.starts_at, proposed.ends_at, proposed.break_minutes)
    if times == (claim.starts_at, claim.ends_at, claim.break_minutes):
        return [Problem("same", "starts_at")]
    changed = replace(
        claim, starts_at=proposed.starts_at, ends_at=proposed.ends_at, break_minutes=proposed.break_minutes
    )
    return problems_of(changed, bounds, now)
