"""When a placement asks for somebody's attention, how long signatures wait, and where a plan should stand by now. Pure.

Every number here is our own judgement, stated on the board that uses it; no statute names one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from .shifts import Window

BEHIND_PERCENT = 80
"""Below this part of what even work from the first to the last day would have given, a learner is behind."""
SETTLING_DAYS = 14
"""In the first days of a placement nobody is behind or silent."""
SILENT_DAYS = 14
"""So many days without a shift."""
WAITING_DAYS = 14
"""A signature that waits longer needs somebody of the school."""
RETURNED_DAYS = 7
"""A returned shift that she has not taken up."""
WEEK_MINUTES = 40 * 60
"""More than this a week cannot be asked of anybody until the last day."""
AGES = (3, 7, 14)
"""Signatures are listed by their wait: up to 3, 7, 14 days, and longer."""

# In the order in which they call for somebody.
PAPER_OVER, NO_SIGNER, PAST_END, TOO_LATE, WAITS, BEHIND, SILENT, RETURNED, PAPER_ENDS = RISKS = (
    *("paper_over", "no_signer", "past_end", "too_late", "waits", "behind", "silent", "returned", "paper_ends"),
)


@dataclass(frozen=True, slots=True)
class Signer:
    """A supervisor who works at the site that day; `licence` are the days of her license."""

    verified: bool
    licence: Window


@dataclass(frozen=True, slots=True)
class Course:
    """One running placement as of `day`, a local one: minutes required, signed and waiting, and what stands around it.

    `papers` are the periods of the site (approval, agreement and the like). `oldest_wait` and `oldest_return` are the
    days since the oldest shift was sent or came back; None without one. `last_shift` is the newest day worked.
    """

    day: date
    days: Window
    required: int
    signed: int
    waiting: int = 0
    last_shift: date | None = None
    oldest_wait: int | None = None
    oldest_return: int | None = None
    papers: tuple[Window, ...] = ()
    signers: tuple[Signer, ...] = ()


@dataclass(frozen=True, slots=True)
class Risk:
    """One reason to look at a placement: its code (of RISKS), and the day, days or minutes that it is about."""

    code: str
    day: date | None = None
    days: int = 0
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Outlook:
    """Where a placement stands: minutes that even work would have given by that day, and what calls for somebody."""

    due: int
    risks: tuple[Risk, ...] = field(default=())


def due_by(required: int, days: Window, day: date) -> int:
    """Minutes that even work from the first to the last day would have given by the end of the day before `day`."""
    if days.first is None or days.last is None or day <= days.first:
        return 0
    whole = (days.last - days.first).days + 1
    gone = min((day - days.first).days, whole)
    return required * gone // whole


def outlook_of(course: Course) -> Outlook:
    """Judge a running placement; the most urgent reason first."""
    due = due_by(course.required, course.days, course.day)
    return Outlook(due, tuple(sorted(_risks(course, due), key=lambda risk: RISKS.index(risk.code))))


def _risks(course: Course, due: int) -> Iterable[Risk]:
    day, first, last = course.day, course.days.first, course.days.last
    ends = [window.last for window in course.papers if window.last is not None]
    if ends and min(ends) < day:
        yield Risk(PAPER_OVER, day=min(ends))
    elif ends and last is not None and min(ends) < last:
        yield Risk(PAPER_ENDS, day=min(ends))
    if last is not None and last < day:
        yield Risk(PAST_END, day=last)
    if not any(signer.verified and signer.licence.holds(day) for signer in course.signers):
        yield Risk(NO_SIGNER)
    if course.oldest_wait is not None and course.oldest_wait > WAITING_DAYS:
        yield Risk(WAITS, days=course.oldest_wait)
    if course.oldest_return is not None and course.oldest_return > RETURNED_DAYS:
        yield Risk(RETURNED, days=course.oldest_return)
    done = course.signed + course.waiting
    if course.required <= done:
        return
    lacks = course.required - done
    if last is not None and day <= last and WEEK_MINUTES * ((last - day).days + 1) < 7 * lacks:
        yield Risk(TOO_LATE, minutes=lacks)
    settled = first is not None and (day - first).days >= SETTLING_DAYS
    if settled and 100 * done < BEHIND_PERCENT * due:
        yield Risk(BEHIND, minutes=due - done)
    if settled:
        since = course.last_shift or first
        silent = (day - since).days if since else 0
        if silent >= SILENT_DAYS:
            yield Risk(SILENT, days=silent, day=course.last_shift)


@dataclass(frozen=True, slots=True)
class Age:
    """How many shifts, and minutes, wait for up to so many days (None: longer)."""

    up_to: int | None
    above: int
    shifts: int
    minutes: int


def by_age(waits: Iterable[tuple[timedelta, int]]) -> tuple[Age, ...]:
    """Sort waiting shifts (how long, minutes) into AGES; every age is there, also an empty one."""
    rows = list(waits)
    bounds: tuple[tuple[int, int | None], ...] = tuple(zip((0, *AGES), (*AGES, None), strict=True))
    found = []
    for above, up_to in bounds:
        inside = [
            minutes
            for waited, minutes in rows
            if (waited > timedelta(days=above) or above == 0) and (up_to is None or waited <= timedelta(days=up_to))
        ]
        found.append(Age(up_to, above, len(inside), sum(inside)))
    return tuple(found)
