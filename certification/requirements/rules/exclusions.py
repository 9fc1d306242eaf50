"""The reasons for which minutes are not creditable, one small step each, in the contract's order.

A step is built for one case and then asked row by row, in the order in which rows are taken: of the minutes that
earlier steps left of this row, how many does it take? A step that has nothing to say about a case is not built at all.
Steps are asked row by row, not reason by reason, because a cap or a gate must know what earlier rows came to.
"""

import datetime as dt
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from certification.requirements.rules.shapes import Context, Entry, RuleSetSpec

Takes = Callable[[int, Entry, int], int]
"""(place in the entries, entry, minutes left) -> minutes taken, from 0 to what is left."""

UNHURRIED = ("transfer", "adjustment")
"""Sources that school days and enrolment say nothing about: the time was spent elsewhere or written down later."""

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
TICK = dt.timedelta(microseconds=1)
TICKS_PER_MINUTE = 60_000_000


@dataclass(frozen=True, slots=True)
class Case:
    """What steps may look at; `order` holds the places of the rows up to the day, as they are taken."""

    spec: RuleSetSpec
    context: Context
    entries: Sequence[Entry]
    order: Sequence[int]


def outside_version(case: Case) -> Takes | None:
    """The whole row, where every session is judged by its own date and this one lies outside the version's window."""
    spec = case.spec
    if spec.applies_by != "session":
        return None
    return lambda row, entry, left: 0 if spec.in_force_on(entry.date) else left


def before_enrolment(case: Case) -> Takes | None:
    """The whole row, where it is dated before the learner was enrolled."""
    enrolled_on = case.context.enrolled_on
    if enrolled_on is None:
        return None
    return lambda row, entry, left: left if entry.date < enrolled_on and entry.source not in UNHURRIED else 0


def school_closed(case: Case) -> Takes | None:
    """The whole row, where it is dated outside the periods in which the school was open."""
    if case.context.school_open is None:
        return None
    periods = sorted((start or dt.date.min, end or dt.date.max) for start, end in case.context.school_open)
    starts = [start for start, _ in periods]
    latest: list[dt.date] = []  # the last open day of any period that began so far
    for _, end in periods:
        latest.append(max(end, latest[-1]) if latest else end)

    def takes(_row: int, entry: Entry, left: int) -> int:
        place = bisect_right(starts, entry.date)
        is_open = place > 0 and entry.date <= latest[place - 1]
        return 0 if is_open or entry.source in UNHURRIED else left

    return takes


def overlap(case: Case) -> Takes | None:
    """As many minutes as the row's spans share with earlier rows' spans, whatever became of those, rounded up."""
    shared = shared_minutes(case.entries, case.order)
    if not shared:
        return None
    return lambda row, entry, left: min(left, shared.get(row, 0))


def supervisor_licence(_case: Case) -> Takes | None:
    """All that is left, where the supervisor's licence was not valid on the row's day; an end not given is open."""

    def takes(_row: int, entry: Entry, left: int) -> int:
        start, end = entry.supervisor_licence_valid_from, entry.supervisor_licence_valid_to
        outside = (start is not None and entry.date < start) or (end is not None and end < entry.date)
        return left if outside else 0

    return takes


STEPS: tuple[tuple[str, Callable[[Case], Takes | None]], ...] = (
    ("version", outside_version),
    ("before_enrolment", before_enrolment),
    ("school_closed", school_closed),
    ("overlap", overlap),
    ("supervisor_licence", supervisor_licence),
)


def steps_for(case: Case) -> list[tuple[str, Takes]]:
    """The reasons that have something to say about this case, each with its question, in the contract's order."""
    built = ((reason, build(case)) for reason, build in STEPS)
    return [(reason, takes) for reason, takes in built if takes is not None]


def shared_minutes(entries: Sequence[Entry], order: Sequence[int]) -> dict[int, int]:
    """For each row that shares time with earlier ones: how many minutes, rounded up.

    The line of time is cut at every start and end. Rows paint their pieces in turn; a painted piece points past itself
    to the next one that may still be bare, so each piece is painted once and the whole costs no more than sorting the
    cuts, in whatever order the rows come.
    """
    owners, starts, ends = array("q"), array("q"), array("q")
    for row in order:
        for began, ended in entries[row].spans:
            owners.append(row)
            starts.append((began - EPOCH) // TICK)
            ends.append((ended - EPOCH) // TICK)
    cuts = sorted({*starts, *ends})
    following = array("q", range(len(cuts)))
    shared: dict[int, int] = {}
    for row, start, end in zip(owners, starts, ends, strict=True):
        held = end - start
        stop = bisect_left(cuts, end)
        piece = _bare(following, bisect_left(cuts, start))
        while piece < stop:
            held -= cuts[piece + 1] - cuts[piece]
            following[piece] = piece + 1
            piece = _bare(following, piece + 1)
        if held:
            shared[row] = shared.get(row, 0) + held
    return {row: -(-held // TICKS_PER_MINUTE) for row, held in shared.items()}


def _bare(following: "array[int]", piece: int) -> int:
    """The first piece from here on that nobody has painted; shortens the way for whoever comes next."""
    while following[piece] != piece:
        following[piece] = following[following[piece]]
        piece = following[piece]
    return piece
