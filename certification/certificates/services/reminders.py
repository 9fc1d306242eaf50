"""Tells graduates in time that a certificate expires: each step once."""

from datetime import datetime

from django.db import transaction

from certification.records.selectors import closing_of
from notices.services import enqueue_mail

from ..models import Certificate, ExpiryNotice
from ..selectors.expiring import expiries_due


@transaction.atomic
def remind_of_expiry(*, now: datetime) -> int:
    """Mail what expires in 90, 30 or 7 days to its graduate, with what to do; how many.

    Atomic; idempotent: what was told stands in a row of its own. Two processes at once wait for each other at the
    certificates.
    """
    due = expiries_due(now)
    list(Certificate.objects.select_for_update(of=("self",)).filter(pk__in=[one.certificate.pk for one in due]))
    # Looked at again under the lock: another process may have told them meanwhile.
    due = expiries_due(now) if due else []
    for one in due:
        certificate = one.certificate
        ExpiryNotice.objects.create(certificate=certificate, step=one.step, told_at=now)
        graduate = certificate.record.learner.user
        assert graduate is not None  # the selector reads only whom a mail reaches
        enqueue_mail(
            key=f"certificate:{certificate.uuid}:expires:{one.step}",
            to=graduate.email,
            template="certificates_expires",
            context={
                "certificate": certificate,
                "days": one.days_left,
                "name": graduate.get_short_name(),
                "next": getattr(certificate.record, "followed_by", None),
                "closing": closing_of(certificate.school),
            },
            user=graduate,
        )
    return len(due)
