"""Erases names and words behind a record's shifts; what was decided and posted stands."""

from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from certification.records.models import TrainingRecord

from ..models import (
    CheckOff,
    EvaluationAnswer,
    EvaluationLink,
    PracticalSheet,
    Remediation,
    Shift,
    SignOff,
    SignOffRow,
    SiteEvaluation,
)


def shifts_with_words(*, record: TrainingRecord) -> int:
    """How many shifts of a record have words, a signature's name or a row that names the learner. One query."""
    signed = Exists(SignOff.objects.filter(shift=OuterRef("pk")).exclude(typed_name=""))
    shown = Exists(SignOffRow.objects.filter(shift=OuterRef("pk")).exclude(shown=""))
    return Shift.objects.filter(~Q(statement="") | signed | shown, placement__record=record).count()


@transaction.atomic
def erase_shift_words(*, record: TrainingRecord) -> int:
    """Erase what learner and supervisors wrote about a record's shifts, signers' names, licenses and devices.

    Only below the record's Erasure (the database refuses otherwise). Digests, decisions and minutes stand. How many
    shifts; atomic, idempotent.
    """
    found, now = shifts_with_words(record=record), timezone.now()
    SignOff.objects.filter(shift__placement__record=record).exclude(typed_name="").update(
        words="", typed_name="", licence="", ip=None, agent="", erased_at=now
    )
    SignOffRow.objects.filter(shift__placement__record=record).exclude(shown="").update(shown="", erased_at=now)
    Shift.objects.filter(placement__record=record).exclude(statement="").update(statement="", erased_at=now)
    return found


def _competency_words(record: TrainingRecord) -> list[tuple[QuerySet[Any], dict[str, Any]]]:
    """What holds names and words about a record's competencies and evaluations, and with what each is emptied."""
    words = ~Q(words="")
    return [
        (
            EvaluationAnswer.objects.filter(link__placement__record=record).exclude(typed_name=""),
            {"words": "", "typed_name": "", "licence": "", "ip": None, "agent": ""},
        ),
        (EvaluationLink.objects.filter(placement__record=record).exclude(shown=""), {"shown": ""}),
        (CheckOff.objects.filter(words, record=record), {"words": ""}),
        (Remediation.objects.filter(words, failed__record=record), {"words": ""}),
        (SiteEvaluation.objects.filter(words, placement__record=record), {"words": ""}),
        (PracticalSheet.objects.filter(words, practical__record=record), {"words": ""}),
    ]


def competency_words(*, record: TrainingRecord) -> int:
    """How many rows about a record's competencies, evaluations and practical examinations hold names or words.

    Six queries.
    """
    return sum(rows.count() for rows, _empty in _competency_words(record))


@transaction.atomic
def erase_competency_words(*, record: TrainingRecord) -> int:
    """Erase what was written about a record's competencies and evaluations, with signers' names and devices.

    Only below the record's Erasure (the database refuses otherwise). Outcomes, marks, digests and milestones stand; a
    link that was open opens nothing any more. How many rows; atomic, idempotent.
    """
    now = timezone.now()
    return sum(rows.update(**empty, erased_at=now) for rows, empty in _competency_words(record))
