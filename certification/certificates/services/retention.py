"""Words of the school's own file go with the words behind the record; certificates and revocations stay."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from certification.records.models import TrainingRecord

from ..models import Revocation


def _with_words(record: TrainingRecord) -> QuerySet[Revocation]:
    return Revocation.objects.filter(certificate__record=record).exclude(words="")


def words_behind_certificates(*, record: TrainingRecord) -> int:
    """How many revocations of a record's certificates have words. One query."""
    return _with_words(record).count()


@transaction.atomic
def erase_certificate_words(*, record: TrainingRecord) -> int:
    """Erase the words of a record's revocations; how many. Below an Erasure of the record alone; idempotent."""
    return _with_words(record).update(words="", erased_at=timezone.now())
