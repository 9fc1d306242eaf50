"""Writes the ledger: every minute that counts anywhere comes through `post_hours`, every taking back through
`reverse_entry`; nothing here changes or deletes a fact.
"""

import secrets
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation, SchoolClosing, User
from certification.requirements import rules as hour_rules
from certification.requirements.models import RuleSet
from certification.requirements.selectors import spec_for

from .. import rules
from ..models import (
    CourseResult,
    HourEntry,
    HourEntryText,
    HourLog,
    Learner,
    LogNode,
    Milestone,
    MilestoneWithdrawal,
    OccupiedTime,
    Posting,
    RecordRequirement,
    TrainingRecord,
)
from ..rules import HourPart, merkle
from ..selectors import judging_version, leaf_fields
from .balances import move_balances
from .checkpoints import ensure_log
from .closing import require_open


class PostingConflictError(Exception):
    """The source key was posted before with another request: one fact cannot have two stories."""


@dataclass(frozen=True)
class LeftOut:
    """Time that was not posted since `entry` already holds it."""

    starts_at: datetime
    ends_at: datetime
    minutes: int
    entry: uuid.UUID


@dataclass(frozen=True)
class PostingResult:
    """What `post_hours` did: the entries, what it left out, and whether it only repeated an earlier answer."""

    posting: Posting
    entries: list[HourEntry] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    repeated: bool = False

    @property
    def minutes(self) -> int:
        """Minutes posted."""
        return sum(entry.minutes for entry in self.entries)


@transaction.atomic
def ensure_learner(*, user: User) -> Learner:
    """Return the learner of this person, made if she has none. Idempotent."""
    learner, _made = Learner.objects.get_or_create(user=user)
    return learner


@transaction.atomic
def open_record(
    *,
    learner: Learner,
    school: Organisation,
    rule_set: RuleSet,
    program_code: str,
    program_title: str,
    enrolled_on: date,
    program_start_on: date | None = None,
    zone: str | None = None,
    requirements: Sequence[tuple[str, str]] = (),
    certificate_term: str = "",
    follows: TrainingRecord | None = None,
    source_key: str,
) -> TrainingRecord:
    """Open a learner's record at admission, with its zone, rule set and required facts fixed. Idempotent by source_key.

    Of `rule_set` the version is taken that applies to her: those that the school has activated are looked at too.
    `certificate_term` says how long its certificate will hold (`rules.terms`). Refuses a school that has closed.
    """
    found = TrainingRecord.objects.filter(source_key=source_key).first()
    if found:
        return found
    require_open(school)
    context = hour_rules.Context(enrolled_on=enrolled_on, program_start=program_start_on or enrolled_on)
    record = TrainingRecord(
        learner=learner,
        school=school,
        rule_set=judging_version(school, rule_set, context=context, as_of=enrolled_on),
        program_code=program_code,
        program_title=program_title,
        zone=zone or school.zone,
        enrolled_on=enrolled_on,
        program_start_on=program_start_on or enrolled_on,
        certificate_term=certificate_term,
        follows=follows,
        source_key=source_key,
    )
    record.full_clean()
    record.save()
    RecordRequirement.objects.bulk_create(
        RecordRequirement(record=record, code=code, title=title) for code, title in requirements
    )
    ensure_log(school=school)
    return record


@dataclass(frozen=True)
class HourRequest:
    """One fact that asks to be posted to a record: its source key and all its parts."""

    record: TrainingRecord
    source_key: str
    parts: Sequence[HourPart]
    reason: str = ""
    corrects: bool = False
    """Whether two people put it in the place of a line that was taken back: a sealed record takes nothing else."""


def post_hours(
    *,
    record: TrainingRecord,
    source_key: str,
    parts: Sequence[HourPart],
    recorded_by: User | None = None,
    reason: str = "",
    corrects: bool = False,
) -> PostingResult:
    """Post all parts of one fact, trimmed to the time that is free; return the entries and what was left out.

    Atomic. Idempotent by `source_key` (looked up before trimming): the same request again returns the same rows,
    another one raises PostingConflictError. A part that crosses local midnight becomes one entry a day. Refuses (by
    ValidationError) a bad part, a category that the record's rules do not know, a sealed record, and a school that has
    closed. `reason` is the reason code of a correction; only one that `corrects` a line goes into a sealed record.
    """
    (result,) = post_batch(requests=[HourRequest(record, source_key, parts, reason, corrects)], recorded_by=recorded_by)
    return result


def post_batch(*, requests: Sequence[HourRequest], recorded_by: User | None = None) -> list[PostingResult]:
    """Post many facts at once, each as `post_hours` does; all or nothing. One result a request, in their order.

    As many statements as one fact takes (SQLite inserts some two dozen lines with one); give a few hundred at a time.
    """
    digests = [_checked(request) for request in requests]
    try:
        with transaction.atomic():
            return _post(requests, digests, recorded_by)
    except IntegrityError:
        # Another writer posted a key, or took a time, since we looked. Its rows are there now: ask once more.
        with transaction.atomic():
            return _post(requests, digests, recorded_by)


def _checked(request: HourRequest) -> str:
    """The digest of a request that makes sense; ValidationError otherwise."""
    if not request.parts:
        raise ValidationError(_("There is nothing to post."))
    spec = spec_for(request.record.rule_set)
    for part in request.parts:
        try:
            rules.check_part(part)
        except rules.BadPartError as error:
            raise ValidationError(str(error)) from error
        if not spec.allows(part.category):
            raise ValidationError(
                _("The rules of this record have no category “%(code)s”."), params={"code": part.category}
            )
    return rules.request_digest(request.parts)


@dataclass(frozen=True)
class _Line:
    """One entry to be appended."""

    posting: Posting
    part: HourPart
    number: int
    uuid: uuid.UUID
    reverses: HourEntry | None = None
    reason: str = ""


def _post(requests: Sequence[HourRequest], digests: Sequence[str], recorded_by: User | None) -> list[PostingResult]:
    # Locked late, before the check; on SQLite the IMMEDIATE transaction is the lock.
    ends = _locked(requests)
    known = Posting.objects.filter(record__in=ends, source_key__in={request.source_key for request in requests})
    postings = {(posting.record_id, posting.source_key): posting for posting in known}
    repeats = set(postings)
    asked = [
        [day for part in request.parts for day in rules.split_at_midnight(part, request.record.zone)]
        if (request.record.pk, request.source_key) not in repeats
        else []
        for request in requests
    ]
    learners = {request.record.learner_id for request in requests}
    held = _held_spans(learners, [part for parts in asked for part in parts])
    now = timezone.now()
    fresh: list[Posting] = []
    lines: list[_Line] = []
    for request, digest, parts in zip(requests, digests, asked, strict=True):
        key = (request.record.pk, request.source_key)
        if key in postings:  # posted before, or earlier in this batch
            if postings[key].request_digest != digest:
                raise PostingConflictError(f"{request.source_key} was posted before with other values")
            continue
        if ends[request.record.pk].school_closed:
            require_open(request.record.school)
        if ends[request.record.pk].sealed_at is not None and not request.corrects:
            raise ValidationError(_("This record is sealed: it ended, and takes no more hours."))
        posting = Posting(record=request.record, source_key=request.source_key, request_digest=digest, posted_at=now)
        mine = _trimmed(posting, parts, held[request.record.learner_id], request.reason)
        held[request.record.learner_id] += [(start, end, line.uuid) for line in mine for start, end in line.part.spans]
        fresh.append(posting)
        lines += mine
        postings[key] = posting
    Posting.objects.bulk_create(fresh)
    made = _append(lines, recorded_by)
    by_posting: dict[int, list[HourEntry]] = {}
    for entry in made:
        by_posting.setdefault(entry.posting_id, []).append(entry)
    results = []
    for request in requests:
        key = (request.record.pk, request.source_key)
        posting = postings[key]
        if key in repeats:
            results.append(_repeat(posting))
        else:
            results.append(PostingResult(posting, by_posting.get(posting.pk, []), _left_out(posting)))
            repeats.add(key)
    return results


@dataclass(frozen=True, slots=True)
class _Ends:
    """What may have ended of a record."""

    sealed_at: datetime | None
    school_closed: bool


def _locked(requests: Sequence[HourRequest]) -> dict[int, _Ends]:
    """What ended of these records, by primary key, as of now: their rows and their learners' rows are locked."""
    rows = (
        TrainingRecord.objects.select_for_update(no_key=True)
        .filter(pk__in={request.record.pk for request in requests})
        .annotate(school_closed=Exists(SchoolClosing.objects.filter(school=OuterRef("school"))))
        .order_by("learner", "pk")  # as whoever locks several learners does
        # Reading the learner's own row is what locks it.
        .values_list("pk", "sealed_at", "school_closed", "learner__uuid")
    )
    return {record: _Ends(sealed_at, closed) for record, sealed_at, closed, _learner in rows}


def _trimmed(
    posting: Posting, parts: Sequence[HourPart], held: Sequence[tuple[datetime, datetime, Any]], reason: str
) -> list[_Line]:
    """The lines that are free of what is held; what is not goes to `posting.left_out`."""
    lines: list[_Line] = []
    taken = list(held)
    left_out: list[dict[str, Any]] = []
    for part in parts:
        kept, overlaps = rules.trim(part, taken)
        left_out += [
            {
                "starts_at": rules.instant(out.starts_at),
                "ends_at": rules.instant(out.ends_at),
                "minutes": out.minutes,
                "entry": str(out.holder),
            }
            for out in overlaps
            if out.holder is not None
        ]
        if kept:
            lines.append(_Line(posting, kept, len(lines) + 1, uuid.uuid4(), reason=reason))
            # Parts of one fact that overlap each other are its own affair, and named to nobody.
            taken += [(start, end, None) for start, end in kept.spans]
    posting.left_out = left_out
    return lines


def _left_out(posting: Posting) -> list[LeftOut]:
    return [
        LeftOut(
            datetime.fromisoformat(row["starts_at"]),
            datetime.fromisoformat(row["ends_at"]),
            row["minutes"],
            uuid.UUID(row["entry"]),
        )
        for row in posting.left_out
    ]


def _repeat(earlier: Posting) -> PostingResult:
    return PostingResult(earlier, list(earlier.entries.order_by("position")), _left_out(earlier), repeated=True)


def _held_spans(learners: Iterable[int], parts: Sequence[HourPart]) -> dict[int, list[tuple[datetime, datetime, Any]]]:
    held: dict[int, list[tuple[datetime, datetime, Any]]] = {learner: [] for learner in learners}
    spans = [span for part in parts for span in part.spans]
    if spans:
        first, last = min(start for start, _end in spans), max(end for _start, end in spans)
        rows = OccupiedTime.objects.filter(learner__in=held, starts_at__lt=last, ends_at__gt=first)
        for learner, start, end, holder in rows.order_by("starts_at").values_list(
            "learner_id", "starts_at", "ends_at", "entry__uuid"
        ):
            held[learner].append((start, end, holder))
    return held


def _append(lines: Sequence[_Line], recorded_by: User | None) -> list[HourEntry]:
    """Append lines to their schools' logs, with the tree, the times they occupy and the balances they move."""
    entries: list[HourEntry] = []
    texts: list[HourEntryText] = []
    schools = {line.posting.record.school_id for line in lines}
    for log in HourLog.objects.select_for_update().filter(school__in=schools).order_by("pk"):
        mine = [line for line in lines if line.posting.record.school_id == log.school_id]
        now = timezone.now()
        # A clock that is set back must not make a line look older than the one before it.
        now = max(now, log.grown_at or now)
        for place, line in enumerate(mine):
            entry, text = _leaf(line, log, log.size + place, now, recorded_by)
            entries.append(entry)
            texts.append(text)
        grown = merkle.grow(
            log.size,
            [bytes.fromhex(peak) for peak in log.peaks],
            [bytes.fromhex(entry.leaf_hash) for entry in entries[-len(mine) :]],
        )
        LogNode.objects.bulk_create(
            LogNode(log=log, level=level, index=index, hash=node.hex()) for level, index, node in grown.nodes
        )
        HourLog.objects.filter(pk=log.pk).update(
            size=log.size + len(mine), peaks=[peak.hex() for peak in grown.peaks], grown_at=now
        )
    HourEntry.objects.bulk_create(entries)
    for text, entry in zip(texts, entries, strict=True):
        text.entry_id = entry.pk
    HourEntryText.objects.bulk_create(texts)
    OccupiedTime.objects.bulk_create(
        OccupiedTime(learner_id=entry.record.learner_id, entry=entry, starts_at=start, ends_at=end)
        for entry in entries
        if entry.reverses_id is None
        for start, end in _spans(entry)
    )
    move_balances(entries)
    return entries


def _spans(entry: HourEntry) -> list[rules.Span]:
    return [(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in entry.spans]


def _leaf(
    line: _Line, log: HourLog, position: int, now: datetime, recorded_by: User | None
) -> tuple[HourEntry, HourEntryText]:
    part, reverses = line.part, line.reverses
    salt = secrets.token_hex(16)
    body = rules.text_body(note=part.note, signer_name=part.signer_name)
    spans = sorted(part.spans)
    entry = HourEntry(
        uuid=line.uuid,
        record=line.posting.record,
        posting=line.posting,
        date=rules.local_date(part, line.posting.record.zone) if reverses is None else reverses.date,
        minutes=part.minutes if reverses is None else -reverses.minutes,
        category=part.category,
        starts_at=spans[0][0] if spans else None,
        ends_at=spans[-1][1] if spans else None,
        spans=[[rules.instant(start), rules.instant(end)] for start, end in spans],
        tags=";".join(sorted(part.tags)),
        delivery=part.delivery,
        source=part.source,
        course=part.course,
        sending_school=part.sending_school,
        supervisor_licence_valid_from=part.supervisor_licence_valid_from,
        supervisor_licence_valid_to=part.supervisor_licence_valid_to,
        paid=part.paid,
        title=part.title,
        content_revision=part.content_revision,
        place=part.place,
        signer=part.signer,
        evidence=part.evidence,
        reason=line.reason,
        reverses=reverses,
        recorded_at=now,
        recorded_by=recorded_by.uuid if recorded_by else None,
        text_hash=rules.text_hash(salt, body),
        log=log,
        position=position,
        salt=secrets.token_hex(16),
        source_key=f"{line.posting.source_key}/{line.number}",
    )
    entry.leaf_hash = rules.leaf_hash(rules.leaf_text(leaf_fields(entry, log=log))).hex()
    return entry, HourEntryText(entry=entry, salt=salt, body=body)


@transaction.atomic
def reverse_entry(*, entry: HourEntry, source_key: str, reason: str, recorded_by: User | None) -> HourEntry:
    """Take one entry back by an opposite one and free its time; both stay visible. `recorded_by`: None for the system.

    Atomic; idempotent by the entry (it can be taken back once). A reversal itself cannot be taken back.
    """
    record = entry.record
    require_open(record.school)
    Learner.objects.select_for_update().get(pk=record.learner_id)
    if entry.reverses_id is not None:
        raise ValidationError(_("This line already takes another one back."))
    done = HourEntry.objects.filter(reverses=entry).first()
    if done:
        return done
    part = HourPart(
        category=entry.category,
        minutes=entry.minutes,
        source=entry.source,
        delivery=entry.delivery,
        evidence="corrected",
        title=entry.title,
        date=entry.date,
        tags=tuple(entry.tags.split(";")) if entry.tags else (),
        course=entry.course,
        content_revision=entry.content_revision,
        place=entry.place,
        sending_school=entry.sending_school,
    )
    posting = Posting.objects.create(
        record=record, source_key=source_key, request_digest=rules.request_digest([part]), posted_at=timezone.now()
    )
    (back,) = _append([_Line(posting, part, 1, uuid.uuid4(), reverses=entry, reason=reason)], recorded_by)
    OccupiedTime.objects.filter(entry=entry).delete()
    return back


def record_milestone(
    *, record: TrainingRecord, code: str, title: str, occurred_at: datetime, source_key: str, detail: str = ""
) -> Milestone:
    """Write down a fact that is not hours. Idempotent by (record, source_key)."""
    require_open(record.school)
    fresh = Milestone(
        record=record, code=code, title=title, occurred_at=occurred_at, source_key=source_key, detail=detail
    )
    return _once(fresh)


@transaction.atomic
def withdraw_milestone(*, milestone: Milestone, source_key: str) -> MilestoneWithdrawal:
    """Say that a milestone stands no more; both rows stay. Atomic; idempotent by the milestone.

    `source_key` names the event that took it away. Refuses a sealed record: what it came to is decided.
    """
    if milestone.record.sealed_at is not None:
        raise ValidationError(_("This record is sealed: it ended, and what stands in it stays."))
    withdrawal, _made = MilestoneWithdrawal.objects.get_or_create(
        milestone=milestone, defaults={"source_key": source_key}
    )
    return withdrawal


def record_course_result(
    *,
    record: TrainingRecord,
    course: str,
    source_key: str,
    grade_hundredths: int | None = None,
    attendance_hundredths: int | None = None,
    evidence: str,
) -> CourseResult:
    """Write down a module's grade or attendance (percent times 100). Idempotent by (record, source_key)."""
    require_open(record.school)
    fresh = CourseResult(
        record=record,
        course=course,
        source_key=source_key,
        grade_hundredths=grade_hundredths,
        attendance_hundredths=attendance_hundredths,
        evidence=evidence,
    )
    return _once(fresh)


def _once(fresh: Any) -> Any:
    """Insert a row whose (record, source_key) is unique, or return the one that is there."""
    # Of all rows, withdrawn ones too: they hold their keys.
    rows = type(fresh)._base_manager.filter(record=fresh.record, source_key=fresh.source_key)
    found = rows.first()
    if found:
        return found
    fresh.full_clean(validate_unique=False, validate_constraints=False)
    try:
        with transaction.atomic():
            fresh.save(force_insert=True)
    except IntegrityError:
        return rows.get()
    return fresh
