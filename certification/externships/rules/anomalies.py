"""What in signatures asks for a look: one supervisor who signed for two sites at once. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

SAME_TIME = timedelta(minutes=15)
"""Shifts at two sites may touch by as much as people round their times by. Our own judgement; no statute names it."""


@dataclass(frozen=True, slots=True)
class Signed:
    """One signed shift: who signed, for whom, where and when. `day` is the site's local day on which it began."""

    sign_off: UUID
    shift: UUID
    supervisor: UUID
    site: UUID
    record: UUID
    day: date
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class TwoSites:
    """A supervisor's signatures for two sites at once on one day; `longest` is the longest time that two shifts share."""

    supervisor: UUID
    sites: tuple[UUID, UUID]
    day: date
    signed: tuple[Signed, ...]
    longest: timedelta


def two_sites(signed: Iterable[Signed]) -> list[TwoSites]:
    """Days on which one supervisor signed for shifts at two sites that share more than SAME_TIME; one for two sites."""
    by_supervisor: dict[UUID, list[Signed]] = {}
    for one in signed:
        by_supervisor.setdefault(one.supervisor, []).append(one)
    found: dict[tuple[UUID, UUID, UUID, date], tuple[set[Signed], timedelta]] = {}
    for supervisor, rows in by_supervisor.items():
        for earlier, later in _at_once(sorted(rows, key=lambda one: (one.starts_at, str(one.sign_off)))):
            shared = min(earlier.ends_at, later.ends_at) - later.starts_at
            if earlier.site == later.site or shared <= SAME_TIME:
                continue
            first, second = sorted((earlier.site, later.site), key=str)
            together, longest = found.get((supervisor, first, second, earlier.day), (set(), timedelta()))
            found[supervisor, first, second, earlier.day] = ({*together, earlier, later}, max(longest, shared))
    return [
        TwoSites(supervisor, (first, second), day, tuple(sorted(together, key=lambda one: str(one.sign_off))), longest)
        for (supervisor, first, second, day), (together, longest) in found.items()
    ]


def _at_once(ordered: Sequence[Signed]) -> Iterable[tuple[Signed, Signed]]:
    """Pairs that share time, of shifts in the order of their beginning; reads no further than a shift lasts."""
    open_: list[Signed] = []
    for later in ordered:
        open_ = [one for one in open_ if one.ends_at > later.starts_at]
        for earlier in open_:
            yield earlier, later
        open_.append(later)
