"""Writes certificates: one person proposes, another issues, and what was issued is frozen; revoking only adds."""

import logging
import secrets
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from accounts.selectors import has_role
from certification import codes
from certification.keys.services import KeyFileError
from certification.records.models import Checkpoint, Learner, TrainingRecord
from certification.records.selectors import closing_of, log_head
from certification.records.services import ensure_log, make_checkpoint, require_open
from notices.services import enqueue_mail

from .. import documents, kinds, rules, wording
from ..models import Certificate, CertificateProposal, Kind, Revocation
from ..selectors import (
    SIGNER_ROLES,
    certificate_of,
    holder_of,
    latin_of,
    look_facts,
    look_files,
    open_proposal,
)
from . import papers
from .lists import mark_stale, reserve_places
from .notices import make_notice_of

log = logging.getLogger("palmar.certificates")


def propose_certificate(
    *, record: TrainingRecord, by: User, kind: str = Kind.COMPLETION, subject: str = ""
) -> CertificateProposal:
    """Propose a record's certificate of a kind (and, where it gets several, of a subject): the first of two hands.

    Atomic. Idempotent: while a proposal stands (or was issued) it is returned, whoever asks; where each new one replaces
    the last, only until it was issued. Refuses (ValidationError) who does not sign for the school, and a record that
    lacks anything, naming each gap.
    """
    require_open(record.school)
    _require_signer(by, record)
    behavior = kinds.of(kind)
    with transaction.atomic():
        _lock(record)
        standing = open_proposal(record, kind, subject, renews=behavior.renews)
        if standing:
            return standing
        case = behavior.judge(record, subject)
        _refuse_gaps(case.eligibility, case.transcript.evaluation.unit_minutes)
        return CertificateProposal.objects.create(
            record=record,
            kind=kind,
            subject=subject,
            supersedes=certificate_of(record, kind, subject) if behavior.renews else None,
            proposed_by=by,
        )


def withdraw_proposal(*, proposal: CertificateProposal, by: User) -> CertificateProposal:
    """Take a proposal back before it is signed. Atomic; idempotent.

    Refuses who does not sign for the school, and a proposal that was issued.
    """
    with transaction.atomic():
        proposal = _locked(proposal)
        _require_signer(by, proposal.record)
        if Certificate.objects.filter(proposal=proposal).exists():
            raise ValidationError(
                _("It was issued meanwhile. An issued certificate can be revoked, not withdrawn."), code="issued"
            )
        if proposal.withdrawn_at is None:
            proposal.withdrawn_at, proposal.withdrawn_by = timezone.now(), by
            proposal.save(update_fields=["withdrawn_at", "withdrawn_by"])
        return proposal


def issue_certificate(*, proposal: CertificateProposal, by: User) -> Certificate:
    """Issue what another person proposed: judge again and freeze the facts; its files are made and signed right after.

    Atomic. What cannot be drawn is refused before; the files come from the task queue (`papers.make_papers`), which also
    tells the graduate. Idempotent by the proposal: however often and at the same
    time it is asked, one certificate is made. Refuses (ValidationError) who does not sign for the school, the person
    who proposed it, a withdrawn proposal, one whose proposer no longer signs here, and a record that lacks anything.
    """
    with transaction.atomic():
        proposal = _locked(proposal)
        record = proposal.record
        require_open(record.school)
        signing_as = _require_signer(by, record)
        done = Certificate.objects.filter(proposal=proposal).first()
        if done:
            return done
        if proposal.withdrawn_at is not None:
            raise ValidationError(_("This proposal was withdrawn. Prepare the certificate again."), code="withdrawn")
        if proposal.proposed_by_id == by.pk:
            raise ValidationError(_("You prepared it, so another registrar must sign."), code="same_person")
        prepared_as = _role_of(proposal.proposed_by, record)
        if prepared_as is None:
            raise ValidationError(
                _("%(name)s, who prepared it, no longer signs for this school. Withdraw it and prepare it again.")
                % {"name": proposal.proposed_by.get_full_name()},
                code="proposer_left",
            )
        _lock(record)
        case = kinds.of(proposal.kind).judge(record, proposal.subject)
        _refuse_gaps(case.eligibility, case.transcript.evaluation.unit_minutes)
        if refusal := kinds.of(proposal.kind).refusal_of_hands(case, proposal.proposed_by, by):
            raise ValidationError(refusal, code="wrong_hands")
        return _freeze(proposal, case, by=by, prepared_as=prepared_as, signing_as=signing_as)


def _freeze(
    proposal: CertificateProposal, case: kinds.Case, *, by: User, prepared_as: str, signing_as: str
) -> Certificate:
    behavior, record = kinds.of(proposal.kind), case.record
    zone = ZoneInfo(record.zone)
    now = timezone.now().replace(microsecond=0)
    issued_on = now.astimezone(zone).date()
    code = codes.code_from_bits(secrets.randbits(codes.CODE_BITS))
    holder = holder_of(record)
    _checkpoint(record)
    head = log_head(record)
    with translation.override(settings.LANGUAGE_CODE):  # the school's language, not that of who happens to sign
        signers = [
            _signer("prepared", proposal.proposed_by, prepared_as, proposal.proposed_at.astimezone(zone).date()),
            _signer("issued", by, signing_as, issued_on),
        ]
    title, expires_on = behavior.title(case), behavior.expires_on(record, issued_on)
    facts = behavior.facts(
        case,
        kind=proposal.kind,
        title=title,
        expires_on=expires_on,
        holder_name=holder,
        code=code,
        signers=signers,
        issued_at=_instant(now),
        issued_on=issued_on,
        log_head=head,
        latin_name=latin_of(record),
        look=look_facts(record.school, signers=[signer.uuid for signer in signers]),
    )
    data = rules.canonical(facts)
    try:
        with documents.look.files(look_files(record.school, facts)):
            behavior.pdf(facts)  # what cannot be drawn is refused before anything is issued
    except documents.CannotDrawError as error:
        raise ValidationError(
            _(
                "The certificate cannot be drawn: our fonts have no sign for “%(signs)s”. "
                "Correct that name or title first."
            )
            % {"signs": error.signs},
            code="cannot_draw",
        ) from error
    certificate = Certificate.objects.create(
        code=code,
        proposal=proposal,
        record=record,
        school=record.school,
        school_name=record.school.name,
        kind=proposal.kind,
        subject=proposal.subject,
        title=title,
        holder_name=holder,
        data=data,
        data_sha256=rules.sha256(data.encode()),
        evaluation=rules.canonical(case.transcript.evaluation.as_dict()),
        rule_set=record.rule_set.label,
        log_size=head[0],
        log_root=head[1],
        proposed_by=proposal.proposed_by,
        issued_by=by,
        issued_at=now,
        issued_on=issued_on,
        expires_on=expires_on,
        supersedes=proposal.supersedes,
    )
    reserve_places(certificate)
    if proposal.supersedes:
        mark_stale(proposal.supersedes)
    transaction.on_commit(lambda: papers.make_papers.enqueue(certificate.pk))
    return certificate


def _checkpoint(record: TrainingRecord) -> Checkpoint | None:
    """The signed head of the school's log at this graduation; the graduate gets a copy, so that one lies with her."""
    try:
        return make_checkpoint(log=ensure_log(school=record.school), reason=Checkpoint.Reason.GRADUATION)
    except KeyFileError as error:
        log.error("no checkpoint, so no certificate: %s", error)
        raise ValidationError(
            _(
                "The school's signing key could not be used, so nothing was issued. "
                "Whoever runs the server finds the reason in its log."
            ),
            code="no_key",
        ) from error


def revoke_certificate(*, certificate: Certificate, by: User, reason: str, on: date) -> Revocation:
    """Say from which day a certificate no longer holds, and why; tell the graduate. It stays visible as revoked.

    Atomic. Idempotent: a second call returns the revocation that stands, whatever it asks. Refuses who does not sign
    for the school, an unknown reason, and a day before its issue or after today. Of a school that has closed its
    custodian revokes, and only what a board or court ordered: she has nothing of her own to judge by.
    """
    with transaction.atomic():
        certificate = (
            Certificate.objects.select_for_update(of=("self",))
            .select_related("record__learner__user", "school")
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
        revocation = Revocation.objects.create(certificate=certificate, revoked_on=on, reason=reason, by=by)
        mark_stale(certificate)
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
        return revocation


def _role_of(user: User, record: TrainingRecord) -> str | None:
    """The role in which this person signs for the record's school now, registrar before administrator."""
    if not user.is_active:
        return None
    return next((role for role in SIGNER_ROLES if has_role(user, record.school_id, role)), None)


def _require_signer(user: User, record: TrainingRecord) -> str:
    role = _role_of(user, record)
    if role is None:
        raise ValidationError(
            _("Only a registrar or administrator of %(school)s signs its certificates.")
            % {"school": record.school.name},
            code="no_right",
        )
    if not rules.clean_name(user.legal_name):
        raise ValidationError(
            _("Your own name would stand on the certificate. Have your legal name entered first."),
            code="signer_unnamed",
        )
    return role


def _require_revoker(user: User, certificate: Certificate, reason: str) -> None:
    if closing_of(certificate.school) is None:
        _require_signer(user, certificate.record)
        return
    if not user.is_active or not has_role(user, certificate.school_id, Membership.Role.CUSTODIAN):
        raise ValidationError(
            _("The school has closed: only its custodian revokes, by an order of a board or court."), code="no_right"
        )
    if reason != Revocation.Reason.ORDER:
        raise ValidationError(
            {"reason": _("The school has closed: only an order of a board or court ends a certificate of it.")}
        )


def _refuse_gaps(eligibility: rules.Eligibility, unit_minutes: int) -> None:
    if not eligibility.met:
        raise ValidationError(
            [ValidationError(wording.gap(row, unit_minutes), code=row.kind) for row in eligibility.missing]
        )


def _locked(proposal: CertificateProposal) -> CertificateProposal:
    """The proposal, locked: signing and withdrawing wait for each other."""
    return (
        CertificateProposal.objects.select_for_update(of=("self",))
        .select_related("record__school", "record__rule_set", "record__learner__user", "proposed_by")
        .get(pk=proposal.pk)
    )


def _lock(record: TrainingRecord) -> None:
    """Hold the learner as `post_hours` does, so that no hour comes or goes between judging and freezing."""
    Learner.objects.select_for_update().get(pk=record.learner_id)


def _signer(act: str, user: User, role: str, on: date) -> rules.Signer:
    return rules.Signer(act, str(user.uuid), rules.clean_name(user.get_full_name()), wording.role_title(role), on)


def _instant(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo("UTC")).isoformat()
