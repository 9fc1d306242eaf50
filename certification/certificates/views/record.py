"""One record at the desk, where two people prepare and sign its certificate."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import role_required
from certification.records.models import TrainingRecord

from .. import services
from ..access import record_to_certify
from ..forms import RevokeForm, SignForm
from ..selectors import (
    SIGNER_ROLES,
    certificate_of,
    certificates_on,
    conditions_of,
    is_issued,
    judge,
    open_proposal,
    signers_of,
    signing_gap,
    unconfirmed_revocation,
)
from .replacing import shown_differences


def _record_page(
    request: HttpRequest,
    record: TrainingRecord,
    *,
    refused: ValidationError | None = None,
    sign_form: Form | None = None,
    revoke_form: Form | None = None,
    status: int = 200,
) -> HttpResponse:
    transcript, eligibility = judge(record)
    certificate = certificate_of(record)
    proposal = open_proposal(record)
    pending = proposal if proposal and (certificate is None or proposal.supersedes_id == certificate.pk) else None
    others = []
    if pending:
        everybody = signers_of([record.school_id])[record.school_id]
        others = [signer for signer in everybody if signer.pk != pending.proposed_by_id]
    context: dict[str, Any] = {
        "record": record,
        "learner": record.learner.user,
        "transcript": transcript,
        "eligibility": eligibility,
        "conditions": conditions_of(transcript, eligibility),
        "proposal": pending,
        "certificate": certificate,
        "earlier": [one for one in certificates_on(record) if certificate and one.pk != certificate.pk],
        "differences": shown_differences(certificate, transcript)
        if certificate and pending and eligibility.met
        else [],
        "prepared_by_me": bool(pending and pending.proposed_by_id == request.user.pk),
        "others": others,
        "why_not": signing_gap(request.user, record),  # type: ignore[arg-type]
        "refused": refused.messages if refused else [],
        "sign_form": sign_form or SignForm(),
        "revoke_form": revoke_form or RevokeForm(initial={"revoked_on": certificate.today() if certificate else None}),
    }
    return render(request, "certificates/record.html", context, status=status)


@role_required(*SIGNER_ROLES)
@require_safe
def record(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Everything that a signer must read about one record, and the next step."""
    return _record_page(request, record_to_certify(request.user, uuid))  # type: ignore[arg-type]


@role_required(*SIGNER_ROLES)
@require_POST
def propose(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The first hand."""
    subject = record_to_certify(request.user, uuid)  # type: ignore[arg-type]
    try:
        services.propose_certificate(record=subject, by=request.user)  # type: ignore[arg-type]
    except ValidationError as refused:
        return _record_page(request, subject, refused=refused, status=422)
    messages.success(request, _("Prepared. Another registrar must read it and sign."))
    return redirect("certificates:record", uuid=uuid)


@role_required(*SIGNER_ROLES)
@require_POST
def issue(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The second hand."""
    subject = record_to_certify(request.user, uuid)  # type: ignore[arg-type]
    proposal = open_proposal(subject)
    if proposal is None:
        messages.warning(request, _("There is nothing to sign: it was not prepared, or was withdrawn."))
        return redirect("certificates:record", uuid=uuid)
    form = SignForm(request.POST)
    if not form.is_valid() and not is_issued(proposal):
        return _record_page(request, subject, sign_form=form, status=422)
    try:
        certificate = services.issue_certificate(proposal=proposal, by=request.user)  # type: ignore[arg-type]
    except ValidationError as refused:
        return _record_page(request, subject, refused=refused, sign_form=form, status=422)
    messages.success(
        request, _("Issued: %(code)s. The graduate gets a mail with the way to it.") % {"code": certificate.code}
    )
    return redirect("certificates:record", uuid=uuid)


@role_required(*SIGNER_ROLES)
@require_POST
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take the first hand back."""
    subject = record_to_certify(request.user, uuid)  # type: ignore[arg-type]
    proposal = open_proposal(subject)
    if proposal is not None:
        try:
            services.withdraw_proposal(proposal=proposal, by=request.user)  # type: ignore[arg-type]
        except ValidationError as refused:
            return _record_page(request, subject, refused=refused, status=422)
    messages.success(request, _("Withdrawn. Nothing was issued; it can be prepared again at any time."))
    return redirect("certificates:record", uuid=uuid)


@role_required(*SIGNER_ROLES)
@require_POST
def revoke(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say that it no longer holds."""
    subject = record_to_certify(request.user, uuid)  # type: ignore[arg-type]
    certificate = certificate_of(subject)
    if certificate is None:
        messages.warning(request, _("There is no certificate to revoke."))
        return redirect("certificates:record", uuid=uuid)
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
        return _record_page(request, subject, revoke_form=form, status=422)
    messages.success(
        request,
        _(
            "Revoked. Whoever checks the code sees it from now on, and the graduate gets a mail. "
            "A second person must confirm it."
        ),
    )
    return redirect("certificates:record", uuid=uuid)


@role_required(*SIGNER_ROLES)
@require_POST
def confirm(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Stand for a revocation as the second person."""
    subject = record_to_certify(request.user, uuid)  # type: ignore[arg-type]
    revocation = unconfirmed_revocation(subject)
    if revocation is None:
        messages.info(request, _("There is no revocation to confirm."))
        return redirect("certificates:record", uuid=uuid)
    try:
        services.confirm_revocation(revocation=revocation, by=request.user)  # type: ignore[arg-type]
    except ValidationError as refused:
        return _record_page(request, subject, refused=refused, status=422)
    messages.success(request, _("Confirmed. Both of you stand for the revocation."))
    return redirect("certificates:record", uuid=uuid)
