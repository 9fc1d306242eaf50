"""What the ledger would make of hours before they are posted: the days they fall on, and what others hold of their time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from .. import rules
from ..models import HourEntry, OccupiedTime, TrainingRecord
from .corrections import Held


@dataclass(frozen=True, slots=True)
class TrialDay:
    """The part of some hours that one local day of the record would get."""

    date: date
    part: rules.HourPart


@dataclass(frozen=True, slots=True)
class Trial:
    """What posting would do: days as they would stand, and the time that other lines hold."""

    days: tuple[TrialDay, ...]
    held: tuple[Held, ...]

    @property
    def minutes(self) -> int:
        """Minutes that would stand."""
        return sum(day.part.minutes for day in self.days)


def trials_of(
    record: TrainingRecord, facts: Sequence[Sequence[rules.HourPart]], *, freed: Collection[str] = ()
) -> list[Trial]:
    """What `post_hours` would post now of each of these facts, alone, and what it would leave out; it posts nothing.

    `freed` are source keys of postings that would be taken back first. At most two queries, however many.
    """
    spans = [span for parts in facts for part in parts for span in part.spans]
    if not spans:
        return [Trial((), ()) for _parts in facts]
    first, last = min(start for start, _end in spans), max(end for _start, end in spans)
    rows = OccupiedTime.objects.filter(learner=record.learner_id, starts_at__lt=last, ends_at__gt=first)
    if freed:
        rows = rows.exclude(entry__record=record, entry__posting__source_key__in=freed)
    held = list(rows.order_by("starts_at").values_list("starts_at", "ends_at", "entry_id"))
    holders = HourEntry.objects.select_related("record").in_bulk({entry for _start, _end, entry in held})
    found = []
    for parts in facts:
        days: list[TrialDay] = []
        lost: list[Held] = []
        for part in parts:
            for day in rules.split_at_midnight(part, record.zone):
                kept, overlaps = rules.trim(day, held)
                lost += [Held(one.starts_at, one.ends_at, one.minutes, holders[one.holder]) for one in overlaps]
                if kept:
                    days.append(TrialDay(rules.local_date(kept, record.zone), kept))
        found.append(Trial(tuple(days), tuple(lost)))
    return found
