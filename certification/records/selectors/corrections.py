"""Reads corrections and claims: what waits, what a correction would do, and which lines were taken back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.selectors import roles_of
from certification.requirements import rules as hour_rules
from certification.requirements.selectors import spec_for

from .. import rules
from ..models import Claim, Correction, HourEntry, Learner, OccupiedTime, TrainingRecord
from .transcripts import context_of, course_results, rule_entries

CORRECTION_PEOPLE = ("proposed_by", "decided_by", "record__learner__user", "record__school")


def part_of(entry: HourEntry) -> rules.HourPart:
    """A line as the part that would post the same hours; without signer and note. No query."""
    spans = tuple((datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in entry.spans)
    return rules.HourPart(
        category=entry.category,
        minutes=entry.minutes,
        source=entry.source,
        delivery=entry.delivery,
        evidence=entry.evidence,
        title=entry.title,
        spans=spans,
        date=None if spans else entry.date,
        tags=tuple(entry.tags.split(";")) if entry.tags else (),
        course=entry.course,
        content_revision=entry.content_revision,
        place=entry.place,
        sending_school=entry.sending_school,
        supervisor_licence_valid_from=entry.supervisor_licence_valid_from,
        supervisor_licence_valid_to=entry.supervisor_licence_valid_to,
        paid=entry.paid,
    )


def parts_of(correction: Correction) -> list[rules.HourPart]:
    """What a correction would post, as it was proposed. No query."""
    return [rules.part_read(told) for told in correction.replacement]


def today_of(record: TrainingRecord) -> date:
    """The day it is in a record's zone. No query."""
    return timezone.localdate(timezone=ZoneInfo(record.zone))


def unit_of(record: TrainingRecord) -> int:
    """Minutes of an hour in the rules that judge a record; its sums and lines are written in hours of that kind.

    A shift's own length is time on the clock and is written with 60: its supervisor signs from when until when, and no
    credit. No query when the rule set is loaded; the first time in a process one for its text.
    """
    return spec_for(record.rule_set).unit_minutes


def days_of(record: TrainingRecord, entry: HourEntry | None, parts: Sequence[rules.HourPart]) -> list[date]:
    """The local days that a correction touches. No query."""
    days = [rules.local_date(day, record.zone) for part in parts for day in rules.split_at_midnight(part, record.zone)]
    return sorted({*days, *([entry.date] if entry else [])})


@dataclass(frozen=True, slots=True)
class Held:
    """Time that a replacement asks for and another line of the same learner holds."""

    starts_at: datetime
    ends_at: datetime
    minutes: int
    entry: HourEntry


def held_by_others(record: TrainingRecord, parts: Sequence[rules.HourPart], entry: HourEntry | None) -> list[Held]:
    """What of the parts could not be posted once `entry` is taken back, and who holds that time. At most two queries."""
    spans = [span for part in parts for span in part.spans]
    if not spans:
        return []
    first, last = min(start for start, _end in spans), max(end for _start, end in spans)
    rows = OccupiedTime.objects.filter(learner=record.learner_id, starts_at__lt=last, ends_at__gt=first)
    if entry is not None:
        rows = rows.exclude(entry=entry)
    held = list(rows.order_by("starts_at").values_list("starts_at", "ends_at", "entry_id"))
    overlaps = [overlap for part in parts for overlap in rules.trim(part, held)[1]]
    holders = HourEntry.objects.select_related("record").in_bulk({overlap.holder for overlap in overlaps})
    return [Held(one.starts_at, one.ends_at, one.minutes, holders[one.holder]) for one in overlaps]


# ---------------------------------------------------------------- people


def roles_at(user: User, record: TrainingRecord) -> frozenset[str]:
    """The roles of a person at a record's school; none at her own record. At most two queries."""
    if not user.is_active or is_own(user, record):
        return frozenset()
    return frozenset(role for place, role in roles_of(user) if place == record.school_id)


def is_own(user: User, record: TrainingRecord) -> bool:
    """Whether these are the person's own hours, also after her accounts were merged. One query."""
    one = Q(pk=record.learner_id) | Q(merged=record.learner_id) | Q(merged_into=record.learner_id)
    return Learner.objects.filter(one, user=user).exists()


# ---------------------------------------------------------------- corrections


def corrections_with_people() -> QuerySet[Correction]:
    """Corrections with all that a list shows of them. One query when read."""
    return Correction.objects.select_related(*CORRECTION_PEOPLE, "entry", "claim", "record__rule_set")


def corrections_seen_by(user: User, sealing: Collection[Organisation]) -> QuerySet[Correction]:
    """Those that this person proposed, and all of the schools where she decides, newest first. One query when read."""
    return (
        corrections_with_people()
        .filter(Q(proposed_by=user) | Q(record__school__in=sealing))
        .exclude(record__learner__user=user)
        .order_by("-proposed_at", "-pk")
    )


def corrections_to_decide(user: User, sealing: Collection[Organisation]) -> QuerySet[Correction]:
    """Those of the schools where this person decides that wait for her, oldest first. One query when read."""
    return (
        corrections_with_people()
        .filter(outcome="", record__school__in=sealing)
        .exclude(proposed_by=user)
        .exclude(record__learner__user=user)
        .order_by("proposed_at", "pk")
    )


@dataclass(frozen=True, slots=True)
class Effect:
    """A record judged by its rules without and with a correction."""

    before: hour_rules.Evaluation
    after: hour_rules.Evaluation

    @property
    def changed(self) -> list[tuple[hour_rules.NodeResult, hour_rules.NodeResult]]:
        """The categories whose numbers differ, before and after, in the order of the rules."""
        pairs = zip(self.before.walk(), self.after.walk(), strict=True)
        return [(old, new) for old, new in pairs if old.numbers() != new.numbers()]

    @property
    def loses(self) -> bool:
        """Whether the record was complete and is not any more."""
        return self.before.met and not self.after.met


def effect_of(record: TrainingRecord, entry: HourEntry | None, parts: Sequence[rules.HourPart]) -> Effect:
    """What a correction would do to a record's numbers as it stands. Three queries."""
    standing = rules.fold(HourEntry.objects.filter(record=record).order_by("date", "starts_at", "position"))
    fresh = [_unsaved(record, day) for part in parts for day in rules.split_at_midnight(part, record.zone)]
    left = [row for row in standing if entry is None or row.pk != entry.pk]
    return _effect(record, standing, [*left, *fresh])


def effect_done(correction: Correction) -> Effect:
    """What an approved correction did: the log folded up to its first entry, and up to its last. Four queries."""
    record = correction.record
    rows = list(
        HourEntry.objects.filter(record=record).select_related("posting").order_by("date", "starts_at", "position")
    )
    keys = {correction.source_key, f"{correction.source_key}/back"}
    positions = [row.position for row in rows if row.posting.source_key in keys]
    before = rules.fold(row for row in rows if row.position < min(positions))
    after = rules.fold(row for row in rows if row.position <= max(positions))
    return _effect(record, before, after)


def _effect(record: TrainingRecord, before: Sequence[HourEntry], after: Sequence[HourEntry]) -> Effect:
    results = course_results(record)
    context = context_of(record, record.milestones.all())
    spec = spec_for(record.rule_set)
    return Effect(
        hour_rules.evaluate(spec, tuple(rule_entries(before, results)), context=context),
        hour_rules.evaluate(spec, tuple(rule_entries(after, results)), context=context),
    )


def _unsaved(record: TrainingRecord, part: rules.HourPart) -> HourEntry:
    """The line that a part would become, for the rules to look at; never saved."""
    spans = sorted(part.spans)
    return HourEntry(
        date=rules.local_date(part, record.zone),
        minutes=part.minutes,
        category=part.category,
        spans=[[rules.instant(start), rules.instant(end)] for start, end in spans],
        tags=";".join(sorted(part.tags)),
        delivery=part.delivery,
        source=part.source,
        course=part.course,
        sending_school=part.sending_school,
        supervisor_licence_valid_from=part.supervisor_licence_valid_from,
        supervisor_licence_valid_to=part.supervisor_licence_valid_to,
        paid=part.paid,
    )


def lines_of(correction: Correction) -> list[HourEntry]:
    """The lines that an approved correction posted, in log order. One query."""
    return list(
        HourEntry.objects.filter(record=correction.record_id, posting__source_key=correction.source_key).order_by(
            "position"
        )
    )


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A line that does not stand any more: what took it back, by which correction (None: by another room, as an amended
    shift), and what stands in its place.
    """

    entry: HourEntry
    back: HourEntry
    correction: Correction | None
    replacements: tuple[HourEntry, ...]


def taken_back(record: TrainingRecord) -> list[TakenBack]:
    """The lines of a record that were taken back, in the order of a transcript. At most three queries."""
    backs = list(
        HourEntry.objects.filter(record=record, reverses__isnull=False)
        .select_related("reverses")
        .order_by("reverses__date", "reverses__starts_at", "reverses__position")
    )
    if not backs:
        return []
    approved = {
        row.entry_id: row
        for row in Correction.objects.filter(record=record, outcome=Correction.Outcome.APPROVED, entry__isnull=False)
    }
    fresh: dict[str, list[HourEntry]] = {}
    # What takes a line back bears the key of what takes its place, and "/back".
    keys = {back.pk: back.source_key.partition("/back")[0] for back in backs}
    for line in (
        HourEntry.objects.filter(record=record, posting__source_key__in=set(keys.values()))
        .select_related("posting")
        .order_by("position")
    ):
        fresh.setdefault(line.posting.source_key, []).append(line)
    found = []
    for back in backs:
        assert back.reverses is not None
        correction = approved.get(back.reverses_id)
        found.append(TakenBack(back.reverses, back, correction, tuple(fresh.get(keys[back.pk], ()))))
    return found


# ---------------------------------------------------------------- claims


def claims_of(record: TrainingRecord) -> list[Claim]:
    """A record's claims with their corrections, newest first. Two queries."""
    return list(
        Claim.objects.filter(record=record)
        .select_related("entry", "answered_by", "record__rule_set")
        .prefetch_related("corrections")
        .order_by("-made_at", "-pk")
    )


def open_claims(user: User, schools: Collection[Organisation]) -> QuerySet[Claim]:
    """Claims of these schools that wait for their answer, most urgent first, save the person's own; each with its
    open corrections in `waiting`. Two queries when read.
    """
    return (
        Claim.objects.filter(answer="", record__school__in=schools)
        .exclude(record__learner__user=user)
        .select_related("entry", "record__learner__user", "record__school", "record__rule_set")
        .prefetch_related(Prefetch("corrections", queryset=Correction.objects.filter(outcome=""), to_attr="waiting"))
        .order_by("due_on", "pk")
    )


def answered_claims(user: User, schools: Collection[Organisation]) -> QuerySet[Claim]:
    """Claims of these schools that were answered or withdrawn, newest answer first, save the person's own.

    One query when read.
    """
    return (
        Claim.objects.filter(record__school__in=schools)
        .exclude(answer="")
        .exclude(record__learner__user=user)
        .select_related("entry", "record__learner__user", "record__school", "answered_by", "record__rule_set")
        .order_by("-answered_at", "-pk")
    )


def late_claims(claims: Sequence[Claim]) -> list[Claim]:
    """Those of them whose term has run out. No query when their records are loaded."""
    return [claim for claim in claims if rules.is_late(claim.due_on, today_of(claim.record))]


def contested(record: TrainingRecord) -> dict[UUID, Claim]:
    """The lines that an open claim names. One query."""
    rows = Claim.objects.filter(record=record, answer="", entry__isnull=False).select_related("entry")
    return {row.entry.uuid: row for row in rows if row.entry}
