"""Erases the words behind a record's quizzes; scores, points and decisions stand."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from certification.records.models import TrainingRecord

from ..models import Allowance, Appeal, Mark, MarkCorrection, Response

_OF_RECORD = "response__attempt__assignment__record"


def quiz_words_behind(*, record: TrainingRecord) -> int:
    """How many essays, marks, corrections of them, appeals and allowances of a record have words. Five queries."""
    return sum(rows.count() for rows in _with_words(record))


def _with_words(record: TrainingRecord) -> tuple:
    essays = Response.objects.filter(attempt__assignment__record=record, question_version__kind="essay")
    return (
        essays.exclude(answer=[]),
        Mark.objects.filter(~Q(remark="") | ~Q(remarks={}), **{_OF_RECORD: record}),
        MarkCorrection.objects.exclude(reason="").filter(**{f"mark__{_OF_RECORD}": record}),
        Appeal.objects.filter(~Q(words="") | ~Q(answer=""), **{_OF_RECORD: record}),
        Allowance.objects.filter(assignment__record=record).exclude(reason=""),
    )


@transaction.atomic
def erase_quiz_words(*, record: TrainingRecord) -> int:
    """Erase what the learner wrote in essays and appeals, what was said to her about them, and why she was allowed more.

    Only below the record's Erasure (the database refuses otherwise). How many rows; atomic, idempotent.
    """
    now = timezone.now()
    essays, marks, corrections, appeals, allowances = _with_words(record)
    found = essays.update(answer=[], erased_at=now)
    found += marks.update(remark="", remarks={}, erased_at=now)
    found += corrections.update(remark="", remarks={}, reason="", erased_at=now)
    found += appeals.update(words="", answer="", erased_at=now)
    return found + allowances.update(reason="", erased_at=now)
