"""Words about certificates and letters go with the words behind the record; certificates and revocations stay."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from certification.records.models import TrainingRecord

from ..models import LetterDecline, Revocation


def _with_words(record: TrainingRecord) -> tuple[QuerySet[Revocation], QuerySet[LetterDecline]]:
    return (
        Revocation.objects.filter(certificate__record=record).exclude(words=""),
        LetterDecline.objects.filter(request__record=record).exclude(words=""),
    )


def words_behind_certificates(*, record: TrainingRecord) -> int:
    """How many revocations of a record's certificates, and declined wishes for letters, have words. Two queries."""
    return sum(rows.count() for rows in _with_words(record))


@transaction.atomic
def erase_certificate_words(*, record: TrainingRecord) -> int:
    """Erase the words of a record's revocations and declined wishes; how many. Below an Erasure of the record; idempotent."""
    return sum(rows.update(words="", erased_at=timezone.now()) for rows in _with_words(record))
