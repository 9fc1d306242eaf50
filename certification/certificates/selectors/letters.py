"""Reads wishes for interim letters of hours."""

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Organisation
from certification.records.models import TrainingRecord

from ..models import Certificate, CourseAnswers, Kind, LetterRequest
from .education import approvals_of


def _open() -> QuerySet[LetterRequest]:
    answered = Certificate.objects.filter(
        record=OuterRef("record"), kind=Kind.LETTER, issued_at__gte=OuterRef("asked_at")
    )
    return LetterRequest.objects.filter(~Exists(answered))


def open_request(record: TrainingRecord) -> LetterRequest | None:
    """The wish that no letter has answered yet. One query."""
    return _open().filter(record=record).order_by("pk").first()


def letters_asked_for(schools: Collection[Organisation]) -> list[LetterRequest]:
    """What learners of these schools wait for, oldest first. One query."""
    rows = _open().filter(record__school__in=schools)
    return list(rows.select_related("record__school", "record__learner__user").order_by("asked_at", "pk"))


def wishes_of(records: Collection[TrainingRecord]) -> dict[int, dict[str, Any]]:
    """By record: since when a letter is asked for (`asked_at`), and whether its course awaits an evaluation (`to_evaluate`).

    Two queries and one a record, for the few that one person has.
    """
    asked = {one.record_id: one.asked_at for one in _open().filter(record__in=[record.pk for record in records])}
    said = set(CourseAnswers.objects.filter(record__in=records).values_list("record_id", flat=True))
    return {
        record.pk: {
            "asked_at": asked.get(record.pk),
            "to_evaluate": record.pk not in said and bool(approvals_of(record)),
        }
        for record in records
    }
