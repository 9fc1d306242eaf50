"""The calendar of study in words: what a day holds, and how big its sign is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import sqrt

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.templatetags.palmar import hm_text

from .. import rules

KINDS = {
    "online": gettext_lazy("online"),
    "taught": gettext_lazy("class or lab"),
    "shift": gettext_lazy("clinic shift"),
    "written": gettext_lazy("transferred or added"),
}
LONGEST = 480
"""Minutes from which on a sign grows no more: it fills its cell."""


@dataclass(frozen=True, slots=True)
class ShownDay:
    """A day with study. Its sign stands in a box of 28: a circle of radius `size`, a square from `corner` of that `side`.

    The sign's area tells the minutes.
    """

    minutes: int
    kind: str
    size: str
    corner: str
    side: str
    words: str
    lost: bool
    rows_url: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a month; `day` is empty around it, `study` where nothing was studied."""

    day: date | None
    study: ShownDay | None
    is_today: bool


@dataclass(frozen=True, slots=True)
class ShownMonth:
    """A month as a table; `heads` are its weekdays, short and in full."""

    first: date
    minutes: int
    rows_url: str
    heads: tuple[tuple[str, str], ...]
    weeks: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class ShownAlmanac:
    """Some months, the oldest first, and the first days of the months to step to; which signs its key must explain."""

    months: tuple[ShownMonth, ...]
    earlier: date | None
    later: date | None
    kinds: frozenset[str]
    has_lost: bool


def shown_almanac(
    days: Mapping[date, rules.StudyDay],
    *,
    today: date,
    asked: date | None,
    week_starts: int,
    unit: int,
    rows_url: str,
) -> ShownAlmanac:
    """The months that end in the one that holds `asked`; days link to their lines at `rows_url`.

    `unit` is the minutes of an hour, `week_starts` a weekday as `date.weekday()` counts.
    """
    found = rules.almanac(days, today=today, asked=asked, week_starts=week_starts)
    heads = tuple((str(WEEKDAYS_ABBR[n % 7]), str(WEEKDAYS[n % 7])) for n in range(week_starts, week_starts + 7))

    def cell(day: date | None) -> Cell:
        study = days.get(day) if day else None
        return Cell(day, _shown(study, rows_url, unit) if study else None, day == today)

    return ShownAlmanac(
        months=tuple(
            ShownMonth(
                first=month.first,
                minutes=month.minutes,
                rows_url=_between(rows_url, month.first, month.last) if month.minutes else "",
                heads=heads,
                weeks=tuple(tuple(map(cell, week)) for week in month.weeks),
            )
            for month in found.months
        ),
        earlier=found.earlier,
        later=found.later,
        kinds=frozenset(study.kind for study in days.values()),
        has_lost=any(study.creditable < study.minutes for study in days.values()),
    )


def _between(rows_url: str, since: date, until: date) -> str:
    return f"{rows_url}?from={since.isoformat()}&to={until.isoformat()}"


def _shown(study: rules.StudyDay, rows_url: str, unit: int) -> ShownDay:
    kinds = [f"{hm_text(minutes, unit)} {KINDS[kind]}" for kind, minutes in study.kinds]
    words = f"{date_format(study.day, 'l j F')}: {', '.join(kinds)}"
    lost = study.minutes - study.creditable
    if lost:
        words += _("; %(lost)s of it not creditable") % {"lost": hm_text(lost, unit)}
    half = 2.2 + 0.5 * sqrt(min(study.minutes, LONGEST))
    return ShownDay(
        minutes=study.minutes,
        kind=study.kind,
        size=f"{half:.1f}",
        corner=f"{14 - 0.87 * half:.1f}",
        side=f"{1.74 * half:.1f}",
        words=words,
        lost=lost > 0,
        rows_url=_between(rows_url, study.day, study.day),
    )
