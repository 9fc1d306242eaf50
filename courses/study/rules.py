"""Seat time's arithmetic, pure: what a beat earns, which spans a session measured, what it posts. No Django, no clock.

All instants are whole milliseconds since 1970 by the server's clock; a client's clock is never asked. One SQL statement
in `services.record_beat` does what `beat` says; a test runs both over random sequences.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

MINUTE = 60_000
LARGEST_SEQUENCE = 2**53 - 1
"""The largest whole number that a browser's JSON carries unchanged."""
MOST_PAUSES = 4_000
"""Characters of pauses that one row may hold (some 130 pauses); a session that fidgets beyond it earns no more."""

Span = tuple[int, int]

COUNTING, IDLE, SUPERSEDED, CAPPED, CLOSED = "counting", "idle", "superseded", "capped", "closed"
GAP_MARK, IDLE_MARK = "g", "i"


@dataclass(frozen=True, slots=True)
class Clock:
    """What a session's row holds between two beats.

    `idle_since` is where a pause began that still lasts. `pauses` lists the finished ones as `from-toMARK;`, the mark
    saying why: `g` silence longer than the gap, `i` nobody there.
    """

    last_seen: int
    gap: int
    limit: int
    credited: int = 0
    sequence: int = 0
    idle_since: int | None = None
    pauses: str = ""
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class Beat:
    """One report of an open lesson: when it arrived, its number, and whether somebody was there until now."""

    now: int
    sequence: int
    active: bool


def beat(clock: Clock, report: Beat) -> Clock:
    """The row after a beat.

    Time since the last beat is credited when both ends of it were active and it is no longer than the gap, up to the
    limit. A closed session, and a number that is not above the last one, change nothing. A clock that stepped back
    earns nothing and moves nothing back.
    """
    if not clock.is_open or report.sequence <= clock.sequence:
        return clock
    now = max(report.now, clock.last_seen)
    since = now - clock.last_seen
    full = len(clock.pauses) >= MOST_PAUSES
    earned, pauses, idle_since = 0, clock.pauses, clock.idle_since
    if not report.active:
        if idle_since is None:
            idle_since = clock.last_seen
    elif idle_since is not None:
        if now > idle_since and not full:
            pauses += f"{idle_since}-{now}{IDLE_MARK};"
        idle_since = None
    elif since > clock.gap:
        if not full:
            pauses += f"{clock.last_seen}-{now}{GAP_MARK};"
    elif not full:
        earned = min(since, clock.limit - clock.credited)
    return replace(
        clock,
        last_seen=now,
        credited=clock.credited + earned,
        sequence=report.sequence,
        idle_since=idle_since,
        pauses=pauses,
    )


def state_of(clock: Clock, close_reason: str, limit_reason: str) -> tuple[str, str]:
    """The state that a beat answers with, and its reason ("" without one); both follow from the row alone.

    So a beat sent again is answered as it was. Reasons: `gap` (the last silence was too long and did not count),
    `idle`, `lesson` and `day` (which limit is reached), `pauses` (too many; open the lesson anew), else why it closed.
    """
    if not clock.is_open:
        return (SUPERSEDED, SUPERSEDED) if close_reason == SUPERSEDED else (CLOSED, close_reason)
    if clock.credited >= clock.limit:
        return CAPPED, limit_reason
    if clock.idle_since is not None:
        return IDLE, "idle"
    if len(clock.pauses) >= MOST_PAUSES:
        return CAPPED, "pauses"
    if clock.pauses.endswith(f"-{clock.last_seen}{GAP_MARK};"):
        return COUNTING, "gap"
    return COUNTING, ""


def pauses_of(text: str) -> list[tuple[int, int, str]]:
    """Finished pauses as (from, to, mark)."""
    listed = []
    for piece in filter(None, text.split(";")):
        start, _dash, rest = piece.partition("-")
        listed.append((int(start), int(rest[:-1]), rest[-1]))
    return listed


def measured_spans(opened: int, clock: Clock) -> tuple[Span, ...]:
    """The time that a session was credited, exactly: from opening to the last beat, minus pauses, cut at the limit.

    Once the limit is reached nothing more is credited, so the credited time is the first of what pauses left.
    """
    spans: list[Span] = []
    here = opened
    pauses = [(start, end) for start, end, _mark in pauses_of(clock.pauses)]
    if clock.idle_since is not None:
        pauses.append((clock.idle_since, clock.last_seen))
    for start, end in pauses:
        if start > here:
            spans.append((here, start))
        here = max(here, end)
    if clock.last_seen > here:
        spans.append((here, clock.last_seen))
    return head(spans, clock.credited)


def length(spans: Iterable[Span]) -> int:
    """How long spans are together."""
    return sum(end - start for start, end in spans)


def head(spans: Sequence[Span], most: int) -> tuple[Span, ...]:
    """The first `most` milliseconds of spans that are in order."""
    kept: list[Span] = []
    for start, end in spans:
        if most <= 0:
            break
        kept.append((start, min(end, start + most)))
        most -= end - start
    return tuple(kept)


def tail(spans: Sequence[Span], without: int) -> tuple[Span, ...]:
    """What is left of spans in order when their first `without` milliseconds are gone."""
    kept: list[Span] = []
    for start, end in spans:
        if end - start > without:
            kept.append((start + without, end))
        without = max(without - (end - start), 0)
    return tuple(kept)


def midnight_after(instant: int, zone: str) -> int:
    """When the next local day of `zone` begins."""
    local = ZoneInfo(zone)
    day = datetime.fromtimestamp(instant / 1000, UTC).astimezone(local).date()
    return _first_moment(day + timedelta(days=1), local)


def midnight_before(instant: int, zone: str) -> int:
    """When the local day of `zone` that holds this instant began."""
    local = ZoneInfo(zone)
    return _first_moment(datetime.fromtimestamp(instant / 1000, UTC).astimezone(local).date(), local)


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


def write_spans(spans: Iterable[Span]) -> str:
    """Spans as a row keeps them: `from-to;`."""
    return "".join(f"{start}-{end};" for start, end in spans)


def read_spans(text: str) -> tuple[Span, ...]:
    """What `write_spans` wrote."""
    pairs = (piece.split("-") for piece in filter(None, text.split(";")))
    return tuple((int(start), int(end)) for start, end in pairs)


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that a session may credit, and which rule says so (`lesson` or `day`)."""

    milliseconds: int
    reason: str


def limit_at_opening(
    *, lesson_minutes: int, counted_minutes: int, carried: int, day_cap_minutes: int, used_today: int
) -> Limit:
    """What the lesson and the day still allow, in milliseconds; the smaller binds, the lesson on a tie."""
    lesson_left = max((lesson_minutes - counted_minutes) * MINUTE - carried, 0)
    day_left = max(day_cap_minutes * MINUTE - used_today, 0)
    return Limit(day_left, "day") if day_left < lesson_left else Limit(lesson_left, "lesson")


def within(spans: Iterable[Span], start: int, end: int) -> int:
    """How much of spans lies between two instants."""
    return sum(max(min(stop, end) - max(begin, start), 0) for begin, stop in spans)


TOKEN_SECONDS = 15 * 60


def token_payload(session: str, expires: int) -> str:
    """What a beat's token says before it is signed: the session (uuid, hex) and the second at which it ends."""
    return f"{session}.{expires}"


def token_expiry(payload: str, session: str) -> int | None:
    """The second at which this payload ends, if it speaks of this session."""
    name, _dot, expires = payload.partition(".")
    return int(expires) if name == session and expires.isdecimal() else None


# ---- two learners on one device ----

SHARED_MINUTES = 5
"""Credited minutes that two learners have at once from one origin. Handing a tablet over takes less."""

ROOM = 5
"""An origin of so many learners is a room (a computer lab, a clinic's desk), not one person's device."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """One visit: whose, from which origin (a keyed hash), and the spans that were credited."""

    session: UUID
    learner: UUID
    origin: str
    spans: tuple[Span, ...]


def at_once(sittings: Iterable[Sitting]) -> list[tuple[Sitting, Sitting]]:
    """Visits of two learners from one origin that were credited at the same time, the earlier one first.

    Origins of ROOM learners or more are left aside.
    """
    origins: dict[str, list[Sitting]] = {}
    for sitting in sittings:
        if sitting.spans:
            origins.setdefault(sitting.origin, []).append(sitting)
    found = []
    for rows in origins.values():
        if not 1 < len({one.learner for one in rows}) < ROOM:
            continue
        ordered = sorted(rows, key=lambda one: (one.spans[0][0], str(one.session)))
        for place, later in enumerate(ordered):
            found += [
                (earlier, later)
                for earlier in ordered[:place]
                if earlier.learner != later.learner
                and earlier.spans[-1][1] > later.spans[0][0]
                and shared(earlier.spans, later.spans) >= SHARED_MINUTES * MINUTE
            ]
    return found


def shared(one: Sequence[Span], other: Sequence[Span]) -> int:
    """Milliseconds that both hold; the spans of each do not overlap one another."""
    return sum(max(0, min(end, until) - max(start, since)) for start, end in one for since, until in other)
