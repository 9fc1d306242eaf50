"""Sends certificates: to the graduate herself, or on her consent to whom she named; and notes each sending."""

import uuid as uuids
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors import has_role
from certification.certificates.models import Certificate
from certification.records.models import TrainingRecord
from notices.services import enqueue_mail

from .. import rules
from ..models import Consent, HandOver, Sending
from ..rules import SENDING_ROLES
from ..selectors import closed_on, state_of_consent, token_of


def send_to_graduate(*, certificate: Certificate, by: User, key: str) -> Sending:
    """Mail the graduate, at her own address, the way to every file of a certificate; and note it.

    Atomic; idempotent by `key`, one for each press of the button. Works after the school closed. Refuses
    (ValidationError) who neither keeps nor signs for the school, and a graduate whom no mail reaches.
    """
    _require_sender(certificate, by)
    graduate = certificate.record.learner.user
    if graduate is None or not graduate.is_active:
        raise ValidationError(
            _("This account is closed, so we have no address. The code can still be checked by anyone."),
            code="no_address",
        )
    return _send(certificate, None, graduate.email, by, key, {"name": graduate.get_short_name()}, graduate)


def send_to_named(*, consent: Consent, by: User, key: str) -> Sending:
    """Mail a graduate's link to the address that she named in it, on her consent alone; and note it.

    Atomic; idempotent by `key`. Refuses (ValidationError) who neither keeps nor signs for the school, a link that has
    ended or was withdrawn, and one that names no address or several: nobody but the graduate says to whom it goes.
    """
    certificate = consent.certificate
    _require_sender(certificate, by)
    if HandOver.objects.filter(consent=consent).exists():
        raise ValidationError(_("She asked you to send this one yourself: do it on its own page."), code="hand_over")
    if state_of_consent(consent) != rules.OPEN:
        raise ValidationError(_("This link has ended or was withdrawn. Ask the graduate for a new one."), code="ended")
    address = rules.named_address(consent.recipient)
    if not address or not token_of(consent):
        raise ValidationError(
            _("The link names no single e-mail address. Ask the graduate to make one that says to whom it goes."),
            code="no_address",
        )
    return send_link(consent=consent, address=address, by=by, key=key)


def send_link(*, consent: Consent, address: str, by: User, key: str, handed: bool = False) -> Sending:
    """Mail the link of an open consent to an address; the caller has seen that it may go there. Idempotent by `key`.

    `handed` says that the school itself hands over its transcript by this.
    """
    certificate = consent.certificate
    context = {
        "link": f"{settings.BASE_URL}/verify/{certificate.code}?t={token_of(consent)}",
        "consent": consent,
        "handed": handed,
    }
    return _send(certificate, consent, address, by, key, context, None)


@transaction.atomic
def _send(
    certificate: Certificate,
    consent: Consent | None,
    address: str,
    by: User,
    key: str,
    context: dict[str, Any],
    user: User | None,
) -> Sending:
    uuid = uuids.uuid5(certificate.uuid, f"{consent.uuid if consent else ''}:{key}")
    sending, made = Sending.objects.get_or_create(
        uuid=uuid, defaults={"certificate": certificate, "consent": consent, "address": address, "by": by}
    )
    if made:
        enqueue_mail(
            key=f"sending:{uuid}",
            to=address,
            template="verification_sent" if consent else "verification_resent",
            context={"certificate": certificate, "closed_on": closed_on(certificate), **context},
            user=user,
            secret=consent is not None,
        )
    return sending


def addresses_behind(*, record: TrainingRecord) -> int:
    """How many notes of what was sent hold an address."""
    return _sendings(record).count()


@transaction.atomic
def erase_addresses(*, record: TrainingRecord) -> int:
    """Erase the addresses to which a record's certificates were sent; that and when stays. Below its Erasure alone."""
    return _sendings(record).update(address="", erased_at=timezone.now())


def _sendings(record: TrainingRecord) -> QuerySet[Sending]:
    return Sending.objects.filter(certificate__record=record).exclude(address="")


def _require_sender(certificate: Certificate, by: User) -> None:
    if not has_role(by, certificate.school_id, *SENDING_ROLES):
        raise ValidationError(_("Only who keeps or signs for the school sends its certificates."), code="no_right")
