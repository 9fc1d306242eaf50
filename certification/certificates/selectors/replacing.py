"""Revocations that wait for a second person."""

from collections.abc import Collection

from accounts.models import Organisation
from certification.records.models import TrainingRecord

from ..models import Revocation


def unconfirmed_revocations(schools: Collection[Organisation]) -> list[Revocation]:
    """Revocations of these schools' certificates that no second person has confirmed, oldest first. One query.

    None of a school that has closed: nobody is left there who could.
    """
    rows = Revocation.objects.filter(
        certificate__school__in=schools, certificate__school__closing=None, confirmation=None
    )
    return list(
        rows.select_related("certificate__record", "certificate__school", "by")
        .defer("certificate__data", "certificate__evaluation")
        .order_by("at", "pk")
    )


def unconfirmed_revocation(record: TrainingRecord, code: str) -> Revocation | None:
    """The revocation of the record's certificate with this (shown) code, if it waits for a second person. One query."""
    waiting = Revocation.objects.filter(certificate__record=record, certificate__code=code, confirmation=None)
    return waiting.select_related("certificate").first()
