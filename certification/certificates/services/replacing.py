"""A new certificate takes the place of one before it: after a correction, a change of name, or a revocation."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from certification.records.models import Learner, TrainingRecord
from certification.records.services import hold_open

from .. import kinds, rules, wording
from ..models import REPLACING_REASONS, Because, Certificate, CertificateProposal, Revocation
from .register import hand, lock_register


def propose_replacement(*, certificate: Certificate, because: str, by: User) -> CertificateProposal:
    """Propose a new certificate in the place of one that was issued: the first of two hands, as for any other.

    Atomic. Idempotent: while such a proposal for the same reason stands (or was issued) it is returned. Refuses
    (ValidationError) who is not on the school's register today, an unknown reason, a certificate that was replaced
    already (only the newest of a chain can be), one that has expired (it is renewed instead), one that was revoked for
    any reason but `after_revocation`, that reason for one that was not revoked, a reason that today's record does not
    bear out (hours or name as they were), and a record that lacks anything or on which a hold stands.
    """
    record = certificate.record
    with transaction.atomic():
        record.school = hold_open(record.school)
        lock_learner(record)
        hand(record, by, lock_register(record, by))
        if because not in REPLACING_REASONS:
            raise ValidationError({"because": _("Choose one of the reasons.")})
        standing = CertificateProposal.objects.filter(supersedes=certificate, withdrawn_at=None).first()
        if standing and standing.because == because:
            return standing
        refuse_what_cannot_be_replaced(certificate, because)
        if standing:
            raise ValidationError(
                _("A new certificate is being prepared for another reason. Withdraw that first."), code="underway"
            )
        behavior = kinds.of(certificate.kind)
        case = behavior.judge(record, certificate.subject)
        refuse_gaps(case.eligibility, case.transcript.evaluation.unit_minutes)
        _refuse_without_ground(because, {difference.subject for difference in behavior.differs(certificate, case)})
        return CertificateProposal.objects.create(
            record=record,
            kind=certificate.kind,
            subject=certificate.subject,
            supersedes=certificate,
            because=because,
            proposed_by=by,
        )


def refuse_what_cannot_be_replaced(certificate: Certificate, because: str) -> None:
    """Refuse one that is not the newest of its chain, one that has expired, and a reason that does not go with its state.

    At most three queries.
    """
    newer = Certificate.objects.filter(supersedes=certificate).first()
    if newer:
        raise ValidationError(
            _("It was replaced already, by %(code)s. Only the newest can be replaced.") % {"code": newer.code},
            code="replaced",
        )
    if (
        certificate.expires_on
        and not kinds.of(certificate.kind).renews
        and certificate.expires_on < certificate.today()
    ):
        # The new one keeps the last day of the old.
        raise ValidationError(
            _("It held until %(day)s, and a new one in its place would hold no longer. Renew it: open the next record.")
            % {"day": date_format(certificate.expires_on, "j F Y")},
            code="expired",
        )
    revoked = Revocation.objects.filter(certificate=certificate).exists()
    if revoked and because != Because.AFTER_REVOCATION:
        raise ValidationError(
            _("It was revoked, and stays so. A new one can follow it, for the reason “%(reason)s”.")
            % {"reason": Because.AFTER_REVOCATION.label},
            code="revoked",
        )
    if because == Because.AFTER_REVOCATION and not revoked:
        raise ValidationError({"because": _("It was not revoked. Choose what changed.")}, code="not_revoked")


def refuse_what_changed(before: Certificate, because: str) -> None:
    """Refuse to issue in the place of a certificate whose state changed since it was proposed. For a transaction."""
    # Whoever revokes it waits: nothing is both replaced and revoked unseen.
    before = Certificate.objects.select_for_update(of=("self",)).get(pk=before.pk)
    try:
        refuse_what_cannot_be_replaced(before, because)
    except ValidationError as changed:
        raise ValidationError([*changed.messages, _("Withdraw it and prepare it again.")], code="changed") from changed


def _refuse_without_ground(because: str, changed: set[str]) -> None:
    if because == Because.HOURS_CORRECTED and "hours" not in changed:
        raise ValidationError(
            {"because": _("The hours are as the certificate says them. Nothing was corrected since.")}, code="unchanged"
        )
    if because == Because.NAME_CHANGED and not {"name", "title"} & changed:
        raise ValidationError(
            {
                "because": _(
                    "Name and title are as the certificate says them. Write the new legal name down first, on the record’s page."
                )
            },
            code="unchanged",
        )


def refuse_gaps(eligibility: rules.Eligibility, unit_minutes: int) -> None:
    """Refuse a record that lacks anything, naming each gap."""
    if not eligibility.met:
        raise ValidationError(
            [ValidationError(wording.gap(row, unit_minutes), code=row.kind) for row in eligibility.missing]
        )


def lock_learner(record: TrainingRecord) -> None:
    """Hold the learner as `post_hours` and `place_hold` do: no hour and no hold comes or goes until the end."""
    Learner.objects.select_for_update().get(pk=record.learner_id)
