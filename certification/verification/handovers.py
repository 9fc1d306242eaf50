"""How a hand-over stands on a day. Pure.

A school hands a transcript over within thirty days of being asked; the rules differ by place (Texas asks ten days after
all terms are met, 34 CFR 99.10 forty-five for a student's own look), so thirty is ours, and the strictest is the school's.
"""

from dataclasses import dataclass
from datetime import date, timedelta

DAYS = 30
SOON = 10
"""Days before the last one on which the school is reminded."""
DELIVERED, DECLINED, WITHDRAWN, ENDED, OVER, LATE, DUE, WAITING = (
    "delivered",
    "declined",
    "withdrawn",
    "ended",
    "over",
    "late",
    "due",
    "waiting",
)
OPEN = (LATE, DUE, WAITING)
"""What still waits for the school, the most pressing first."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a hand-over's state is told from, on the day that it is at the school."""

    due_on: date
    consent: str
    """open, ended or withdrawn."""
    delivered: bool
    declined: bool
    holds: bool = True
    """Whether the certificate was neither revoked nor replaced."""


def due_on(asked_on: date, until_on: date) -> date:
    """The last day on which it is in time: thirty days after it was asked, or the last of her consent before that."""
    return min(asked_on + timedelta(days=DAYS), until_on)


def state(one: Standing, today: date) -> str:
    """One of the words above. What went stays delivered, whatever happens to the consent later."""
    if one.delivered:
        return DELIVERED
    if one.declined:
        return DECLINED
    if one.consent != "open":
        return WITHDRAWN if one.consent == "withdrawn" else ENDED
    if not one.holds:
        return OVER
    if today > one.due_on:
        return LATE
    return DUE if today >= one.due_on - timedelta(days=SOON) else WAITING
