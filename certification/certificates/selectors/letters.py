"""Reads wishes for interim letters of hours."""

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Organisation
from certification.records.models import TrainingRecord

from ..models import Certificate, CourseAnswers, Kind, LetterDecline, LetterRequest
from .education import approvals_of, with_hours


def _answered() -> Exists:
    return Exists(
        Certificate.objects.filter(record=OuterRef("record"), kind=Kind.LETTER, issued_at__gte=OuterRef("asked_at"))
    )


def _open() -> QuerySet[LetterRequest]:
    return LetterRequest.objects.filter(~_answered(), decline=None)


def open_request(record: TrainingRecord) -> LetterRequest | None:
    """The wish that was neither answered by a letter nor declined. One query."""
    return _open().filter(record=record).order_by("pk").first()


def letters_asked_for(schools: Collection[Organisation]) -> list[LetterRequest]:
    """What learners of these schools wait for, oldest first. One query."""
    rows = _open().filter(record__school__in=schools)
    return list(rows.select_related("record__school", "record__learner__user").order_by("asked_at", "pk"))


def declines_of(records: Collection[TrainingRecord]) -> list[LetterDecline]:
    """The wishes of these records that were declined, newest first. One query."""
    found = LetterDecline.objects.filter(request__record__in=records).select_related("request", "by")
    return list(found.order_by("-at", "-pk"))


def wishes_of(records: Collection[TrainingRecord]) -> dict[int, dict[str, Any]]:
    """By record what became of the newest wish, and whether its course was taken and awaits an evaluation (`to_evaluate`).

    `asked_at`: since when a letter is asked for. `declined`: the LetterDecline, as long as no letter came after it.
    Three queries and one a record, for the few that one person has.
    """
    rows = LetterRequest.objects.filter(~_answered(), record__in=records).select_related("decline__request")
    newest = {one.record_id: one for one in rows.order_by("pk")}
    said = set(CourseAnswers.objects.filter(record__in=records).values_list("record_id", flat=True))
    taken = set(
        with_hours(TrainingRecord.objects.filter(pk__in=[record.pk for record in records])).values_list("pk", flat=True)
    )
    found = {}
    for record in records:
        wish = newest.get(record.pk)
        declined = getattr(wish, "decline", None)
        found[record.pk] = {
            "asked_at": wish.asked_at if wish and declined is None else None,
            "declined": declined,
            "to_evaluate": record.pk in taken and record.pk not in said and bool(approvals_of(record)),
        }
    return found
