"""The calendar of study: what each day held, and the weeks of the months that are looked at. Pure, no clock."""

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

ONLINE, TAUGHT, SHIFT, WRITTEN = "online", "taught", "shift", "written"
KINDS = (ONLINE, TAUGHT, SHIFT, WRITTEN)
"""Alone at a screen; with a teacher, live online or in a room; at a clinic; transferred or written down later."""

_KIND_OF_SOURCE = {"externship": SHIFT, "transfer": WRITTEN, "adjustment": WRITTEN}


class Line(Protocol):
    """What the calendar reads of a line of the record."""

    @property
    def date(self) -> date:
        """Its day in the record's zone."""

    @property
    def minutes(self) -> int:
        """As written."""

    @property
    def creditable(self) -> int:
        """What the rules left of them."""

    @property
    def source(self) -> str:
        """A source of the contract."""

    @property
    def delivery(self) -> str:
        """A kind of delivery of the contract."""


@dataclass(frozen=True, slots=True)
class StudyDay:
    """One day with lines: minutes attended and creditable, and the attended ones by kind, the longest first."""

    day: date
    minutes: int
    creditable: int
    kinds: tuple[tuple[str, int], ...]

    @property
    def kind(self) -> str:
        """What most of the day was; of two alike the one that KINDS names first."""
        return self.kinds[0][0]


@dataclass(frozen=True, slots=True)
class Month:
    """One month as its weeks of seven days; days of other months are None."""

    first: date
    last: date
    weeks: tuple[tuple[date | None, ...], ...]
    minutes: int


@dataclass(frozen=True, slots=True)
class Almanac:
    """The months that are shown, the oldest first, and the first days of the months to step to; None at the ends."""

    months: tuple[Month, ...]
    earlier: date | None
    later: date | None


def kind_of(source: str, delivery: str) -> str:
    """Which kind of study a line is."""
    return _KIND_OF_SOURCE.get(source) or (ONLINE if delivery == "asynchronous" else TAUGHT)


def study_days(lines: Iterable[Line]) -> dict[date, StudyDay]:
    """What each day with lines held."""
    kinds: dict[date, dict[str, int]] = {}
    creditable: dict[date, int] = {}
    for line in lines:
        held = kinds.setdefault(line.date, {})
        kind = kind_of(line.source, line.delivery)
        held[kind] = held.get(kind, 0) + line.minutes
        creditable[line.date] = creditable.get(line.date, 0) + line.creditable
    return {
        day: StudyDay(
            day,
            sum(held.values()),
            creditable[day],
            tuple(sorted(held.items(), key=lambda one: (-one[1], KINDS.index(one[0])))),
        )
        for day, held in kinds.items()
    }


def almanac(
    days: Mapping[date, StudyDay], *, today: date, asked: date | None, week_starts: int, months: int = 3
) -> Almanac:
    """So many months ending in the one that holds `asked`; without it the last that holds study, else today's.

    One can step from the first month that holds study to today's, or to the last that holds study where that is later.
    `week_starts` as `date.weekday()` counts.
    """
    first = _number(min(days, default=today))
    last = max(_number(max(days, default=today)), _number(today))
    first = min(first, last)
    at = _number(asked) if asked else _number(max(days, default=today))
    at = min(max(at, first), last)
    shown = [_month(days, number, week_starts) for number in range(max(at - months + 1, first), at + 1)]
    return Almanac(
        months=tuple(shown),
        earlier=_first_day(at - 1) if at > first else None,
        later=_first_day(at + 1) if at < last else None,
    )


def _number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _first_day(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def _month(days: Mapping[date, StudyDay], number: int, week_starts: int) -> Month:
    first = _first_day(number)
    length = calendar.monthrange(first.year, first.month)[1]
    own = [date(first.year, first.month, place) for place in range(1, length + 1)]
    # Whole weeks, also at the ends of the calendar, where the days around a month do not exist.
    cells: list[date | None] = [*[None] * ((first.weekday() - week_starts) % 7), *own]
    cells += [None] * (-len(cells) % 7)
    return Month(
        first=first,
        last=own[-1],
        weeks=tuple(tuple(cells[place : place + 7]) for place in range(0, len(cells), 7)),
        minutes=sum(days[day].minutes for day in own if day in days),
    )
