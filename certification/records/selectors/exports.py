"""Reads what exports hold: a record or a school's whole log as plain values, lines as their leaves bind them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Model, Prefetch, Q, QuerySet

from accounts.models import Organisation
from certification.requirements import rules as hour_rules
from certification.requirements.models import RuleSet
from certification.requirements.selectors import kept_pack

from .. import rules
from ..models import (
    Checkpoint,
    Claim,
    Correction,
    CourseResult,
    HourEntry,
    HourLog,
    Milestone,
    RuleSetChange,
    TrainingRecord,
)
from ..rules import exports
from .transcripts import LEAF_COLUMNS, leaf_of_row

CHUNK = 2_000
RECORDS_A_CHUNK = 200


def lines_told(log: HourLog, record: TrainingRecord | None = None) -> Iterator[dict[str, Any]]:
    """The lines of a record, or of the whole log, in its order and up to its size. One query, read by the chunk."""
    rows = HourEntry.objects.filter(log=log, position__lt=log.size)
    if record is not None:
        rows = rows.filter(record=record)
    columns = (*LEAF_COLUMNS, "leaf_hash", "text__salt", "text__body")
    for row in rows.order_by("position").values(*columns).iterator(CHUNK):
        yield exports.line_told(
            leaf_of_row(row, origin=log.origin),
            leaf_hash=row["leaf_hash"],
            text_salt=row["text__salt"],
            text_body=row["text__body"],
        )


def record_told(record: TrainingRecord, *, whole: bool = True) -> dict[str, Any]:
    """A record and its facts that are not hours. Six queries.

    `whole` is the school's copy: the learner's own has no correction that waits or was not approved, and no staff words.
    """
    return _told(_with_facts().get(pk=record.pk), whole=whole)


def _told(record: TrainingRecord, *, whole: bool = True) -> dict[str, Any]:
    user = record.learner.user
    return {
        **_columns(record, "uuid", "program_code", "program_title", "zone", "enrolled_on", "program_start_on"),
        **_columns(record, "completed_on", "sealed_at", "source_key", "created_at"),
        "learner": str(record.learner.uuid),
        "legal_name": user.legal_name if user else None,
        "email": user.email if user else None,
        "rule_set": record.rule_set.label,
        "requirements": [_columns(one, "code", "title") for one in record.requirements.all()],
        "milestones": [_milestone(one) for one in record.milestones(manager="all_ever").all()],
        "results": [
            _columns(
                one,
                *("uuid", "source_key", "course", "grade_hundredths", "attendance_hundredths", "evidence"),
                "recorded_at",
            )
            for one in record.course_results.all()
        ],
        "corrections": [
            _correction(one, whole)
            for one in record.corrections.all()
            if whole or one.outcome == Correction.Outcome.APPROVED
        ],
        "claims": [_claim(one) for one in record.claims.all()],
    }


def records_told(school: Organisation) -> Iterator[dict[str, Any]]:
    """All records of a school as the school sees them, oldest first; a fixed number of queries for each 200."""
    for record in _with_facts().filter(school=school).order_by("pk").iterator(RECORDS_A_CHUNK):
        yield _told(record)


def _with_facts() -> QuerySet[TrainingRecord]:
    return TrainingRecord.objects.select_related("learner__user", "rule_set").prefetch_related(
        "requirements",
        Prefetch("milestones", Milestone.all_ever.order_by("pk")),
        Prefetch("course_results", CourseResult.objects.order_by("pk")),
        Prefetch("corrections", Correction.objects.order_by("pk").select_related("entry", "claim", *_PEOPLE)),
        Prefetch("claims", Claim.objects.order_by("pk").select_related("entry", "made_by", "answered_by")),
    )


_PEOPLE = ("proposed_by", "decided_by")


def _correction(one: Correction, whole: bool) -> dict[str, Any]:
    told = {
        **_columns(one, "uuid", "replacement", "minutes", "reason", "proposed_at", "outcome", "decided_at"),
        "entry": str(one.entry.uuid) if one.entry else None,
        "claim": str(one.claim.uuid) if one.claim else None,
    }
    if not whole:
        return told
    return {
        **told,
        **_columns(one, "words", "decision_words", "attachment_name", "attachment_sha256"),
        "proposed_by": str(one.proposed_by.uuid),
        "decided_by": str(one.decided_by.uuid) if one.decided_by else None,
    }


def _milestone(one: Milestone) -> dict[str, Any]:
    withdrawal = getattr(one, "withdrawal", None)
    return {
        **_columns(one, "uuid", "source_key", "code", "title", "detail", "occurred_at", "recorded_at"),
        "withdrawn_at": _plain(withdrawal.withdrawn_at) if withdrawal else None,
        "withdrawn_by": withdrawal.source_key if withdrawal else None,
    }


def _claim(one: Claim) -> dict[str, Any]:
    return {
        **_columns(one, "uuid", "kind", "date", "minutes", "words", "made_at", "due_on", "answer", "answer_words"),
        **_columns(one, "answered_at", "attachment_name", "attachment_sha256"),
        "entry": str(one.entry.uuid) if one.entry else None,
        "made_by": str(one.made_by.uuid),
        "answered_by": str(one.answered_by.uuid) if one.answered_by else None,
    }


def _columns(row: Model, *names: str) -> dict[str, Any]:
    """Columns as JSON holds them."""
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return rules.instant(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def checkpoints_told(log: HourLog) -> Iterator[dict[str, Any]]:
    """The checkpoints of a log up to its size, smallest first. One query."""
    for one in Checkpoint.objects.filter(log=log, size__lte=log.size).order_by("size").iterator(CHUNK):
        yield _columns(one, "size", "root", "made_at", "reason", "note")


def packs_told(rule_sets: Iterable[RuleSet]) -> dict[str, str]:
    """The texts of these versions and of all that they extend, by label. A query for each that is extended."""
    found: dict[str, str] = {}
    waiting: Sequence[tuple[str, str]] = [(one.source, one.label) for one in rule_sets]
    while waiting:
        found |= {label: text for text, label in waiting}
        bases = {hour_rules.extends(text, file=label) for text, label in waiting} - {None, *found}
        waiting = [pack for pack in (kept_pack(str(base)) for base in sorted(map(str, bases))) if pack]
    return found


def school_rule_sets(school: Organisation) -> list[RuleSet]:
    """Every version that judges, or once judged, a record of this school. One query."""
    records = TrainingRecord.objects.filter(school=school)
    before = RuleSetChange.objects.filter(record__school=school).values("before")
    return list(RuleSet.objects.filter(Q(pk__in=records.values("rule_set")) | Q(pk__in=before)).order_by("pk"))
