"""Reads what who keeps or signs for a school sends: its certificates, and where they may go."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.models import Organisation
from certification.certificates.models import Certificate
from certification.certificates.selectors import with_state

from .. import rules
from ..models import Consent, Sending
from .consents import consents_of, state_of_consent


@dataclass(frozen=True, slots=True)
class Kept:
    """A certificate as who keeps or signs for the school finds it, with the consents under which it may be sent."""

    certificate: Certificate
    address: str
    """The graduate's own; empty where the account is gone."""
    consents: tuple[Consent, ...]


def kept_certificates(schools: QuerySet[Organisation], query: str) -> QuerySet[Certificate]:
    """What these schools issued, by any part of the graduate's name or of the code; newest first. One query."""
    words = query.split()
    found = with_state().filter(school__in=schools).select_related("record__learner__user")
    for word in words:
        found = found.filter(Q(holder_name__icontains=word) | Q(code__icontains=word))
    return found.order_by("-issued_at", "-pk")


def kept(certificate: Certificate) -> Kept:
    """One certificate with the ways in which it may be sent. Two queries."""
    user = certificate.record.learner.user
    # What the school was asked to send itself goes from its own page, with the note that it went.
    rows = consents_of(certificate).filter(hand_over=None)
    links = [one for one in rows if one.party_id is None and rules.named_address(one.recipient)]
    open_ = tuple(one for one in links if state_of_consent(one) == rules.OPEN)
    return Kept(certificate, user.email if user and user.is_active else "", open_)


def sendings_of(certificate: Certificate) -> QuerySet[Sending]:
    """To whom it was sent, newest first. One query."""
    return certificate.sendings.select_related("by", "consent").order_by("-at", "-pk")
