"""How fast a learner goes, against how fast she must to finish in time: a stated rule, and nothing where it says nothing.

What is missing is spread evenly over the days that are left, today among them; that makes so much a week. It is held
against the minutes of the last seven days, today among them. Nothing is held against a learner who began less than a
week ago: seven days of hers do not exist yet. Pure: minutes and local dates.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

WEEK = 7


class Verdict(StrEnum):
    """What can be said of a pace."""

    DONE = "done"  # nothing is missing
    PAST = "past"  # the last day is over, and something is missing
    OPEN = "open"  # no day is set
    EARLY = "early"  # a day is set, but there is no week to hold against it
    ENOUGH = "enough"
    SHORT = "short"


@dataclass(frozen=True, slots=True)
class Pace:
    """So many minutes in the last seven days; `needed` a week to finish by `ends_on`, None where nothing can be said."""

    verdict: Verdict
    week: int
    left: int
    ends_on: date | None = None
    needed: int | None = None
    days_left: int = 0


def week_of(today: date) -> tuple[date, date]:
    """The first and the last of the seven days that end today."""
    return today - timedelta(days=WEEK - 1), today


def pace(*, week: int, left: int, today: date, started_on: date, ends_on: date | None) -> Pace:
    """What `week` minutes in the last seven days come to, when `left` are missing and the program ends on `ends_on`."""
    if left <= 0:
        return Pace(Verdict.DONE, week, 0, ends_on)
    if ends_on is None:
        return Pace(Verdict.OPEN, week, left)
    days = (ends_on - today).days + 1
    if days <= 0:
        return Pace(Verdict.PAST, week, left, ends_on)
    # In the last week there is no more to do than what is left.
    needed = left if days <= WEEK else -(-left * WEEK // days)
    if today - started_on < timedelta(days=WEEK - 1):
        return Pace(Verdict.EARLY, week, left, ends_on, needed, days)
    return Pace(Verdict.ENOUGH if week >= needed else Verdict.SHORT, week, left, ends_on, needed, days)
