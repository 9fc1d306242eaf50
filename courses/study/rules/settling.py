"""What a closing visit posts: whole minutes of local days, the seconds left over waiting for the next visit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .spans import MINUTE, Span, head, length, tail


def midnight_after(instant: int, zone: str) -> int:
    """When the next local day of `zone` begins."""
    local = ZoneInfo(zone)
    day = datetime.fromtimestamp(instant / 1000, UTC).astimezone(local).date()
    return _first_moment(day + timedelta(days=1), local)


def midnight_before(instant: int, zone: str) -> int:
    """When the local day of `zone` that holds this instant began."""
    local = ZoneInfo(zone)
    return _first_moment(datetime.fromtimestamp(instant / 1000, UTC).astimezone(local).date(), local)


def week_before(instant: int, zone: str) -> int:
    """When the local week of `zone`, from Monday on, that holds this instant began."""
    local = ZoneInfo(zone)
    day = datetime.fromtimestamp(instant / 1000, UTC).astimezone(local).date()
    return _first_moment(day - timedelta(days=day.weekday()), local)


def _first_moment(day: date, local: ZoneInfo) -> int:
    return int(datetime.combine(day, time(), tzinfo=local).astimezone(UTC).timestamp()) * 1000


@dataclass(frozen=True, slots=True)
class DayPost:
    """Whole minutes of one local day, and the spans that they fill to the millisecond."""

    minutes: int
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a closing session posts, and the seconds below a minute that wait for the next visit."""

    posts: tuple[DayPost, ...]
    rest: tuple[Span, ...]

    @property
    def minutes(self) -> int:
        """Minutes to post."""
        return sum(post.minutes for post in self.posts)


def settle(carried: Sequence[Span], measured: Sequence[Span], zone: str) -> Settlement:
    """Share measured time, and the seconds carried from the visit before, out to whole minutes of local days.

    A minute that began before midnight belongs to its day. Seconds that a pause parts from each other on two sides of
    midnight make no minute, since an entry of the ledger lies on one day and holds no more minutes than its spans; so
    only the last day's seconds are carried on.
    """
    by_day: list[list[Span]] = []
    until = 0  # the end of the day that is being filled
    for start, end in sorted([*carried, *measured]):
        here = start
        while here < end:
            if not by_day or here >= until:
                by_day.append([])
                until = midnight_after(here, zone)
            stop = min(end, until)
            if stop < end:
                stop = min(end, stop + -length([*by_day[-1], (here, stop)]) % MINUTE)
            by_day[-1].append((here, stop))
            here = stop
    posts: list[DayPost] = []
    rest: tuple[Span, ...] = ()
    for spans in by_day:
        whole = length(spans) // MINUTE
        if whole:
            posts.append(DayPost(whole, head(spans, whole * MINUTE)))
        rest = tail(spans, whole * MINUTE)
    return Settlement(tuple(posts), rest)
