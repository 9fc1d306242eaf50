"""What is asked to be posted and what of it can be: checking, midnight, trimming, and the digest of a request."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import rfc8785

from .leaf import instant

Span = tuple[datetime, datetime]
Day = date  # inside HourPart the field `date` hides the type
MINUTE = timedelta(minutes=1)
TICK = timedelta(microseconds=1)
DELIVERIES = ("in_person", "synchronous", "asynchronous")
SOURCES = ("lesson", "class", "externship", "transfer", "adjustment")
EVIDENCE = ("measured", "awarded", "co_signed", "transferred", "imported", "self_reported", "corrected")
SPANLESS = ("transfer", "adjustment")


@dataclass(frozen=True, slots=True)
class HourPart:
    """One part of one fact, as an upper room asks for it to be posted.

    `minutes` are taught minutes, breaks already out; `spans` (aware) are the time it occupies and hold at least that
    much. Only transfers, adjustments, awards and corrected lines of these have no span; they name their `date`.
    """

    category: str
    minutes: int
    source: str
    delivery: str
    evidence: str
    title: str
    spans: tuple[Span, ...] = ()
    date: Day | None = None
    tags: tuple[str, ...] = ()
    course: str = ""
    content_revision: str = ""
    place: str = ""
    sending_school: str = ""
    signer: str = ""
    signer_name: str = ""
    note: str = ""
    supervisor_licence_valid_from: Day | None = None
    supervisor_licence_valid_to: Day | None = None
    paid: bool | None = None


class BadPartError(ValueError):
    """A part that no ledger can hold; the message says which value and why."""


def check_part(part: HourPart) -> None:
    """Raise BadPartError for minutes, times or kinds that make no sense."""
    if isinstance(part.minutes, bool) or not isinstance(part.minutes, int) or part.minutes <= 0:
        raise BadPartError(f"minutes must be a whole number above zero, not {part.minutes!r}")
    if not part.category or not part.title:
        raise BadPartError("category and title must be given")
    for value, allowed, name in (
        (part.source, SOURCES, "source"),
        (part.delivery, DELIVERIES, "delivery"),
        (part.evidence, EVIDENCE, "evidence"),
    ):
        if value not in allowed:
            raise BadPartError(f"{name} {value!r} is not one of {', '.join(allowed)}")
    if any(";" in tag or not tag for tag in part.tags):
        raise BadPartError("a tag may not be empty or hold a semicolon")
    if not part.spans:
        if part.date is None:
            raise BadPartError("a part without times needs its date")
        if part.source not in SPANLESS and part.evidence not in ("awarded", "corrected"):
            raise BadPartError(f"a {part.source} without times cannot be posted")
        return
    if part.date is not None:
        raise BadPartError("the date of a part with times follows from its times")
    for start, end in part.spans:
        if start.tzinfo is None or end.tzinfo is None:
            raise BadPartError("times must carry their offset")
        if end <= start:
            raise BadPartError("a span must end after it starts")
    ordered = sorted(part.spans)
    if any(later[0] < earlier[1] for earlier, later in pairwise(ordered)):
        raise BadPartError("the spans of one part overlap each other")
    if length(part.spans) < part.minutes * MINUTE:
        raise BadPartError(f"the spans are shorter than {part.minutes} minutes")


def length(spans: Iterable[Span]) -> timedelta:
    """How long spans are together."""
    return sum((end - start for start, end in spans), timedelta())


def whole_minutes_up(duration: timedelta) -> int:
    """Minutes of a duration, a begun one counting whole."""
    return -(-duration // MINUTE)


def split_at_midnight(part: HourPart, zone: str) -> list[HourPart]:
    """One part a local day of `zone`; minutes shared out by length, whole, none lost, none more than its day holds.

    Days are cut where the zone's clock shows midnight, whatever a clock change does to that day's length. Only seconds
    that a pause parts from each other on two sides of midnight make no minute: each day holds whole minutes.
    """
    if not part.spans:
        return [part]
    local = ZoneInfo(zone)
    by_day: dict[date, list[Span]] = {}
    for start, end in sorted(part.spans):
        here = start
        while here < end:
            day = here.astimezone(local).date()
            until = min(end, datetime.combine(day + timedelta(days=1), time(), tzinfo=local).astimezone(UTC))
            spans = by_day.setdefault(day, [])
            if until < end:
                # A minute that began before midnight belongs to the day on which it began.
                until = min(end, until + -length([*spans, (here, until)]) % MINUTE)
            spans.append((here, until))
            here = until
    total = length(part.spans) // TICK
    days: list[HourPart] = []
    gone = posted = 0
    for spans in by_day.values():
        gone += length(spans) // TICK
        # Shared out by length, rounded up: exact at the last day, so no minute is lost; never more than a day holds.
        minutes = min(-(-part.minutes * gone // total) - posted, length(spans) // MINUTE)
        posted += minutes
        if minutes > 0:
            days.append(replace(part, spans=tuple(spans), minutes=minutes))
    return days


def local_date(part: HourPart, zone: str) -> date:
    """The day on which a part counts, in `zone`."""
    if part.date is not None:
        return part.date
    return min(part.spans)[0].astimezone(ZoneInfo(zone)).date()


@dataclass(frozen=True, slots=True)
class Overlap:
    """Time that was asked for and is already held: `minutes` lost to `holder`."""

    starts_at: datetime
    ends_at: datetime
    minutes: int
    holder: Any


def trim(part: HourPart, held: Sequence[tuple[datetime, datetime, Any]]) -> tuple[HourPart | None, list[Overlap]]:
    """What of `part` is free, and what is left out because `held` spans (start, end, holder) have that time.

    Lost minutes are the shared time rounded up, at most the part's minutes; breaks absorb nothing. None when nothing
    is left. `held` spans do not overlap each other (the database sees to that).
    """
    if not part.spans:
        return part, []
    free = sorted(part.spans)
    shared = timedelta()
    left_out: list[Overlap] = []
    lost = 0
    for held_start, held_end, holder in sorted(held, key=lambda span: span[0]):
        rest: list[Span] = []
        for start, end in free:
            low, high = max(start, held_start), min(end, held_end)
            if low >= high:
                rest.append((start, end))
                continue
            shared += high - low
            so_far = min(whole_minutes_up(shared), part.minutes)
            left_out.append(Overlap(low, high, so_far - lost, holder))
            lost = so_far
            if start < low:
                rest.append((start, low))
            if high < end:
                rest.append((high, end))
        free = rest
    left = part.minutes - lost
    # Seconds of the free rest may make less than the minutes that rounding left.
    left = min(left, length(free) // MINUTE)
    if left <= 0:
        return None, left_out
    return replace(part, spans=tuple(free), minutes=left), left_out


def request_digest(parts: Sequence[HourPart]) -> str:
    """SHA-256 (hex) of a posting's request as it was asked, before any trimming."""
    rows = [
        {
            "category": part.category,
            "minutes": part.minutes,
            "source": part.source,
            "delivery": part.delivery,
            "evidence": part.evidence,
            "title": part.title,
            "spans": [[instant(start), instant(end)] for start, end in sorted(part.spans)],
            "date": part.date.isoformat() if part.date else None,
            "tags": sorted(part.tags),
            "course": part.course,
            "content_revision": part.content_revision,
            "place": part.place,
            "sending_school": part.sending_school,
            "signer": part.signer,
            "signer_name": part.signer_name,
            "note": part.note,
            "supervisor_licence_valid_from": _day(part.supervisor_licence_valid_from),
            "supervisor_licence_valid_to": _day(part.supervisor_licence_valid_to),
            "paid": part.paid,
        }
        for part in parts
    ]
    return hashlib.sha256(rfc8785.dumps(rows)).hexdigest()


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None
