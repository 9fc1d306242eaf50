"""The most that a visit may credit: what lesson, day and week still allow when it opens."""

from dataclasses import dataclass

from .spans import MINUTE


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that a session may credit, and which rule says so (`lesson`, `day` or `week`)."""

    milliseconds: int
    reason: str


def limit_at_opening(
    *,
    lesson_minutes: int,
    counted_minutes: int,
    carried: int,
    day_cap_minutes: int,
    used_today: int,
    week_cap_minutes: int = 0,
    used_this_week: int = 0,
) -> Limit:
    """What lesson, day and week still allow, in milliseconds; the smallest binds, the lesson on a tie.

    A cap of 0 is none.
    """
    limits = [Limit(max((lesson_minutes - counted_minutes) * MINUTE - carried, 0), "lesson")]
    if day_cap_minutes:
        limits.append(Limit(max(day_cap_minutes * MINUTE - used_today, 0), "day"))
    if week_cap_minutes:
        limits.append(Limit(max(week_cap_minutes * MINUTE - used_this_week, 0), "week"))
    return min(limits, key=lambda limit: limit.milliseconds)
