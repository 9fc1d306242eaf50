"""What a clock makes of taps: stretches of work with their pauses; and how far from the site it was tapped."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import asin, ceil, cos, isfinite, radians, sin, sqrt

from .shifts import KINDS, LONGEST_SHIFT, MINUTE

BREAK = "break"
ACTIVITIES = (*KINDS, BREAK)
# From so many metres on, beyond what the device itself is unsure of, a position is away from the site.
AWAY_METRES = 500
_EARTH_METRES = 6_371_000


@dataclass(frozen=True, slots=True)
class Tap:
    """From `at` on she did `activity`: a kind of shift, or a break."""

    activity: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Worked:
    """One stretch of work as a clock measured it, with the pauses inside it.

    `known` is false where nobody said when it ended: then `ends_at` is when the clock was closed for her.
    """

    kind: str
    starts_at: datetime
    ends_at: datetime
    break_minutes: int
    known: bool = True


def must_end_at(started_at: datetime) -> datetime:
    """When a clock that nobody stops ends by itself: no shift is longer."""
    return started_at + LONGEST_SHIFT


def stretches(taps: Sequence[Tap], ended_at: datetime, *, forgotten: bool = False) -> list[Worked]:
    """The work between taps: one of each activity in a row, at least a minute long.

    The same activity after a break, or after a slip of less than a minute, goes on: the pause becomes its break. Whole
    minutes of work are what really passed, rounded down once, so no pause gives or takes a minute. `forgotten`: the
    clock was not stopped by her, so the end of what she did last is not known.
    """
    pieces: list[tuple[str, datetime, datetime, bool]] = []
    for place, tap in enumerate(taps):
        last = place + 1 == len(taps)
        end = ended_at if last else taps[place + 1].at
        known = not (last and forgotten)
        if pieces and pieces[-1][0] == tap.activity:
            activity, start, _end, _known = pieces.pop()
            pieces.append((activity, start, end, known))
        else:
            pieces.append((tap.activity, tap.at, end, known))
    found: list[Worked] = []
    worked: list[timedelta] = []
    for activity, start, end, known in pieces:
        if activity == BREAK or (known and end - start < MINUTE):
            continue
        if found and found[-1].kind == activity:
            worked[-1] += end - start
            found[-1] = replace(found[-1], ends_at=end, known=known)
        else:
            worked.append(end - start)
            found.append(Worked(activity, start, end, 0, known))
    return [
        replace(one, break_minutes=(_passed(one.starts_at, one.ends_at) // MINUTE) - (time // MINUTE))
        for one, time in zip(found, worked, strict=True)
    ]


def _passed(start: datetime, end: datetime) -> timedelta:
    return end.astimezone(UTC) - start.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a device says it is: degrees, and how many metres it may be wrong."""

    latitude: float
    longitude: float
    accuracy: float

    @property
    def is_real(self) -> bool:
        """Whether it lies on the earth."""
        return (
            isfinite(self.accuracy)
            and abs(self.latitude) <= 90
            and abs(self.longitude) <= 180
            and 0 <= self.accuracy <= 1_000_000
        )


@dataclass(frozen=True, slots=True)
class Sighting:
    """All that is kept of a position: whole metres to the site, how unsure, and whether that is away."""

    distance: int
    accuracy: int
    away: bool


def sighting(site: tuple[float, float] | None, position: Position | None) -> Sighting | None:
    """How far a position is from the site; None where either is not known."""
    if site is None or position is None or not position.is_real:
        return None
    here, there = (radians(site[0]), radians(site[1])), (radians(position.latitude), radians(position.longitude))
    half = sin((there[0] - here[0]) / 2) ** 2 + cos(here[0]) * cos(there[0]) * sin((there[1] - here[1]) / 2) ** 2
    distance, accuracy = round(2 * _EARTH_METRES * asin(min(sqrt(half), 1))), ceil(position.accuracy)
    return Sighting(distance, accuracy, distance - accuracy > AWAY_METRES)
