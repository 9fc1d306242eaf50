"""Writes what a graduate allows: share links, their withdrawal, hiding the code; and notes each look."""

import uuid as uuids
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from certification.certificates.models import Certificate

from .. import rules
from ..models import Consent, Disclosure, Visibility
from ..selectors import derived_token, is_hidden, token_of

LONGEST_DAYS = 366


def share_certificate(
    *,
    certificate: Certificate,
    by: User,
    until_on: date,
    scope: str = Consent.Scope.HOURS,
    recipient: str = "",
    purpose: str = "",
    source_key: str = "",
) -> tuple[Consent, str]:
    """Let whoever holds the returned token see so much of a certificate until a day; return (consent, token).

    Atomic. Idempotent by `source_key` (per certificate): the same key gives the same link back. Refuses
    (ValidationError) anybody but the graduate, a day before today or more than a year ahead, and an unknown scope.
    """
    _require_owner(certificate, by)
    source_key = source_key or f"link:{uuids.uuid4()}"
    made_before = _by_key(certificate, source_key)
    if made_before:
        return made_before, token_of(made_before)
    if scope not in Consent.Scope.values:
        raise ValidationError({"scope": _("Choose what the link shows.")})
    today = certificate.today()
    if until_on < today:
        raise ValidationError({"until_on": _("That day is over. Choose today or a later day.")})
    if until_on > today + timedelta(days=LONGEST_DAYS):
        raise ValidationError({"until_on": _("A link opens for a year at most. Choose an earlier day.")})
    uuid = uuids.uuid4()
    token = derived_token(str(uuid))
    try:
        with transaction.atomic():
            consent = Consent.objects.create(
                uuid=uuid,
                certificate=certificate,
                granted_by=by,
                scope=scope,
                recipient=" ".join(recipient.split())[:200],
                purpose=" ".join(purpose.split())[:200],
                until_on=until_on,
                token_hash=rules.token_hash(token),
                source_key=source_key,
            )
    except IntegrityError:  # the same request, a moment earlier
        consent = Consent.objects.select_related("certificate__school").get(
            certificate=certificate, source_key=source_key
        )
        return consent, token_of(consent)
    return consent, token


def _by_key(certificate: Certificate, source_key: str) -> Consent | None:
    rows = Consent.objects.filter(certificate=certificate, source_key=source_key)
    return rows.select_related("certificate__school").first()


@transaction.atomic
def withdraw_consent(*, consent: Consent, by: User) -> Consent:
    """Close a link at once and for good. Atomic, idempotent. Refuses anybody but the graduate."""
    _require_owner(consent.certificate, by)
    Consent.objects.filter(pk=consent.pk, withdrawn_at=None).update(withdrawn_at=timezone.now())
    consent.refresh_from_db(fields=["withdrawn_at"])
    return consent


@transaction.atomic
def set_hidden(*, certificate: Certificate, by: User, hidden: bool) -> None:
    """Make the code answer as if it never was, or answer again. Atomic, idempotent. Refuses anybody but the graduate.

    Links that she shared go on opening: each is a consent of its own.
    """
    _require_owner(certificate, by)
    if is_hidden(certificate) != hidden:
        Visibility.objects.create(certificate=certificate, hidden=hidden, by=by)


def note_look(*, consent: Consent, face: str, told: str) -> Disclosure:
    """Write down one look at private facts. Each look is its own row."""
    return Disclosure.objects.create(consent=consent, face=face, told=told)


def withdraw_links(*, user: User) -> int:
    """Withdraw every open link of a person whose account is closed: nobody is there to answer for it. How many."""
    return Consent.objects.filter(certificate__record__learner__user=user, withdrawn_at=None).update(
        withdrawn_at=timezone.now()
    )


def open_links(*, user: User) -> int:
    """How many links of a person were not withdrawn."""
    return Consent.objects.filter(certificate__record__learner__user=user, withdrawn_at=None).count()


def _require_owner(certificate: Certificate, by: User) -> None:
    if certificate.record.learner.user_id is None or certificate.record.learner.user_id != by.pk:
        raise ValidationError(_("Only the graduate decides who sees this certificate."), code="not_owner")
