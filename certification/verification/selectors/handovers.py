"""Reads what graduates ask their school to hand over, and what went."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Organisation
from certification.certificates.models import Certificate

from .. import handovers, rules
from ..models import Consent, Delivery, HandOver


@dataclass(frozen=True, slots=True)
class AskedFor:
    """A hand-over with its state today, for who reads a list."""

    hand_over: HandOver
    state: str
    days_left: int
    """Until it is late, at the school; below zero: since."""

    @property
    def consent(self) -> Consent:
        """For whom, what for and until when."""
        return self.hand_over.consent

    @property
    def certificate(self) -> Certificate:
        """Whose transcript."""
        return self.hand_over.consent.certificate


_WENT = Delivery.objects.filter(hand_over=OuterRef("pk"))


def hand_overs() -> QuerySet[HandOver]:
    """Hand-overs with all that their pages name, each with `went`: whether one delivery of it is there."""
    return (
        HandOver.objects.select_related(
            "declined_by",
            "consent__certificate__school",
            "consent__certificate__revocation",
            "consent__certificate__superseded_by",
            "consent__certificate__record__learner__user",
        )
        .defer("consent__certificate__evaluation", "consent__certificate__superseded_by__evaluation")
        .annotate(went=Exists(_WENT))
    )


def waiting_hand_overs(*, before: date) -> QuerySet[HandOver]:
    """Those due before a day that were neither delivered, declined nor withdrawn, but for what was told. One query."""
    today = before - timedelta(days=handovers.SOON)
    told = Q(told="ended") | Q(told="late", consent__until_on__gt=today)
    return _waiting().filter(due_on__lt=before).exclude(told).order_by("pk")


def _waiting() -> QuerySet[HandOver]:
    return hand_overs().filter(~Exists(_WENT), declined_at=None, consent__withdrawn_at=None)


def hand_overs_to_make(schools: Iterable[Organisation] | QuerySet[Organisation]) -> list[AskedFor]:
    """What waits at these schools, the most pressing first. One query."""
    rows = _waiting().filter(consent__certificate__school__in=schools)
    listed = [as_asked_for(row) for row in rows.order_by("due_on", "pk")]
    return [one for one in listed if one.state in handovers.OPEN]


def hand_overs_done(schools: Iterable[Organisation] | QuerySet[Organisation]) -> QuerySet[Delivery]:
    """What went from these schools, newest first: the log. One query."""
    rows = Delivery.objects.filter(hand_over__consent__certificate__school__in=schools)
    return rows.select_related("by", "hand_over__consent__certificate__school").order_by("-at", "-pk")


def hand_overs_of(certificate: Certificate) -> dict[int, AskedFor]:
    """A certificate's hand-overs by their consent. One query."""
    return {row.consent_id: as_asked_for(row) for row in hand_overs().filter(consent__certificate=certificate)}


def as_asked_for(row: HandOver, *, now: datetime | None = None) -> AskedFor:
    """A hand-over with its state. No query for a row of `hand_overs`."""
    today = row.consent.certificate.day_of(now or timezone.now())
    return AskedFor(row, hand_over_state(row, now=now), (row.due_on - today).days)


def hand_over_state(row: HandOver, *, now: datetime | None = None) -> str:
    """One of the states of `handovers.state`, at this time. No query for a row of `hand_overs`."""
    consent, today = row.consent, row.consent.certificate.day_of(now or timezone.now())
    went = row.went if hasattr(row, "went") else row.deliveries.exists()
    opens = rules.consent_state(until_on=consent.until_on, withdrawn_at=consent.withdrawn_at, today=today)
    holds = not (consent.certificate.is_revoked or consent.certificate.is_superseded)
    standing = handovers.Standing(row.due_on, opens, bool(went), row.declined_at is not None, holds)
    return handovers.state(standing, today)


def deliveries_of(row: HandOver) -> QuerySet[Delivery]:
    """How often and how it went, newest first. One query."""
    return row.deliveries.select_related("by").order_by("-at", "-pk")
