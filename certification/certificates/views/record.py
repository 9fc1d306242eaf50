"""One record at the desk, where two people prepare and sign its certificates of each kind."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import role_required
from accounts.buttons import by_button
from certification.records.models import TrainingRecord

from .. import kinds, services
from ..access import record_to_certify
from ..forms import DeclineLetterForm, LatinNameForm, LegalNameForm, LicenceForm, RevokeForm, SignForm
from ..models import CertificateProposal, Kind
from ..selectors import (
    SIGNER_ROLES,
    certificate_of,
    certificates_on,
    conditions_of,
    declines_of,
    is_issued,
    open_proposal,
    open_request,
    signers_of,
    signing_gap,
    unconfirmed_revocation,
)
from .choosing import back, chosen, subjects_of
from .replacing import shown_differences

posted = by_button("certificates:record", "uuid")


def _proposal(record: TrainingRecord, behavior: kinds.CertificateKind, subject: str) -> CertificateProposal | None:
    return open_proposal(record, behavior.kind, subject, renews=behavior.renews)


def record_page(
    request: HttpRequest,
    record: TrainingRecord,
    *,
    kind: str = "",
    refused: ValidationError | None = None,
    sign_form: Form | None = None,
    revoke_form: Form | None = None,
    licence_form: Form | None = None,
    name_form: Form | None = None,
    legal_form: Form | None = None,
    decline_form: Form | None = None,
    status: int = 200,
) -> HttpResponse:
    """Everything about one kind of certificate of a record; `kind` overrules what the request names."""
    behavior, subject = (kinds.of(kind), "") if kind else chosen(request, record)
    case = behavior.judge(record, subject)
    transcript, eligibility = case.transcript, case.eligibility
    certificate = certificate_of(record, behavior.kind, subject)
    proposal = _proposal(record, behavior, subject)
    pending = proposal if proposal and (certificate is None or proposal.supersedes_id == certificate.pk) else None
    others = []
    if pending:
        everybody = signers_of([record.school_id])[record.school_id]
        others = [
            signer
            for signer in everybody
            if signer.pk != pending.proposed_by_id and not behavior.refusal_of_hands(case, pending.proposed_by, signer)
        ]
    mine = bool(pending and pending.proposed_by_id == request.user.pk)
    why_not = signing_gap(request.user, record)  # type: ignore[arg-type]
    if pending and not mine and not why_not:
        why_not = behavior.refusal_of_hands(case, pending.proposed_by, request.user)  # type: ignore[arg-type]
    learner = record.learner.user
    context: dict[str, Any] = {
        "record": record,
        "learner": learner,
        "kind": behavior.kind,
        "subject": subject,
        "subjects": subjects_of(record, behavior),
        "renews": behavior.renews,
        "choices": [{"kind": one, "label": Kind(one).label} for one in kinds.KINDS],
        "hours_today": kinds.hours_today(transcript) if behavior.kind == Kind.LETTER else None,
        "wish": open_request(record) if behavior.kind == Kind.LETTER else None,
        "declines": declines_of([record]) if behavior.kind == Kind.LETTER else [],
        "decline_form": decline_form or DeclineLetterForm(),
        "licence_form": licence_form or LicenceForm(),
        "transcript": transcript,
        "eligibility": eligibility,
        "conditions": conditions_of(transcript, eligibility),
        "proposal": pending,
        "certificate": certificate,
        "earlier": [
            one
            for one in certificates_on(record)
            if certificate and one.pk != certificate.pk and (one.kind, one.subject) == (behavior.kind, subject)
        ],
        "differences": shown_differences(certificate, case)
        if certificate and pending and eligibility.met and not behavior.renews
        else [],
        "prepared_by_me": mine,
        "others": others,
        "why_not": why_not,
        "refused": refused.messages if refused else [],
        "sign_form": sign_form or SignForm(),
        "name_form": name_form or LatinNameForm(initial={"latin_name": learner.latin_name if learner else ""}),
        "legal_form": legal_form or LegalNameForm(initial={"legal_name": learner.legal_name if learner else ""}),
        "name_open": bool(name_form) or any(row.kind == "name" and row.code for row in eligibility.missing),
        "legal_open": bool(legal_form) or any(row.kind == "name" and not row.title for row in eligibility.missing),
        "revoke_form": revoke_form or RevokeForm(initial={"revoked_on": certificate.today() if certificate else None}),
    }
    return render(request, "certificates/record.html", context, status=status)


@role_required(*SIGNER_ROLES)
@require_safe
def record(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Everything that a signer must read about one record, and the next step."""
    return record_page(request, record_to_certify(request.user, uuid))  # type: ignore[arg-type]


@role_required(*SIGNER_ROLES)
@posted
def propose(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The first hand."""
    subject = record_to_certify(request.user, uuid)  # type: ignore[arg-type]
    behavior, about = chosen(request, subject)
    try:
        services.propose_certificate(record=subject, by=request.user, kind=behavior.kind, subject=about)  # type: ignore[arg-type]
    except ValidationError as refused:
        return record_page(request, subject, refused=refused, status=422)
    messages.success(request, _("Prepared. Another registrar must read it and sign."))
    return back(subject, behavior, about)


@role_required(*SIGNER_ROLES)
@posted
def issue(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The second hand."""
    subject = record_to_certify(request.user, uuid)  # type: ignore[arg-type]
    behavior, about = chosen(request, subject)
    proposal = _proposal(subject, behavior, about)
    if proposal is None:
        messages.warning(request, _("There is nothing to sign: it was not prepared, or was withdrawn."))
        return back(subject, behavior, about)
    form = SignForm(request.POST)
    if not form.is_valid() and not is_issued(proposal):
        return record_page(request, subject, sign_form=form, status=422)
    try:
        certificate = services.issue_certificate(proposal=proposal, by=request.user)  # type: ignore[arg-type]
    except ValidationError as refused:
        return record_page(request, subject, refused=refused, sign_form=form, status=422)
    messages.success(
        request, _("Issued: %(code)s. The graduate gets a mail with the way to it.") % {"code": certificate.code}
    )
    return back(subject, behavior, about)


@role_required(*SIGNER_ROLES)
@posted
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take the first hand back."""
    subject = record_to_certify(request.user, uuid)  # type: ignore[arg-type]
    behavior, about = chosen(request, subject)
    proposal = _proposal(subject, behavior, about)
    if proposal is not None:
        try:
            services.withdraw_proposal(proposal=proposal, by=request.user)  # type: ignore[arg-type]
        except ValidationError as refused:
            return record_page(request, subject, refused=refused, status=422)
    messages.success(request, _("Withdrawn. Nothing was issued; it can be prepared again at any time."))
    return back(subject, behavior, about)


@role_required(*SIGNER_ROLES)
@posted
def revoke(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say that it no longer holds."""
    subject = record_to_certify(request.user, uuid)  # type: ignore[arg-type]
    behavior, about = chosen(request, subject)
    certificate = certificate_of(subject, behavior.kind, about)
    if certificate is None:
        messages.warning(request, _("There is no certificate to revoke."))
        return back(subject, behavior, about)
    form = RevokeForm(request.POST)
    if form.is_valid():
        try:
            services.revoke_certificate(
                certificate=certificate,
                by=request.user,  # type: ignore[arg-type]
                reason=form.cleaned_data["reason"],
                on=form.cleaned_data["revoked_on"],
                words=form.cleaned_data["words"],
            )
        except ValidationError as refused:
            form.add_error(None, refused)
    if not form.is_valid():
        return record_page(request, subject, revoke_form=form, status=422)
    messages.success(
        request,
        _(
            "Revoked. Whoever checks the code sees it from now on, and the graduate gets a mail. "
            "A second person must confirm it."
        ),
    )
    return back(subject, behavior, about)


@role_required(*SIGNER_ROLES)
@posted
def confirm(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Stand for the revocation that was looked at, named by its certificate's code, as the second person."""
    subject = record_to_certify(request.user, uuid)  # type: ignore[arg-type]
    revocation = unconfirmed_revocation(subject, request.POST.get("code", ""))
    if revocation is None:
        messages.info(request, _("There is no revocation to confirm."))
        return back(subject, *chosen(request, subject))
    try:
        services.confirm_revocation(revocation=revocation, by=request.user)  # type: ignore[arg-type]
    except ValidationError as refused:
        return record_page(request, subject, refused=refused, status=422)
    messages.success(request, _("Confirmed. Both of you stand for the revocation."))
    certificate = revocation.certificate
    return back(subject, kinds.of(certificate.kind), certificate.subject)


@role_required(*SIGNER_ROLES)
@posted
def decline_letter(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Tell the learner that no letter is written, and why."""
    subject = record_to_certify(request.user, uuid)  # type: ignore[arg-type]
    wish, letter = open_request(subject), kinds.of(Kind.LETTER)
    if wish is None:
        messages.info(request, _("No letter is asked for: it was issued or declined meanwhile."))
        return back(subject, letter, "")
    form = DeclineLetterForm(request.POST)
    if form.is_valid():
        try:
            services.decline_letter(request=wish, words=form.cleaned_data["words"], by=request.user)  # type: ignore[arg-type]
        except ValidationError as refused:
            form.add_error(None, ValidationError(refused.messages))
    if not form.is_valid():
        return record_page(request, subject, kind=Kind.LETTER, decline_form=form, status=422)
    messages.success(request, _("Declined. The learner gets a mail with your words, and may ask again."))
    return back(subject, letter, "")
