"""What in signatures no supervisor's day holds: read too fast, too many learners at once, too long a day. Pure.

Each finding is a question to the school. The thresholds are our own judgement, except the ratio.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from .anomalies import SAME_TIME

READING = timedelta(seconds=3)
"""The least time in which a row (day, times, kind, what she did) can be read at all."""

BURST_ROWS = 10
"""So many rows signed faster than they can be read before it is asked: two weeks of a learner."""

MOST_LEARNERS = 6
"""Learners whom one supervisor can see at once: the ratio that a Washington school states for its clinic."""

LONGEST_DAY = timedelta(hours=16)
"""Twice a working day. Shifts at the same time count once: she may supervise several learners."""

AT_ONCE = timedelta(minutes=1)
AT_ONCE_ROWS = 3
"""One or two shifts may be signed on the spot, beside the learner; a week's are read."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signed shift, by whom, for whom, when it was worked and when and by which link it was signed."""

    sign_off: UUID
    shift: UUID
    supervisor: UUID
    learner: UUID
    record: UUID
    link: UUID
    zone: str
    starts_at: datetime
    ends_at: datetime
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Pattern:
    """Signatures that ask for a look; `days` are the first and the last local day, `numbers` say what is odd."""

    kind: str
    about: tuple[str, ...]
    days: tuple[date, date]
    signatures: tuple[Signature, ...]
    numbers: Mapping[str, int]


def _by_supervisor(signatures: Iterable[Signature]) -> dict[UUID, list[Signature]]:
    found: dict[UUID, list[Signature]] = {}
    for one in sorted(signatures, key=lambda one: (one.decided_at, str(one.sign_off))):
        found.setdefault(one.supervisor, []).append(one)
    return found


def _days_of(signatures: Sequence[Signature]) -> tuple[date, date]:
    days = [one.starts_at.astimezone(ZoneInfo(one.zone)).date() for one in signatures]
    return min(days), max(days)


def sign_bursts(signatures: Iterable[Signature]) -> list[Pattern]:
    """Runs of sittings by one supervisor, each sooner after the one before than its rows can be read.

    The first sitting of a run proves nothing (nobody knows how long she read), nor does one of a link that she had open.
    """
    found = []
    for supervisor, rows in _by_supervisor(signatures).items():
        sittings: dict[tuple[datetime, UUID], list[Signature]] = {}
        for one in rows:
            sittings.setdefault((one.decided_at, one.link), []).append(one)
        runs: list[list[list[Signature]]] = []
        for sitting in sittings.values():
            before = runs[-1][-1] if runs else None
            too_soon = before and sitting[0].decided_at - before[0].decided_at < READING * len(sitting)
            seen = {one.link for earlier in runs[-1] for one in earlier} if runs else set()
            if too_soon and sitting[0].link not in seen:
                runs[-1].append(sitting)
            else:
                runs.append([sitting])
        for run in runs:
            unread = [one for sitting in run[1:] for one in sitting]
            if len(unread) < BURST_ROWS:
                continue
            all_ = tuple(one for sitting in run for one in sitting)
            passed = run[-1][0].decided_at - run[0][0].decided_at
            found.append(
                Pattern(
                    "sign_burst",
                    (str(supervisor), run[0][0].decided_at.astimezone(UTC).isoformat()),
                    _days_of(all_),
                    all_,
                    {"count": len(all_), "sittings": len(run), "seconds": int(passed.total_seconds())},
                )
            )
    return found


def over_ratio(signatures: Iterable[Signature]) -> list[Pattern]:
    """Days on which one supervisor signed for more than MOST_LEARNERS learners at one moment; the worst moment of each.

    Shifts may touch by SAME_TIME: one group comes while the other goes.
    """
    found = []
    for supervisor, rows in _by_supervisor(signatures).items():
        worst: dict[date, tuple[Signature, ...]] = {}
        open_: list[Signature] = []
        for later in sorted(rows, key=lambda one: (one.starts_at, str(one.sign_off))):
            open_ = [one for one in open_ if one.ends_at - SAME_TIME > later.starts_at] + [later]
            day = later.starts_at.astimezone(ZoneInfo(later.zone)).date()
            if _learners(open_) > max(MOST_LEARNERS, _learners(worst.get(day, ()))):
                worst[day] = tuple(open_)
        found += [
            Pattern("over_ratio", (str(supervisor), day.isoformat()), (day, day), there, {"learners": _learners(there)})
            for day, there in worst.items()
        ]
    return found


def _learners(signatures: Iterable[Signature]) -> int:
    return len({one.learner for one in signatures})


def signer_days(signatures: Iterable[Signature]) -> list[Pattern]:
    """Local days of which one supervisor signed more than LONGEST_DAY, what lies over another counted once."""
    found = []
    for supervisor, rows in _by_supervisor(signatures).items():
        by_day: dict[date, list[tuple[datetime, datetime, Signature]]] = {}
        for one in rows:
            for day, start, end in _split(one):
                by_day.setdefault(day, []).append((start, end, one))
        for day, pieces in sorted(by_day.items()):
            covered, until = timedelta(), None
            for start, end, _one in sorted(pieces, key=lambda piece: piece[:2]):
                covered += max(end - max(start, until or start), timedelta())
                until = max(end, until or end)
            if covered > LONGEST_DAY:
                there = tuple(one for _start, _end, one in pieces)
                minutes = int(covered.total_seconds()) // 60
                found.append(
                    Pattern("signer_day", (str(supervisor), day.isoformat()), (day, day), there, {"minutes": minutes})
                )
    return found


def _split(one: Signature) -> Iterable[tuple[date, datetime, datetime]]:
    """The parts of a shift by the local day in which they lie."""
    here = ZoneInfo(one.zone)
    start = one.starts_at
    while start < one.ends_at:
        day = start.astimezone(here).date()
        midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=here).astimezone(UTC)
        yield day, start, min(midnight, one.ends_at)
        start = midnight


def at_once(signatures: Iterable[Signature], asked: Mapping[UUID, tuple[int, Sequence[datetime]]]) -> list[Pattern]:
    """Links whose rows, all of them and AT_ONCE_ROWS at least, were signed within AT_ONCE of the mail.

    `asked` says how many rows a link has and when its mails, reminders included, were written.
    """
    by_link: dict[UUID, list[Signature]] = {}
    for one in signatures:
        by_link.setdefault(one.link, []).append(one)
    found = []
    for link, rows in by_link.items():
        count, mails = asked[link]
        last = max(one.decided_at for one in rows)
        before = [at for at in mails if at <= min(one.decided_at for one in rows)]
        if count != len(rows) or count < AT_ONCE_ROWS or not before or last - max(before) >= AT_ONCE:
            continue
        seconds = int((last - max(before)).total_seconds())
        found.append(
            Pattern("at_once", (str(link),), _days_of(rows), tuple(rows), {"count": count, "seconds": seconds})
        )
    return found
