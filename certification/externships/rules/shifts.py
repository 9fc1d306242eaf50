"""What a shift is worth, how long it was, and what it may be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
LONGEST_SHIFT = timedelta(hours=16)


@dataclass(frozen=True, slots=True)
class Worth:
    """Where the minutes of a kind of shift count, and the words by which the ledger keeps them."""

    category: str
    tags: tuple[str, ...]
    title: str


# Idle time is written down honestly and counts nowhere.
KINDS: Mapping[str, Worth | None] = {
    "client_session": Worth("externship_hands_on", ("hands_on",), "Client session"),
    "intake_notes": Worth("externship", (), "Intake and notes"),
    "observation": Worth("externship", (), "Observation"),
    "instruction": Worth("externship", (), "Instruction"),
    "idle": None,
}
TECHNIQUES = ("mfr", "nmt", "trigger_point", "mld", "muscle_testing", "stretching")


def minutes_of(starts_at: datetime, ends_at: datetime, break_minutes: int) -> int:
    """Whole minutes worked: what really passed between two instants, less the breaks; never below zero.

    Instants, not clock faces: a night in which the clocks change has the length that it had.
    """
    passed = ends_at.astimezone(UTC) - starts_at.astimezone(UTC)
    return max(passed // MINUTE - break_minutes, 0)


@dataclass(frozen=True, slots=True)
class Across:
    """What two times on the wall do not say: that the end is on a later day, or by another clock ("EDT / EST", or empty)."""

    next_day: bool
    zone_change: str


def across(starts_at: datetime, ends_at: datetime, zone: str) -> Across:
    """What has to be said beside the local start and end of a shift, so that its length can be followed."""
    starts, ends = starts_at.astimezone(ZoneInfo(zone)), ends_at.astimezone(ZoneInfo(zone))
    changed = starts.utcoffset() != ends.utcoffset()
    return Across(ends.date() > starts.date(), f"{starts.tzname()} / {ends.tzname()}" if changed else "")


def days_touched(starts_at: datetime, ends_at: datetime, zone: str) -> tuple[date, ...]:
    """The local days on which a shift was worked; one that ends at midnight does not touch the next."""
    here = ZoneInfo(zone)
    first = starts_at.astimezone(here).date()
    last = max((ends_at - timedelta(microseconds=1)).astimezone(here).date(), first)
    return tuple(first + timedelta(days=step) for step in range((last - first).days + 1))


@dataclass(frozen=True, slots=True)
class Instant:
    """What a clock on the wall showed, as an instant; `trouble` is "" or why there is none."""

    at: datetime | None
    trouble: str = ""


def instant_of(day: date, clock: time, zone: str, *, second: bool | None = None) -> Instant:
    """Read a local day and time as an instant.

    Where the clocks went forward the time does not exist ("skipped"); where they went back it came twice ("twice")
    and `second` must say which of the two is meant.
    """
    here = ZoneInfo(zone)
    first = datetime.combine(day, clock.replace(tzinfo=None, fold=0), tzinfo=here)
    later = first.replace(fold=1)
    if first.utcoffset() == later.utcoffset():
        return Instant(first.astimezone(UTC))
    back = first.astimezone(UTC).astimezone(here)
    if back.replace(tzinfo=None, fold=0) != first.replace(tzinfo=None, fold=0):
        return Instant(None, "skipped")
    if second is None:
        return Instant(None, "twice")
    return Instant((later if second else first).astimezone(UTC))


@dataclass(frozen=True, slots=True)
class Window:
    """A period of local days, both ends included; an empty end is open."""

    first: date | None = None
    last: date | None = None

    def holds(self, day: date) -> bool:
        """Whether `day` lies inside."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a learner says she worked."""

    kind: str
    starts_at: datetime
    ends_at: datetime
    break_minutes: int


@dataclass(frozen=True, slots=True)
class Bounds:
    """Within what a shift may lie; `assigned` are the periods in which the supervisor works at the site."""

    zone: str
    placement: Window
    approval: Window
    agreement: Window
    licence: Window
    assigned: tuple[Window, ...]
    insurance: Window = Window()
    others: tuple[tuple[datetime, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a shift cannot be: a code, the field to look at, and the day or times it is about."""

    code: str
    field: str
    day: date | None = None
    times: tuple[datetime, datetime] | None = None


def problems_of(claim: Claim, bounds: Bounds, now: datetime) -> list[Problem]:
    """Everything that speaks against a shift, the first of each kind, in the order of the form."""
    if claim.ends_at <= claim.starts_at:
        return [Problem("end_before_start", "ends_at")]
    found: list[Problem] = []
    if claim.ends_at > now:
        found.append(Problem("future", "ends_at"))
    if claim.ends_at - claim.starts_at > LONGEST_SHIFT:
        found.append(Problem("too_long", "ends_at"))
    if claim.break_minutes < 0 or claim.break_minutes * MINUTE >= claim.ends_at - claim.starts_at:
        found.append(Problem("break_too_long", "break_minutes"))
    days = days_touched(claim.starts_at, claim.ends_at, bounds.zone)
    for code, field, windows in (
        ("outside_placement", "starts_at", (bounds.placement,)),
        ("site_not_approved", "starts_at", (bounds.approval,)),
        ("agreement", "starts_at", (bounds.agreement,)),
        ("insurance", "starts_at", (bounds.insurance,)),
        ("not_assigned", "supervisor", bounds.assigned),
        ("licence", "supervisor", (bounds.licence,)),
    ):
        outside = next((day for day in days if not any(window.holds(day) for window in windows)), None)
        if outside is not None:
            found.append(Problem(code, field, day=outside))
    for start, end in bounds.others:
        if start < claim.ends_at and end > claim.starts_at:
            found.append(Problem("overlap", "starts_at", times=(start, end)))
            break
    return found
