"""The reasons for which minutes are not creditable, one small step each, in the contract's order.

A step is built for one case and then asked row by row, in the order in which rows are taken: of the minutes that
earlier steps left of this row, how many does it take? A step that has nothing to say about a case is not built at all.
Steps are asked row by row, not reason by reason, because a cap or a gate must know what earlier rows came to: once a
row has been through all steps, those that keep count are told what was creditable of it.
"""

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from certification.requirements.rules.courses import newest_values
from certification.requirements.rules.days import add_years, week_of
from certification.requirements.rules.overlap import shared_minutes
from certification.requirements.rules.shapes import (
    ELECTIVE,
    IN_PERSON,
    TOTAL,
    TRANSFER,
    Category,
    Context,
    Entry,
    RuleSetSpec,
    holds,
)

Takes = Callable[[int, Entry, int], int]
"""(place in the entries, entry, minutes left) -> minutes taken, from 0 to what is left."""

Keeps = Callable[[Entry, int], None]
"""(entry, creditable minutes, above 0): what came of a row."""

UNHURRIED = (TRANSFER, "adjustment")
"""Sources that school days, enrolment and pace say nothing about: the time was spent elsewhere or written down later."""


class Step(NamedTuple):
    """One reason at work on one case."""

    takes: Takes
    keeps: Keeps | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """What steps may look at; `order` holds the places of the rows up to the day, as they are taken."""

    spec: RuleSetSpec
    context: Context
    entries: Sequence[Entry]
    order: Sequence[int]

    def codes(self, wanted: Callable[[Category], bool]) -> frozenset[str]:
        """The categories of which something holds."""
        return frozenset(code for code, node in self.spec.by_code.items() if wanted(node))


@dataclass(slots=True)
class Tally:
    """Creditable minutes so far, for one thing that a gate or a cap counts."""

    minutes: int = 0


@dataclass(slots=True)
class Tallies:
    """Tallies of categories (children included), tags and the total, and which of them a row counts in."""

    spec: RuleSetSpec
    kept: dict[str, Tally] = field(default_factory=dict)
    by_category: dict[str, list[Tally]] = field(default_factory=dict)
    by_tag: dict[str, list[Tally]] = field(default_factory=dict)

    def of(self, key: str) -> Tally:
        """The tally of a category, of a tag where no category bears the name, or of the total; one a key."""
        tally = self.kept.get(key)
        if tally is None:
            tally = self.kept[key] = Tally()
            for code in self._codes(key):
                self.by_category.setdefault(code, []).append(tally)
            if not self._codes(key):
                self.by_tag.setdefault(key, []).append(tally)
        return tally

    def _codes(self, key: str) -> Iterable[str]:
        if key == TOTAL:
            return {*self.spec.by_code, ELECTIVE}
        return self.spec.codes_under(key) if self.spec.allows(key) else ()

    def keep(self, entry: Entry, creditable: int) -> None:
        """Count a row in all that it belongs to."""
        for tally in self.by_category.get(entry.category, ()):
            tally.minutes += creditable
        if self.by_tag:
            for tag in entry.tags:
                for tally in self.by_tag.get(tag, ()):
                    tally.minutes += creditable


def outside_version(case: Case) -> Step | None:
    """The whole row, where every session is judged by its own date and this one lies outside the version's window."""
    spec = case.spec
    if spec.applies_by != "session":
        return None
    return Step(lambda row, entry, left: 0 if spec.in_force_on(entry.date) else left)


def before_enrolment(case: Case) -> Step | None:
    """The whole row, where it is dated before the learner was enrolled."""
    enrolled_on = case.context.enrolled_on
    if enrolled_on is None:
        return None
    return Step(lambda row, entry, left: left if entry.date < enrolled_on and entry.source not in UNHURRIED else 0)


def school_closed(case: Case) -> Step | None:
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

    return Step(takes)


def overlap(case: Case) -> Step | None:
    """As many minutes as the row's spans share with earlier rows' spans, whatever became of those, rounded up."""
    shared = shared_minutes(case.entries, case.order)
    if not shared:
        return None
    return Step(lambda row, entry, left: min(left, shared.get(row, 0)))


def supervisor_licence(_case: Case) -> Step:
    """All that is left, where the supervisor's licence was not valid on the row's day; an end not given is open."""

    def takes(_row: int, entry: Entry, left: int) -> int:
        start, end = entry.supervisor_licence_valid_from, entry.supervisor_licence_valid_to
        outside = (start is not None and entry.date < start) or (end is not None and end < entry.date)
        return left if outside else 0

    return Step(takes)


def paid(case: Case) -> Step | None:
    """All that is left of a row marked `paid`, where its category must be unpaid."""
    unpaid = case.codes(lambda node: node.unpaid)
    if not unpaid:
        return None
    return Step(lambda row, entry, left: left if entry.paid and entry.category in unpaid else 0)


def delivery(case: Case) -> Step | None:
    """All that is left, where the category cannot be credited when taught in that way, or not on that day."""
    nodes = case.spec.by_code

    def takes(_row: int, entry: Entry, left: int) -> int:
        node = nodes.get(entry.category)
        if node is None:
            return 0
        if entry.delivery not in node.delivery:
            return left
        if entry.delivery == IN_PERSON or node.distance_periods is None:
            return 0
        return 0 if any(holds(period, entry.date) for period in node.distance_periods) else left

    return Step(takes)


def gate(case: Case) -> Step | None:
    """All that is left, while something that must be creditable before is not; a row never opens its own gate."""
    spec = case.spec
    if not spec.gates:
        return None
    tallies = Tallies(spec)
    by_category: dict[str, list[tuple[Tally, int]]] = {}
    by_tag: dict[str, list[tuple[Tally, int]]] = {}
    for one in spec.gates:
        wanted = [(tallies.of(key), minutes) for key, minutes in one.requires]
        if spec.allows(one.before):
            for code in spec.codes_under(one.before):
                by_category.setdefault(code, []).extend(wanted)
        else:
            by_tag.setdefault(one.before, []).extend(wanted)

    def is_shut(wanted: Iterable[tuple[Tally, int]]) -> bool:
        return any(tally.minutes < minutes for tally, minutes in wanted)

    def takes(_row: int, entry: Entry, left: int) -> int:
        if is_shut(by_category.get(entry.category, ())):
            return left
        return left if by_tag and any(is_shut(by_tag.get(tag, ())) for tag in entry.tags) else 0

    return Step(takes, tallies.keep)


def grade(case: Case) -> Step | None:
    """All that is left of a course whose grade is below the pass mark."""
    least = case.spec.min_grade
    if least is None:
        return None
    grades = newest_values(case.entries, case.order, lambda entry: entry.grade_percent)
    failed = {course for course, percent in grades.items() if percent < least}
    return Step(lambda row, entry, left: left if (entry.course or row) in failed else 0)


def attendance(case: Case) -> Step | None:
    """All that is left of a course of which too little was attended."""
    least = case.spec.min_attendance
    if least is None:
        return None
    shares = newest_values(case.entries, case.order, lambda entry: entry.attendance_percent)
    missed = {course for course, percent in shares.items() if percent < least}
    return Step(lambda row, entry, left: left if (entry.course or row) in missed else 0)


def transfer_age(case: Case) -> Step | None:
    """All that is left of a transfer that was too old when the learner enrolled."""
    years = case.spec.transfer_max_age_years
    joined = case.context.enrolled_on or case.context.program_start
    if years is None or joined is None:
        return None
    oldest = add_years(joined, -years)
    return Step(lambda row, entry, left: left if entry.source == TRANSFER and entry.date < oldest else 0)


def day_cap(case: Case) -> Step | None:
    """What one day holds above its limit."""
    most = case.spec.pace.day_maximum
    return None if most is None else _pace_cap(most, lambda day: day.toordinal())


def week_cap(case: Case) -> Step | None:
    """What one week holds above its limit."""
    pace = case.spec.pace
    return (
        None if pace.week_maximum is None else _pace_cap(pace.week_maximum, lambda day: week_of(day, pace.week_starts))
    )


def _pace_cap(most: int, when: Callable[[dt.date], int]) -> Step:
    used: dict[int, int] = {}

    def takes(_row: int, entry: Entry, left: int) -> int:
        if entry.source in UNHURRIED:
            return 0
        return max(0, used.get(when(entry.date), 0) + left - most)

    def keeps(entry: Entry, creditable: int) -> None:
        if entry.source not in UNHURRIED:
            key = when(entry.date)
            used[key] = used.get(key, 0) + creditable

    return Step(takes, keeps)


def category_transfer_cap(case: Case) -> Step | None:
    """What a category, its children included, holds of transfers above its limit."""
    spec = case.spec
    capped: dict[str, list[tuple[Tally, int]]] = {}
    for node in spec.by_code.values():
        if node.transfer_maximum is not None:
            tally = Tally()
            for code in spec.codes_under(node.code):
                capped.setdefault(code, []).append((tally, node.transfer_maximum))
    if not capped:
        return None

    def takes(_row: int, entry: Entry, left: int) -> int:
        if entry.source != TRANSFER:
            return 0
        return max((0, *(tally.minutes + left - most for tally, most in capped.get(entry.category, ()))))

    def keeps(entry: Entry, creditable: int) -> None:
        if entry.source == TRANSFER:
            for tally, _ in capped.get(entry.category, ()):
                tally.minutes += creditable

    return Step(takes, keeps)


def transfer_cap(case: Case) -> Step | None:
    """What all transfers come to above their limit."""
    most = case.spec.transfer.of(case.spec.required)
    return None if most is None else _cap(most, lambda entry: entry.source == TRANSFER)


def distance_cap(case: Case) -> Step | None:
    """What all distance teaching comes to above its limit."""
    most = case.spec.distance.of(case.spec.required)
    return None if most is None else _cap(most, lambda entry: entry.delivery != IN_PERSON)


def _cap(most: int, falls_under: Callable[[Entry], bool]) -> Step:
    used = Tally()

    def takes(_row: int, entry: Entry, left: int) -> int:
        return max(0, used.minutes + left - most) if falls_under(entry) else 0

    def keeps(entry: Entry, creditable: int) -> None:
        if falls_under(entry):
            used.minutes += creditable

    return Step(takes, keeps)


STEPS: tuple[tuple[str, Callable[[Case], Step | None]], ...] = (
    ("version", outside_version),
    ("before_enrolment", before_enrolment),
    ("school_closed", school_closed),
    ("overlap", overlap),
    ("supervisor_licence", supervisor_licence),
    ("paid", paid),
    ("delivery", delivery),
    ("gate", gate),
    ("grade", grade),
    ("attendance", attendance),
    ("transfer_age", transfer_age),
    ("day_cap", day_cap),
    ("week_cap", week_cap),
    ("category_transfer_cap", category_transfer_cap),
    ("transfer_cap", transfer_cap),
    ("distance_cap", distance_cap),
)

REASONS = tuple(reason for reason, _ in STEPS)
"""In the contract's order."""


def steps_for(case: Case) -> list[tuple[str, Step]]:
    """The reasons that have something to say about this case, each with its step, in the contract's order."""
    built = ((reason, build(case)) for reason, build in STEPS)
    return [(reason, step) for reason, step in built if step is not None]
