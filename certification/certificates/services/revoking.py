"""Revoking only adds: one person at once, a second soon after, and the graduate is told."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from accounts.selectors import has_role
from certification.records.selectors import closing_of
from notices.services import enqueue_mail

from ..models import Certificate, Revocation, RevocationConfirmation
from .lists import mark_stale
from .notices import make_notice_of
from .register import require_role


def revoke_certificate(*, certificate: Certificate, by: User, reason: str, on: date, words: str = "") -> Revocation:
    """Say from which day a certificate no longer holds, and why; tell the graduate. It stays visible as revoked.

    One person is enough, so that a fraud is stopped at once, and neither the register nor an open school is asked: a
    second person confirms it after (`confirm_revocation`). `words` are for the school's own file. Atomic. Idempotent:
    a second call returns the revocation that stands, whatever it asks. Refuses who does not sign
    for the school, an unknown reason, and a day before its issue or after today. Of a school that has closed its
    custodian revokes, and only what a board or court ordered: she has nothing of her own to judge by.
    """
    with transaction.atomic():
        certificate = (
            Certificate.objects.select_for_update(of=("self",))
            .select_related("record__learner__user", "record__school", "school")
            .get(pk=certificate.pk)
        )
        _require_revoker(by, certificate, reason)
        standing = Revocation.objects.filter(certificate=certificate).first()
        if standing:
            return standing
        if reason not in Revocation.Reason.values:
            raise ValidationError({"reason": _("Choose one of the reasons.")})
        if on < certificate.issued_on:
            raise ValidationError(
                {"revoked_on": _("It was issued after that day. Choose the day of issue or a later one.")}
            )
        if on > certificate.today():
            raise ValidationError({"revoked_on": _("That day has not come yet. Choose today or an earlier day.")})
        revocation = Revocation.objects.create(
            certificate=certificate, revoked_on=on, reason=reason, words=words.strip(), by=by
        )
        mark_stale(certificate)
        _tell(revocation)
        return revocation


def _tell(revocation: Revocation) -> None:
    """What follows a revocation, in its transaction: the graduate's mail; a notice for others is made here too."""
    certificate = revocation.certificate
    transaction.on_commit(lambda: make_notice_of.enqueue(certificate.pk))
    graduate = certificate.record.learner.user
    if graduate and graduate.is_active:  # else the account was closed, and has no address
        enqueue_mail(
            key=f"certificate:{certificate.uuid}:revoked",
            to=graduate.email,
            template="certificates_revoked",
            context={"certificate": certificate, "revocation": revocation, "name": graduate.get_short_name()},
            user=graduate,
        )


def _require_revoker(user: User, certificate: Certificate, reason: str) -> None:
    if closing_of(certificate.school) is None:
        require_role(user, certificate.record)
        return
    if not user.is_active or not has_role(user, certificate.school_id, Membership.Role.CUSTODIAN):
        raise ValidationError(
            _("The school has closed: only its custodian revokes, by an order of a board or court."), code="no_right"
        )
    if reason != Revocation.Reason.ORDER:
        raise ValidationError(
            {"reason": _("The school has closed: only an order of a board or court ends a certificate of it.")}
        )


def confirm_revocation(*, revocation: Revocation, by: User) -> RevocationConfirmation:
    """Stand for a revocation as the second person. It changes nothing of it: it held from the first.

    Atomic. Idempotent: a second call returns the confirmation that stands. Refuses who does not sign for the school,
    and who revoked.
    """
    with transaction.atomic():
        revocation = (
            Revocation.objects.select_for_update(of=("self",))
            .select_related("certificate__record__school")
            .get(pk=revocation.pk)
        )
        require_role(by, revocation.certificate.record)
        standing = RevocationConfirmation.objects.filter(revocation=revocation).first()
        if standing:
            return standing
        if revocation.by_id == by.pk:
            raise ValidationError(_("You revoked it, so another registrar must confirm."), code="same_person")
        return RevocationConfirmation.objects.create(revocation=revocation, by=by)
