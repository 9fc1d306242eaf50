"""Revocations that wait for a second person."""

from collections.abc import Collection

from accounts.models import Organisation
from certification.records.models import TrainingRecord

from ..models import Revocation


def unconfirmed_revocations(schools: Collection[Organisation]) -> list[Revocation]:
    """Revocations of these schools' certificates that no second person has confirmed, oldest first. One query."""
    rows = Revocation.objects.filter(certificate__school__in=schools, confirmation=None)
    return list(
        rows.select_related("certificate__record", "certificate__school", "by")
        .defer("certificate__data", "certificate__evaluation")
        .order_by("at", "pk")
    )


def unconfirmed_revocation(record: TrainingRecord) -> Revocation | None:
    """The oldest revocation of a record's certificates that waits for a second person. One query."""
    return Revocation.objects.filter(certificate__record=record, confirmation=None).order_by("at", "pk").first()
