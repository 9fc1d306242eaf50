"""Certificates that expire soon, and what was not told of them yet."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q

from .. import rules
from ..models import Certificate, ExpiryNotice, Kind
from .issued import with_state


@dataclass(frozen=True, slots=True)
class Expiring:
    """A certificate that expires, the step that is due and the days that are left."""

    certificate: Certificate
    step: int
    days_left: int


def expiries_due(now: datetime) -> list[Expiring]:
    """What has to be told now and was not, oldest end first. Two queries, whatever the number.

    Only what still holds, of people whom a mail reaches, and which no later certificate of the same program outlasts. A
    smaller step that is reached leaves out the greater ones that nobody told. No letters: nobody renews one, she asks for
    another when she needs it.
    """
    # A day more at each end: the day differs from zone to zone.
    first, last = now.date() - timedelta(days=1), now.date() + timedelta(days=max(rules.EXPIRY_STEPS) + 1)
    renewed = Certificate.objects.filter(
        Q(expires_on=None) | Q(expires_on__gt=OuterRef("expires_on")),
        record__learner=OuterRef("record__learner"),
        record__program_code=OuterRef("record__program_code"),
        school=OuterRef("school"),
        kind=OuterRef("kind"),
        revocation=None,
        superseded_by=None,
    )
    rows = (
        with_state()
        .filter(
            ~Exists(renewed),
            ~Q(kind=Kind.LETTER),
            expires_on__range=(first, last),
            revocation=None,
            superseded_by=None,
            record__learner__user__is_active=True,
        )
        .select_related("record__learner__user", "record__followed_by")
        .order_by("expires_on", "pk")
    )
    found = []
    for certificate in rows:
        today = now.astimezone(ZoneInfo(certificate.school.zone)).date()
        step = rules.expiry_step(certificate.expires_on, today) if certificate.expires_on else None
        if step is not None and certificate.expires_on:
            found.append(Expiring(certificate, step, (certificate.expires_on - today).days))
    told = set(
        ExpiryNotice.objects.filter(certificate__in=[one.certificate.pk for one in found]).values_list(
            "certificate", "step"
        )
    )
    least = {pk: min(step for one, step in told if one == pk) for pk, _step in told}
    return [one for one in found if one.step < least.get(one.certificate.pk, one.step + 1)]
