"""What the ledger and her rules would make of shifts that are not signed yet: what fits, what does not, and why."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from certification.records.models import HourEntry, TrainingRecord
from certification.records.selectors import Held, Trial, TrialDay, folded, trials_of
from certification.records.services import HourPart
from certification.requirements import rules as hour_rules
from certification.requirements.selectors import spec_for

from .. import rules
from ..models import Shift

CAPS = ("day_cap", "week_cap")
# Longer lists are read in parts: the first so many drafts are explained, the others when she opens them.
MOST_EXPLAINED = 40


def part_of_shift(shift: Shift) -> HourPart | None:
    """A shift as the hours that its signature posts, without signer's name and note; None for what posts nothing."""
    worth, supervisor = rules.KINDS[shift.kind], shift.supervisor
    if worth is None or shift.minutes == 0:
        return None
    return HourPart(
        category=worth.category,
        minutes=shift.minutes,
        source="externship",
        delivery="in_person",
        evidence="co_signed",
        title=f"{worth.title}, {shift.placement.site}"[:250],
        spans=((shift.starts_at, shift.ends_at),),
        tags=worth.tags,
        place=str(shift.placement.site)[:200],
        signer=f"supervisor:{supervisor.uuid}",
        supervisor_licence_valid_from=supervisor.valid_from,
        supervisor_licence_valid_to=supervisor.valid_to,
    )


@dataclass(frozen=True, slots=True)
class CapUse:
    """A limit of her rules for a day or a week: `stands` counts there already, the shift asks for `asked` more."""

    period: str
    first: date
    most: int
    stands: int
    asked: int

    @property
    def left(self) -> int:
        """Minutes that the limit leaves."""
        return max(self.most - self.stands, 0)

    @property
    def over(self) -> int:
        """Minutes of the shift that it does not leave."""
        return max(self.asked - self.left, 0)


@dataclass(frozen=True, slots=True)
class Explained:
    """One shift as it would be posted today; minutes everywhere."""

    minutes: int
    days: tuple[TrialDay, ...]
    held: tuple[Held, ...]
    caps: tuple[CapUse, ...]
    refused: tuple[tuple[str, int], ...]

    @property
    def posted(self) -> int:
        """Minutes that would stand in the ledger."""
        return sum(day.part.minutes for day in self.days)

    @property
    def counted(self) -> int:
        """Minutes of these that her rules would credit."""
        return self.posted - sum(minutes for _reason, minutes in self.refused)

    @property
    def loses(self) -> bool:
        """Whether any minute would not be credited."""
        return self.counted < self.minutes


def explained_for(record: TrainingRecord, shifts: Sequence[Shift]) -> dict[int, Explained]:
    """What each of these undecided shifts of a record would come to, by primary key.

    In the order of time: each after what stands, what waits for a signature, and those before it. Idle time is left
    out, it never counts. Ten queries at most, whatever the number; two more for each amendment.
    """
    parts = {shift.pk: part_of_shift(shift) for shift in shifts}
    asked = sorted((shift for shift in shifts if parts[shift.pk]), key=lambda one: one.starts_at)[:MOST_EXPLAINED]
    if not asked:
        return {}
    spec = spec_for(record.rule_set)
    asked = [shift for shift in asked if spec.allows(parts[shift.pk].category)]  # type: ignore[union-attr]
    (one,) = folded([record])
    waiting = _waiting(record, asked)
    trials = _trials(record, [*waiting, *asked])
    base = [*one.rule_entries, *(entry for shift in waiting for entry in _entries(trials[shift.pk]))]
    found = {}
    for shift in asked:
        trial, standing = trials[shift.pk], base
        if shift.amends is not None:
            gone = set(
                HourEntry.objects.filter(
                    record=record, posting__source_key=shift.amends.source_key
                ).values_list("pk", flat=True)
            )  # fmt: skip
            standing = [
                *(entry for line, entry in zip(one.entries, one.rule_entries, strict=True) if line.id not in gone),
                *base[len(one.rule_entries) :],
            ]
        fresh = _entries(trial)
        found[shift.pk] = _explained(shift, trial, fresh, standing, spec, one.context)
        if shift.amends is None:
            base = [*base, *fresh]
    return found


def _waiting(record: TrainingRecord, asked: Sequence[Shift]) -> list[Shift]:
    """Shifts of the record that wait for a signature and are not asked about. One query."""
    return list(
        Shift.objects.filter(placement__record=record, state=Shift.State.SENT, amends=None)
        .exclude(pk__in=[shift.pk for shift in asked])
        .exclude(kind="idle")
        .select_related("supervisor", "placement__site__organisation")
        .order_by("starts_at")
    )


def _trials(record: TrainingRecord, shifts: Iterable[Shift]) -> dict[int, Trial]:
    """What posting would make of each: at most two queries, and two more for each amendment."""
    plain: dict[int, list[HourPart]] = {}
    found: dict[int, Trial] = {}
    for shift in shifts:
        part = part_of_shift(shift)
        parts = [part] if part else []
        if shift.amends is None:
            plain[shift.pk] = parts
        else:
            (found[shift.pk],) = trials_of(record, [parts], freed=[shift.amends.source_key])
    return found | dict(zip(plain, trials_of(record, list(plain.values())), strict=True))


def _entries(trial: Trial) -> list[hour_rules.Entry]:
    return [
        hour_rules.Entry(
            date=day.date,
            minutes=day.part.minutes,
            category=day.part.category,
            spans=tuple(day.part.spans),
            tags=day.part.tags,
            delivery=day.part.delivery,
            source=day.part.source,
            supervisor_licence_valid_from=day.part.supervisor_licence_valid_from,
            supervisor_licence_valid_to=day.part.supervisor_licence_valid_to,
        )
        for day in trial.days
    ]


def _explained(
    shift: Shift,
    trial: Trial,
    fresh: Sequence[hour_rules.Entry],
    standing: Sequence[hour_rules.Entry],
    spec: hour_rules.RuleSetSpec,
    context: hour_rules.Context,
) -> Explained:
    as_of = max((entry.date for entry in (*standing, *fresh)), default=None)
    before = hour_rules.evaluate(spec, standing, context=context, as_of=as_of)
    after = hour_rules.evaluate(spec, [*standing, *fresh], context=context, as_of=as_of)
    # A later line of the same day may lose what this shift takes first: it is the whole that must come out right.
    more = Counter(_by_reason(after))
    more.subtract(_by_reason(before))
    refused = tuple((reason, more[reason]) for reason in hour_rules.REASONS if more.get(reason, 0) > 0)
    barred = sum(minutes for reason, minutes in refused if reason not in CAPS)
    caps = () if barred else tuple(_caps(fresh, standing, before, spec))
    return Explained(shift.minutes, trial.days, trial.held, caps, refused)


def _by_reason(evaluation: hour_rules.Evaluation) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in evaluation.not_creditable:
        found[one.reason] += one.minutes
    return found


def _caps(
    fresh: Sequence[hour_rules.Entry],
    standing: Sequence[hour_rules.Entry],
    before: hour_rules.Evaluation,
    spec: hour_rules.RuleSetSpec,
) -> Iterable[CapUse]:
    """How full the days and weeks of a shift are already, by the limits of her rules."""
    pace = spec.pace
    lost: Counter[int] = Counter()
    for one in before.not_creditable:
        lost[one.row] += one.minutes
    for period, most in (("day", pace.day_maximum), ("week", pace.week_maximum)):
        if most is None:
            continue
        asked: Counter[date] = Counter()
        for entry in fresh:
            asked[_first(entry.date, period, pace.week_starts)] += entry.minutes
        for first, minutes in sorted(asked.items()):
            stands = sum(
                entry.minutes - lost[row]
                for row, entry in enumerate(standing, start=1)
                if entry.source not in hour_rules.UNHURRIED and _first(entry.date, period, pace.week_starts) == first
            )
            yield CapUse(period, first, most, stands, minutes)


def _first(day: date, period: str, starts: int) -> date:
    return day if period == "day" else date.fromordinal(day.toordinal() - (day.weekday() - starts) % 7)
