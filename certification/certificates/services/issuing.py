"""Writes certificates: one person proposes, another issues, and what was issued is frozen."""

import logging
import secrets
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from certification import codes
from certification.keys.services import KeyFileError
from certification.records.models import Checkpoint, TrainingRecord
from certification.records.selectors import log_head
from certification.records.services import ensure_log, hold_open, make_checkpoint

from .. import documents, kinds, rules
from ..models import Because, Certificate, CertificateDocument, CertificateProposal, Kind, Signer
from ..selectors import (
    certificate_of,
    holder_of,
    latin_of,
    look_facts,
    look_files,
    open_proposal,
)
from . import papers
from .lists import mark_stale, reserve_places
from .register import hand, lock_register, require_role
from .replacing import lock_learner, refuse_gaps, refuse_what_changed

log = logging.getLogger("palmar.certificates")


def propose_certificate(
    *, record: TrainingRecord, by: User, kind: str = Kind.COMPLETION, subject: str = ""
) -> CertificateProposal:
    """Propose a record's certificate of a kind (and, where it gets several, of a subject): the first of two hands.

    Atomic. Idempotent: while a proposal stands (or was issued) it is returned, whoever asks; where each new one replaces
    the last, only until it was issued. Refuses (ValidationError) who is not on the school's register today, a school that
    is not open, and a record that lacks anything or on which a hold stands, naming each gap.
    """
    behavior = kinds.of(kind)
    with transaction.atomic():
        record.school = hold_open(record.school)
        lock_learner(record)
        hand(record, by, lock_register(record, by))
        standing = open_proposal(record, kind, subject, renews=behavior.renews)
        if standing:
            return standing
        case = behavior.judge(record, subject)
        refuse_gaps(case.eligibility, case.transcript.evaluation.unit_minutes)
        before = certificate_of(record, kind, subject) if behavior.renews else None
        because = "" if before is None else Because.AFTER_REVOCATION if before.is_revoked else Because.RENEWED
        return CertificateProposal.objects.create(
            record=record, kind=kind, subject=subject, supersedes=before, because=because, proposed_by=by
        )


def withdraw_proposal(*, proposal: CertificateProposal, by: User) -> CertificateProposal:
    """Take a proposal back before it is signed. Atomic; idempotent.

    Refuses who does not sign for the school, and a proposal that was issued.
    """
    with transaction.atomic():
        proposal = _locked(proposal)
        require_role(by, proposal.record)
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
    time it is asked, one certificate is made. Refuses (ValidationError) who is not on the school's register today, a
    school that is not open, the person who proposed it, a withdrawn proposal, one whose proposer no longer signs here,
    and a record that lacks anything or on which a hold stands. One that takes another's place is refused when that one
    was revoked meanwhile.
    """
    with transaction.atomic():
        proposal = _locked(proposal)
        record = proposal.record
        record.school = hold_open(record.school)
        require_role(by, record)
        done = Certificate.objects.filter(proposal=proposal).first()
        if done:
            return done
        if proposal.withdrawn_at is not None:
            raise ValidationError(_("This proposal was withdrawn. Prepare the certificate again."), code="withdrawn")
        if proposal.proposed_by_id == by.pk:
            raise ValidationError(_("You prepared it, so another registrar must sign."), code="same_person")
        lock_learner(record)
        entries = lock_register(record, by, proposal.proposed_by)
        issuing = hand(record, by, entries)
        preparing = _preparing_hand(proposal, entries)
        if proposal.supersedes:
            refuse_what_changed(proposal.supersedes, proposal.because)
        case = kinds.of(proposal.kind).judge(record, proposal.subject)
        refuse_gaps(case.eligibility, case.transcript.evaluation.unit_minutes)
        if refusal := kinds.of(proposal.kind).refusal_of_hands(case, proposal.proposed_by, by):
            raise ValidationError(refusal, code="wrong_hands")
        return _freeze(proposal, case, preparing=preparing, issuing=issuing)


def _preparing_hand(proposal: CertificateProposal, entries: Sequence[Signer]) -> Signer:
    try:
        return hand(proposal.record, proposal.proposed_by, entries)
    except ValidationError as gap:
        left = _("%(name)s, who prepared it, no longer signs for this school. Withdraw it and prepare it again.") % {
            "name": proposal.proposed_by.get_full_name()
        }
        # Who has no role needs no second sentence about it.
        why = [] if getattr(gap, "code", "") == "no_right" else gap.messages
        raise ValidationError([ValidationError(text, code="proposer_left") for text in (left, *why)]) from gap


def _freeze(proposal: CertificateProposal, case: kinds.Case, *, preparing: Signer, issuing: Signer) -> Certificate:
    behavior, record = kinds.of(proposal.kind), case.record
    zone = ZoneInfo(record.zone)
    now = timezone.now().replace(microsecond=0)
    issued_on = now.astimezone(zone).date()
    code = codes.code_from_bits(secrets.randbits(codes.CODE_BITS))
    holder = holder_of(record)
    _checkpoint(record)
    head = log_head(record)
    signers = [
        _signer("prepared", preparing, proposal.proposed_at.astimezone(zone).date()),
        _signer("issued", issuing, issued_on),
    ]
    title, before = behavior.title(case), proposal.supersedes
    # A replacement says the same certificate anew, so it holds no longer than that.
    keeps = before is not None and not behavior.renews
    expires_on = before.expires_on if before and keeps else behavior.expires_on(record, issued_on)
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
        replaces=proposal.supersedes,
        because=proposal.because,
    )
    data = rules.canonical(facts)
    try:
        with documents.look.files(look_files(record.school, facts)):
            # What cannot be drawn is refused before anything is issued.
            behavior.pdf(facts)
            if CertificateDocument.Format.CLR in behavior.formats:
                documents.transcript_pdf(facts)
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
        issued_by=issuing.user,
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


def _locked(proposal: CertificateProposal) -> CertificateProposal:
    """The proposal, locked: signing and withdrawing wait for each other."""
    return (
        CertificateProposal.objects.select_for_update(of=("self",))
        .select_related("record__school", "record__rule_set", "record__learner__user", "proposed_by", "supersedes")
        .get(pk=proposal.pk)
    )


def _signer(act: str, entry: Signer, on: date) -> rules.Signer:
    return rules.Signer(act, str(entry.user.uuid), entry.name, entry.title, on)


def _instant(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo("UTC")).isoformat()
