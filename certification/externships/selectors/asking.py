"""Reads when a school asks its supervisors to sign, and what waits to go out to them."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, F, OuterRef, QuerySet

from accounts.models import Organisation

from ..models import AskingRhythm, Shift, SignOffLink, SignOffRow


def rhythm_of(school: Organisation | int) -> str:
    """When a school's supervisors are asked (`AskingRhythm.Rhythm`). One query."""
    kept = AskingRhythm.objects.filter(school=school).values_list("rhythm", flat=True).first()
    return kept or AskingRhythm.Rhythm.AT_ONCE


def rhythms_of(schools: Iterable[Organisation]) -> list[tuple[Organisation, str]]:
    """Each of these schools with its rhythm. One query."""
    listed = list(schools)
    kept = dict(AskingRhythm.objects.filter(school__in=listed).values_list("school", "rhythm"))
    return [(school, kept.get(school.pk, AskingRhythm.Rhythm.AT_ONCE)) for school in listed]


def waiting_rows() -> QuerySet[SignOffRow]:
    """The rows of the link in an outer query that still wait as they are shown. No query by itself."""
    return SignOffRow.objects.filter(link=OuterRef("pk"), shift__state=Shift.State.SENT, version=F("shift__version"))


def links_to_go(now: datetime) -> QuerySet[SignOffLink]:
    """Links that may be mailed and were not, since they wait for what else is asked of her. No query by itself."""
    return links_unmailed().filter(expires_at__gt=now)


def links_unmailed() -> QuerySet[SignOffLink]:
    """`links_to_go`, and those that ran out before anything could mail them. No query by itself.

    Not while the school checks her license, and nothing at a school that has closed or of a record that takes no hours.
    """
    return SignOffLink.objects.filter(
        Exists(waiting_rows()),
        goes_at__isnull=False,
        mailed_at=None,
        held_at=None,
        revoked_at=None,
        spent_at=None,
        supervisor__verified_at__isnull=False,
        placement__record__school__closing=None,
        placement__record__sealed_at=None,
    )
