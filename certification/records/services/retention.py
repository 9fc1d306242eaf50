"""Erases names and words behind hours when their time is over, without breaking a proof."""

from datetime import date

from django.db import transaction

from accounts.models import User

from ..models import Erasure, HourEntryText, TrainingRecord
from ..selectors import duty_of


@transaction.atomic
def erase_words(*, record: TrainingRecord, basis: str, by: User | None = None) -> int:
    """Erase the names and words behind a record's lines; how many lines had some. Atomic, idempotent.

    Leaf hashes bind the words by salted hashes, so every proof stands. Lines posted later bring words again, which
    the next call erases.
    """
    Erasure.objects.get_or_create(record=record, defaults={"basis": basis, "by": by})
    gone, _models = HourEntryText.objects.filter(entry__record=record).delete()
    return gone


def erase_due_words(*, today: date, confirm: bool) -> list[tuple[TrainingRecord, int]]:
    """Every ended record whose duty is over by `today`, and how many lines lose their words; only told without `confirm`."""
    found: list[tuple[TrainingRecord, int]] = []
    records = TrainingRecord.objects.filter(sealed_at__isnull=False).order_by("pk")
    for record in records.iterator(500):
        ends_on = duty_of(record)
        if ends_on is None or ends_on > today:
            continue
        words = HourEntryText.objects.filter(entry__record=record).count()
        if words:
            if confirm:
                erase_words(record=record, basis=Erasure.Basis.RETENTION)
            found.append((record, words))
    return found
