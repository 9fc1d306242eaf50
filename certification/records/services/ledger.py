"""Writes the ledger: every minute that counts anywhere comes through `post_hours`, every taking back through
`reverse_entry`; nothing here changes or deletes a fact.
"""

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
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
    Milestone,
    OccupiedTime,
    Posting,
    RecordRequirement,
    TrainingRecord,
)
from ..rules import HourPart
from ..selectors import judging_version, leaf_fields


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
    source_key: str,
) -> TrainingRecord:
    """Open a learner's record at admission, with its zone, rule set and required facts fixed. Idempotent by source_key.

    Of `rule_set` the version is taken that applies to her: those that the school has activated are looked at too.
    """
    found = TrainingRecord.objects.filter(source_key=source_key).first()
    if found:
        return found
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
        source_key=source_key,
    )
    record.full_clean()
    record.save()
    RecordRequirement.objects.bulk_create(
        RecordRequirement(record=record, code=code, title=title) for code, title in requirements
    )
    HourLog.objects.get_or_create(school=school, defaults={"origin": f"palmar.log/{school.slug}"})
    return record


def post_hours(
    *,
    record: TrainingRecord,
    source_key: str,
    parts: Sequence[HourPart],
    recorded_by: User | None = None,
    reason: str = "",
) -> PostingResult:
    """Post all parts of one fact, trimmed to the time that is free; return the entries and what was left out.

    `reason` is the reason code that corrected lines bear.

    Atomic. Idempotent by `source_key` (looked up before trimming): the same request again returns the same rows,
    another one raises PostingConflictError. A part that crosses local midnight becomes one entry a day. Refuses (by
    ValidationError) a bad part, a category that the record's rules do not know, and a sealed record.
    """
    if not parts:
        raise ValidationError(_("There is nothing to post."))
    spec = spec_for(record.rule_set)
    for part in parts:
        try:
            rules.check_part(part)
        except rules.BadPartError as error:
            raise ValidationError(str(error)) from error
        if not spec.allows(part.category):
            raise ValidationError(
                _("The rules of this record have no category “%(code)s”."), params={"code": part.category}
            )
    digest = rules.request_digest(parts)
    try:
        with transaction.atomic():
            return _post(record, source_key, parts, digest, recorded_by, reason)
    except IntegrityError:
        # Another writer posted this key, or took this time, since we looked. Its rows are there now: ask once more.
        with transaction.atomic():
            return _post(record, source_key, parts, digest, recorded_by, reason)


def _post(
    record: TrainingRecord,
    source_key: str,
    parts: Sequence[HourPart],
    digest: str,
    recorded_by: User | None,
    reason: str,
) -> PostingResult:
    # Locked late, before the check; on SQLite the IMMEDIATE transaction is the lock.
    Learner.objects.select_for_update().get(pk=record.learner_id)
    earlier = Posting.objects.filter(record=record, source_key=source_key).first()
    if earlier:
        return _repeat(earlier, digest)
    if TrainingRecord.objects.values_list("sealed_at", flat=True).get(pk=record.pk) is not None:
        raise ValidationError(_("This record is sealed: it ended, and takes no more hours."))

    asked = [day for part in parts for day in rules.split_at_midnight(part, record.zone)]
    held = _held_spans(record.learner_id, asked)
    posting = Posting(record=record, source_key=source_key, request_digest=digest, posted_at=timezone.now())
    free: list[HourPart] = []
    left_out: list[LeftOut] = []
    for part in asked:
        kept, overlaps = rules.trim(part, held)
        left_out += [LeftOut(o.starts_at, o.ends_at, o.minutes, o.holder) for o in overlaps if o.holder is not None]
        if kept:
            free.append(kept)
            held += [(start, end, None) for start, end in kept.spans]
    posting.left_out = [
        {
            "starts_at": rules.instant(out.starts_at),
            "ends_at": rules.instant(out.ends_at),
            "minutes": out.minutes,
            "entry": str(out.entry),
        }
        for out in left_out
    ]
    posting.save()
    entries = _append(record, posting, [(part, None, reason) for part in free], recorded_by) if free else []
    return PostingResult(posting, entries, left_out)


def _repeat(earlier: Posting, digest: str) -> PostingResult:
    if earlier.request_digest != digest:
        raise PostingConflictError(f"{earlier.source_key} was posted before with other values")
    left_out = [
        LeftOut(
            datetime.fromisoformat(row["starts_at"]),
            datetime.fromisoformat(row["ends_at"]),
            row["minutes"],
            uuid.UUID(row["entry"]),
        )
        for row in earlier.left_out
    ]
    return PostingResult(earlier, list(earlier.entries.order_by("position")), left_out, repeated=True)


def _held_spans(learner_id: int, parts: Sequence[HourPart]) -> list[tuple[datetime, datetime, Any]]:
    spans = [span for part in parts for span in part.spans]
    if not spans:
        return []
    first, last = min(start for start, _end in spans), max(end for _start, end in spans)
    return list(
        OccupiedTime.objects.filter(learner_id=learner_id, starts_at__lt=last, ends_at__gt=first)
        .order_by("starts_at")
        .values_list("starts_at", "ends_at", "entry__uuid")
    )


def _append(
    record: TrainingRecord,
    posting: Posting,
    parts: Sequence[tuple[HourPart, HourEntry | None, str]],
    recorded_by: User | None,
) -> list[HourEntry]:
    """Append entries to the school's log: (part, the entry it takes back, reason)."""
    log = HourLog.objects.select_for_update().get(school_id=record.school_id)
    now = timezone.now()
    entries: list[HourEntry] = []
    texts: list[HourEntryText] = []
    for place, (part, reverses, reason) in enumerate(parts):
        salt = secrets.token_hex(16)
        body = rules.text_body(note=part.note, signer_name=part.signer_name)
        spans = sorted(part.spans)
        entry = HourEntry(
            record=record,
            posting=posting,
            source_key=f"{posting.source_key}/{place + 1}",
            date=rules.local_date(part, record.zone) if reverses is None else reverses.date,
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
            reason=reason,
            reverses=reverses,
            recorded_at=now,
            recorded_by=recorded_by.uuid if recorded_by else None,
            text_hash=rules.text_hash(salt, body),
            log=log,
            position=log.size + place,
            salt=secrets.token_hex(16),
        )
        entry.leaf_hash = rules.leaf_hash(rules.leaf_text(leaf_fields(entry, log=log))).hex()
        entries.append(entry)
        texts.append(HourEntryText(entry=entry, salt=salt, body=body))
    entries = HourEntry.objects.bulk_create(entries)
    for text, entry in zip(texts, entries, strict=True):
        text.entry_id = entry.pk
    HourEntryText.objects.bulk_create(texts)
    OccupiedTime.objects.bulk_create(
        OccupiedTime(learner_id=record.learner_id, entry=entry, starts_at=start, ends_at=end)
        for (part, reverses, _reason), entry in zip(parts, entries, strict=True)
        if reverses is None
        for start, end in part.spans
    )
    log.size += len(entries)
    log.save(update_fields=["size"])
    return entries


@transaction.atomic
def reverse_entry(*, entry: HourEntry, source_key: str, reason: str, recorded_by: User) -> HourEntry:
    """Take one entry back by an opposite one and free its time; both stay visible.

    Atomic; idempotent by the entry (it can be taken back once). A reversal itself cannot be taken back.
    """
    record = entry.record
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
    (back,) = _append(record, posting, [(part, entry, reason)], recorded_by)
    OccupiedTime.objects.filter(entry=entry).delete()
    return back


def record_milestone(
    *, record: TrainingRecord, code: str, title: str, occurred_at: datetime, source_key: str, detail: str = ""
) -> Milestone:
    """Write down a fact that is not hours. Idempotent by (record, source_key)."""
    fresh = Milestone(
        record=record, code=code, title=title, occurred_at=occurred_at, source_key=source_key, detail=detail
    )
    return _once(fresh)


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
    rows = type(fresh)._default_manager.filter(record=fresh.record, source_key=fresh.source_key)
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
