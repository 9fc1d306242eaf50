"""When the hours would be there at the pace of the last weeks: an honest guess or none, never a promise. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from certification.requirements import rules as hour_rules

WEEKS = 4
WINDOW = timedelta(weeks=WEEKS)
"""The pace is taken from so many weeks, today's day included; a learner who began later gets no forecast."""

LEAST_DAYS = 3
"""Days of study in the window below which its pace says nothing: one long weekend is no habit."""

FARTHEST = timedelta(days=3 * 365)
"""A day further away is not told: so slow a pace says only that it must change."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """At `weekly` counted minutes a week the `lacking` minutes are there on `day`.

    The pace was taken from `since` to `until`, in which `gained` minutes were added to what counts. `weekly` is lower
    than they say where the rules credit no more in a week. `waits_until` is the first day on which the rules let the
    course end, where that is later than `day`; else None.
    """

    since: date
    until: date
    gained: int
    weekly: int
    lacking: int
    day: date
    waits_until: date | None


def window(today: date) -> tuple[date, date]:
    """The first and the last day from which the pace is taken."""
    return today - WINDOW + timedelta(days=1), today


def lacking(evaluation: hour_rules.Evaluation) -> int:
    """The fewest minutes that can still close everything that lacks minutes: what one minute may close twice is told once.

    A lower bound: where tags, in-person hours and categories ask for different minutes, it takes more.
    """

    def needs(node: hour_rules.NodeResult) -> int:
        return max(node.short, sum(map(needs, node.children)))

    return max([sum(map(needs, evaluation.categories)), *(lack.short or 0 for lack in evaluation.unmet)])


def forecast(
    *,
    gained: int,
    studied: Collection[date],
    lacking: int,
    today: date,
    pace: hour_rules.Pace,
    program_start: date | None,
) -> Forecast | None:
    """What to tell a learner; None where nothing lacks, or where too little is known to say anything.

    `gained`: minutes that the lines of the window added to what counts, transfers and adjustments left aside.
    `studied`: every day with creditable minutes that were taught. `pace`: what the rules credit in a day and a week,
    and how long the course must last from `program_start` on. Raises OverflowError for days outside the calendar.
    """
    since, until = window(today)
    recent = {day for day in studied if since <= day <= until}
    if lacking <= 0 or gained <= 0 or len(recent) < LEAST_DAYS or min(studied) > since:
        return None
    in_window = min(gained, WEEKS * _most_a_week(pace, gained))
    if in_window < WEEKS:  # less than a minute a week
        return None
    ahead = timedelta(days=-(-lacking * WINDOW.days // in_window))
    if ahead > FARTHEST:
        return None
    day = today + ahead
    earliest = hour_rules.earliest_end(pace, program_start) if program_start else None
    return Forecast(
        since=since,
        until=until,
        gained=gained,
        weekly=in_window // WEEKS,
        lacking=lacking,
        day=day,
        waits_until=earliest if earliest and earliest > day else None,
    )


def _most_a_week(pace: hour_rules.Pace, otherwise: int) -> int:
    """What the rules credit in a week at most; `otherwise` where they set no limit."""
    caps = [pace.week_maximum, None if pace.day_maximum is None else 7 * pace.day_maximum]
    return min((cap for cap in caps if cap is not None), default=otherwise)
