"""Reads transcripts: always folded from entries by the rules, never taken from a stored total."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import starmap
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet

from accounts.models import FormerName, User
from certification.requirements import rules as hour_rules
from certification.requirements.models import RuleSet
from certification.requirements.selectors import spec_for

from .. import rules
from ..models import CourseResult, HourEntry, HourLog, Milestone, RecordRequirement, TrainingRecord
from ..rules.retention import duty_ends_on

Day = date  # inside EntryLine the field `date` hides the type
Row = TypeVar("Row", "Line", CourseResult, Milestone)
# Of a transcript, on both databases: lines without times come first in their day.
ORDER = ("date", F("starts_at").asc(nulls_first=True), "position")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Minutes of a line that are not creditable, and the rule's reason."""

    minutes: int
    reason: str


class EntryLine(NamedTuple):
    """One standing entry of a record as transcripts show it; `row` is its place, from 1, in the evaluation's rows.

    A tuple, since a transcript has thousands and a frozen dataclass takes ten times as long to make.
    """

    row: int
    uuid: UUID
    date: Day
    minutes: int
    category: str
    title: str
    source: str
    delivery: str
    evidence: str
    course: str
    sending_school: str
    place: str
    starts_at: datetime | None
    ends_at: datetime | None
    recorded_at: datetime
    position: int
    signer_name: str
    reason: str
    refusals: tuple[Refusal, ...]

    @property
    def creditable(self) -> int:
        """Minutes that the rules left."""
        return self.minutes - sum(refusal.minutes for refusal in self.refusals)


@dataclass(frozen=True, slots=True)
class Transcript:
    """A record folded by its rules: the lines that stand, the evaluation, and the facts still missing.

    `rule_entries` are the same lines, place by place, as the rules read them.
    """

    record: TrainingRecord
    entries: tuple[EntryLine, ...]
    rule_entries: tuple[hour_rules.Entry, ...]
    evaluation: hour_rules.Evaluation
    requirements: tuple[RecordRequirement, ...]
    milestones: tuple[Milestone, ...]
    context: hour_rules.Context

    @property
    def missing_requirements(self) -> list[RecordRequirement]:
        """Required facts without a milestone."""
        met = {milestone.code for milestone in self.milestones}
        return [requirement for requirement in self.requirements if requirement.code not in met]

    @property
    def by_evidence(self) -> dict[str, int]:
        """Creditable minutes by evidence grade."""
        sums: dict[str, int] = {}
        for line in self.entries:
            sums[line.evidence] = sums.get(line.evidence, 0) + line.creditable
        return sums

    def titles(self) -> dict[str, str]:
        """Category code to its title in the rule set."""
        return {code: node.title for code, node in spec_for(self.record.rule_set).by_code.items()}


def context_of(record: TrainingRecord, milestones: Iterable[Milestone]) -> hour_rules.Context:
    """What the rules need to know of a record beside its hours. No query when the school is loaded."""
    school = record.school
    is_dated = school.opened_on is not None or school.closed_on is not None
    return hour_rules.Context(
        program_start=record.program_start_on,
        enrolled_on=record.enrolled_on,
        completed_on=record.completed_on,
        requirements=dict.fromkeys((milestone.code for milestone in milestones), True),
        school_open=((school.opened_on, school.closed_on),) if is_dated else None,
    )


Results = dict[str, tuple[int | None, int | None]]
"""Course to its newest non-empty grade and attendance (percent times 100)."""


def course_results(record: TrainingRecord) -> Results:
    """What the results of a record come to. One query."""
    return newest_results(CourseResult.objects.filter(record=record).order_by("recorded_at", "pk"))


def results_of(records: QuerySet[TrainingRecord]) -> dict[int, Results]:
    """What the results of many records come to, by record. One query."""
    rows: dict[int, list[CourseResult]] = {}
    for result in CourseResult.objects.filter(record__in=records.order_by().values("pk")).order_by("recorded_at", "pk"):
        rows.setdefault(result.record_id, []).append(result)
    return {record: newest_results(results) for record, results in rows.items()}


def milestones_of(records: QuerySet[TrainingRecord]) -> dict[int, frozenset[str]]:
    """The codes of the milestones of many records (`quiz:MFR`, `lesson:MFR-1`), by record. One query."""
    codes: dict[int, set[str]] = {}
    rows = Milestone.objects.filter(record__in=records.order_by().values("pk"))
    for record, code in rows.values_list("record_id", "code"):
        codes.setdefault(record, set()).add(code)
    return {record: frozenset(found) for record, found in codes.items()}


def newest_results(results: Iterable[CourseResult]) -> Results:
    """What results come to, given in the order in which they were recorded. No query."""
    newest: Results = {}
    for result in results:
        grade, attendance = newest.get(result.course, (None, None))
        newest[result.course] = (
            result.grade_hundredths if result.grade_hundredths is not None else grade,
            result.attendance_hundredths if result.attendance_hundredths is not None else attendance,
        )
    return newest


def _percent(hundredths: int | None) -> Decimal | None:
    return None if hundredths is None else Decimal(hundredths) / 100


class Line(NamedTuple):
    """A line as transcripts read it: the columns of HourEntry that they need, without the cost of a model a row.

    `words` is the body of its text, where it was asked for and is not erased.
    """

    id: int
    record_id: int
    reverses_id: int | None
    uuid: UUID
    position: int
    recorded_at: datetime
    date: Day
    spans: list[list[str]]
    minutes: int
    category: str
    tags: str
    delivery: str
    source: str
    course: str
    sending_school: str
    supervisor_licence_valid_from: Day | None
    supervisor_licence_valid_to: Day | None
    paid: bool | None
    title: str
    place: str
    evidence: str
    reason: str
    words: str | None = None


_COLUMNS = Line._fields[:-1]


def lines_of(records: Sequence[TrainingRecord], *, texts: bool = False) -> Iterator[Line]:
    """Every line of these records, reversals too, in the order of a transcript. One query."""
    rows = HourEntry.objects.filter(record__in=records).order_by(*ORDER)
    # Joined only where asked: words are personal, and most readers need none.
    return starmap(Line, rows.values_list(*_COLUMNS, *(["text__body"] if texts else [])))


def rule_entries(entries: Iterable[HourEntry | Line], results: Results) -> Iterator[hour_rules.Entry]:
    """Entries as the rules read them, with the results of their courses. No query."""
    for entry in entries:
        grade, attendance = results.get(entry.course, (None, None))
        yield hour_rules.Entry(
            date=entry.date,
            minutes=entry.minutes,
            category=entry.category,
            spans=tuple((datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in entry.spans),
            tags=tuple(entry.tags.split(";")) if entry.tags else (),
            delivery=entry.delivery,
            source=entry.source,
            course=entry.course,
            school=entry.sending_school,
            grade_percent=_percent(grade),
            attendance_percent=_percent(attendance),
            supervisor_licence_valid_from=entry.supervisor_licence_valid_from,
            supervisor_licence_valid_to=entry.supervisor_licence_valid_to,
            paid=entry.paid,
        )


def standing_entries(record: TrainingRecord) -> list[HourEntry]:
    """The entries that stand (reversals folded away), in the order of a transcript. One query."""
    rows = HourEntry.objects.filter(record=record).select_related("text").order_by(*ORDER)
    return rules.fold(rows)


@dataclass(frozen=True, slots=True)
class Folded:
    """One record as the rules read it: its standing entries, and what is known beside them."""

    record: TrainingRecord
    entries: tuple[Line, ...]
    rule_entries: tuple[hour_rules.Entry, ...]
    milestones: tuple[Milestone, ...]
    context: hour_rules.Context

    def judged_by(self, rule_set: RuleSet, as_of: date | None = None) -> hour_rules.Evaluation:
        """By one version, whose categories must be those of the record's own rules."""
        return hour_rules.evaluate(spec_for(rule_set), self.rule_entries, context=self.context, as_of=as_of)


def folded(records: Sequence[TrainingRecord], *, texts: bool = False) -> list[Folded]:
    """Fold many records at once. 3 queries however many, and the one that loads schools and rule sets not there yet."""
    records = _loaded(records)
    entries_by = _by_record(lines_of(records, texts=texts))
    results_by = _by_record(CourseResult.objects.filter(record__in=records).order_by("recorded_at", "pk"))
    milestones_by = _by_record(Milestone.objects.filter(record__in=records).order_by("occurred_at", "pk"))
    found = []
    for record in records:
        standing = rules.fold(entries_by.get(record.pk, []))
        milestones = tuple(milestones_by.get(record.pk, []))
        found.append(
            Folded(
                record=record,
                entries=tuple(standing),
                rule_entries=tuple(rule_entries(standing, newest_results(results_by.get(record.pk, [])))),
                milestones=milestones,
                context=context_of(record, milestones),
            )
        )
    return found


def _by_record(rows: Iterable[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row.record_id, []).append(row)
    return found


def evaluations_of(records: Sequence[TrainingRecord]) -> list[tuple[Folded, hour_rules.Evaluation]]:
    """Many records, each by its own rules. Queries of `folded`."""
    return [(one, one.judged_by(one.record.rule_set)) for one in folded(records)]


def transcript_for(record: TrainingRecord, as_of: date | None = None) -> Transcript:
    """Fold a record's entries by its rules. At most 6 queries, whatever its length (4 with school and rule set loaded)."""
    (one,) = folded([record], texts=True)
    record, entries = one.record, one.entries
    evaluation = one.judged_by(record.rule_set, as_of)
    refused: dict[int, list[Refusal]] = {}
    for refusal in evaluation.not_creditable:
        refused.setdefault(refusal.row, []).append(Refusal(refusal.minutes, refusal.reason))
    lines = tuple(
        EntryLine(
            row=place,
            uuid=entry.uuid,
            date=entry.date,
            minutes=entry.minutes,
            category=entry.category,
            title=entry.title,
            source=entry.source,
            delivery=entry.delivery,
            evidence=entry.evidence,
            course=entry.course,
            sending_school=entry.sending_school,
            place=entry.place,
            starts_at=ruled.spans[0][0] if ruled.spans else None,
            ends_at=ruled.spans[-1][1] if ruled.spans else None,
            recorded_at=entry.recorded_at,
            position=entry.position,
            signer_name=_signer_name(entry),
            reason=entry.reason,
            refusals=tuple(refused.get(place, ())),
        )
        for place, (entry, ruled) in enumerate(zip(entries, one.rule_entries, strict=True), start=1)
    )
    return Transcript(
        record=record,
        entries=lines,
        rule_entries=one.rule_entries,
        evaluation=evaluation,
        requirements=tuple(record.requirements.order_by("pk")),
        milestones=one.milestones,
        context=one.context,
    )


def _loaded(records: Sequence[TrainingRecord]) -> Sequence[TrainingRecord]:
    """The same records in the same order, with school and rule set."""
    if all({"school", "rule_set"} <= record._state.fields_cache.keys() for record in records):
        return records
    rows = TrainingRecord.objects.select_related("school", "rule_set", "learner")
    found = rows.in_bulk([record.pk for record in records])
    return [found[record.pk] for record in records]


def _signer_name(line: Line) -> str:
    return str(json.loads(line.words).get("signer_name", "")) if line.words else ""


def fitting(records: QuerySet[TrainingRecord], query: str) -> QuerySet[TrainingRecord]:
    """Those of `records` whose learner (name of now or before, address) or program fits every word. No query yet."""
    for word in query.replace("\x00", " ").split()[:6]:
        records = records.filter(
            Q(learner__user__legal_name__icontains=word)
            | Q(learner__user__email__icontains=word)
            | Q(program_title__icontains=word)
            | Exists(FormerName.objects.filter(user=OuterRef("learner__user"), legal_name__icontains=word))
        )
    return records


def missing_requirements(record: TrainingRecord) -> list[RecordRequirement]:
    """Required facts of a record that no milestone shows yet. One query."""
    met = Milestone.objects.filter(record=record).values("code")
    return list(RecordRequirement.objects.filter(record=record).exclude(code__in=met).order_by("pk"))


# Every column that a leaf binds, with what stands for the rows that it points to.
LEAF_COLUMNS = (
    "uuid",
    "record__uuid",
    "record__learner__uuid",
    "posting__uuid",
    "reverses__uuid",
    "position",
    "salt",
    "source_key",
    "date",
    "minutes",
    "category",
    "starts_at",
    "ends_at",
    "spans",
    "tags",
    "delivery",
    "source",
    "course",
    "sending_school",
    "supervisor_licence_valid_from",
    "supervisor_licence_valid_to",
    "paid",
    "title",
    "content_revision",
    "place",
    "signer",
    "evidence",
    "reason",
    "recorded_at",
    "recorded_by",
    "text_hash",
)
_PLAIN = tuple(column for column in LEAF_COLUMNS if "uuid" not in column)
_DAYS = ("date", "supervisor_licence_valid_from", "supervisor_licence_valid_to")
_MOMENTS = ("starts_at", "ends_at", "recorded_at")


def leaf_fields(entry: HourEntry, *, log: HourLog) -> dict[str, Any]:
    """All columns of an entry as its leaf binds them; docs/ledger.md says the same in prose."""
    row = {column: getattr(entry, column) for column in _PLAIN}
    row |= {
        "uuid": entry.uuid,
        "record__uuid": entry.record.uuid,
        "record__learner__uuid": entry.record.learner.uuid,
        "posting__uuid": entry.posting.uuid,
        "reverses__uuid": entry.reverses.uuid if entry.reverses else None,
    }
    return leaf_of_row(row, origin=log.origin)


def leaf_of_row(row: Mapping[str, Any], *, origin: str) -> dict[str, Any]:
    """The same of a row with LEAF_COLUMNS, as an audit reads them by the million."""
    fields = {column: row[column] for column in _PLAIN}
    for column in _DAYS:
        fields[column] = row[column].isoformat() if row[column] else None
    for column in _MOMENTS:
        fields[column] = rules.instant(row[column]) if row[column] else None
    return fields | {
        "log": origin,
        "entry": str(row["uuid"]),
        "record": str(row["record__uuid"]),
        "learner": str(row["record__learner__uuid"]),
        "posting": str(row["posting__uuid"]),
        "reverses": str(row["reverses__uuid"]) if row["reverses__uuid"] else None,
        "recorded_by": str(row["recorded_by"]) if row["recorded_by"] else None,
    }


def evaluation_at(
    record: TrainingRecord,
    *,
    rule_set: RuleSet,
    log_size: int,
    until: datetime,
    context: hour_rules.Context,
    as_of: date | None,
) -> hour_rules.Evaluation:
    """How a record was judged when the log had `log_size` lines, with results recorded before `until`. Two queries."""
    entries = HourEntry.objects.filter(record=record, position__lt=log_size).order_by(*ORDER)
    results = CourseResult.objects.filter(record=record, recorded_at__lt=until).order_by("recorded_at", "pk")
    rows = list(rule_entries(rules.fold(entries), newest_results(results)))
    return hour_rules.evaluate(spec_for(rule_set), rows, context=context, as_of=as_of)


def has_record(user: User) -> bool:
    """Whether a person learns or has learned anywhere. One query."""
    return TrainingRecord.objects.filter(learner__user=user).exists()


def duty_of(record: TrainingRecord) -> date | None:
    """From which day the names behind a record may be erased; None while it is open. One query."""
    if record.sealed_at is None:
        return None
    last = HourEntry.objects.filter(record=record).aggregate(last=Max("date"))["last"]
    return duty_ends_on(max(day for day in (last, record.completed_on, record.enrolled_on) if day))
