"""One record at the desk, where two people prepare and sign its certificates of each kind."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import role_required
from certification.records.models import TrainingRecord

from .. import kinds, services, wording
from ..access import record_to_certify
from ..forms import LatinNameForm, LicenceForm, RevokeForm, SignForm
from ..models import CertificateProposal, Kind
from ..selectors import (
    SIGNER_ROLES,
    certificate_of,
    open_proposal,
    open_request,
    signers_of,
)


def _chosen(request: HttpRequest, record: TrainingRecord) -> tuple[kinds.CertificateKind, str]:
    """The kind and subject that the address or the form names; completion where it names none."""
    asked = request.POST if request.method == "POST" else request.GET
    name = asked.get("kind") or Kind.COMPLETION
    if name not in kinds.KINDS:
        raise Http404
    behavior = kinds.of(name)
    subject = asked.get("subject", "")[:80]
    known = [code for code, _title in behavior.subjects(record)]
    if subject not in known:
        subject = known[0] if known else ""
    return behavior, subject


def _back(record: TrainingRecord, behavior: kinds.CertificateKind, subject: str) -> HttpResponse:
    named = {"kind": behavior.kind, **({"subject": subject} if subject else {})}
    query = "" if behavior.kind == Kind.COMPLETION else f"?{urlencode(named)}"
    return redirect(reverse("certificates:record", args=[record.uuid]) + query)


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
    status: int = 200,
) -> HttpResponse:
    """Everything about one kind of certificate of a record; `kind` overrules what the request names."""
    behavior, subject = (kinds.of(kind), "") if kind else _chosen(request, record)
    case = behavior.judge(record, subject)
    transcript, eligibility = case.transcript, case.eligibility
    certificate = certificate_of(record, behavior.kind, subject)
    proposal = _proposal(record, behavior, subject)
    waiting = proposal if proposal and (behavior.renews or not certificate) else None
    others = []
    if waiting:
        everybody = signers_of([record.school_id])[record.school_id]
        others = [signer for signer in everybody if signer.pk != waiting.proposed_by_id]
    learner = record.learner.user
    context: dict[str, Any] = {
        "record": record,
        "learner": learner,
        "kind": behavior.kind,
        "subject": subject,
        "subjects": behavior.subjects(record),
        "renews": behavior.renews,
        "choices": [{"kind": one, "label": Kind(one).label} for one in kinds.KINDS],
        "wish": open_request(record) if behavior.kind == Kind.LETTER else None,
        "licence_form": licence_form or LicenceForm(),
        "transcript": transcript,
        "eligibility": eligibility,
        "conditions": [
            {
                "row": row,
                "title": wording.title_of(row),
                "gap": "" if row.met else wording.gap(row, transcript.evaluation.unit_minutes),
                "in_hours": row.required is not None and row.has is not None,
            }
            for row in eligibility.rows
        ],
        "proposal": waiting,
        "certificate": certificate,
        "prepared_by_me": bool(waiting and waiting.proposed_by_id == request.user.pk),
        "others": others,
        "refused": refused.messages if refused else [],
        "sign_form": sign_form or SignForm(),
        "name_form": name_form or LatinNameForm(initial={"latin_name": learner.latin_name if learner else ""}),
        "name_open": bool(name_form) or any(row.kind == "name" and row.code for row in eligibility.missing),
        "revoke_form": revoke_form or RevokeForm(initial={"revoked_on": certificate.today() if certificate else None}),
    }
    return render(request, "certificates/record.html", context, status=status)


@role_required(*SIGNER_ROLES)
@require_safe
def record(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Everything that a signer must read about one record, and the next step."""
    return record_page(request, record_to_certify(request.user, uuid))  # type: ignore[arg-type]


@role_required(*SIGNER_ROLES)
@require_POST
def propose(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The first hand."""
    subject = record_to_certify(request.user, uuid)  # type: ignore[arg-type]
    behavior, about = _chosen(request, subject)
    try:
        services.propose_certificate(record=subject, by=request.user, kind=behavior.kind, subject=about)  # type: ignore[arg-type]
    except ValidationError as refused:
        return record_page(request, subject, refused=refused, status=422)
    messages.success(request, _("Prepared. Another registrar must read it and sign."))
    return _back(subject, behavior, about)


@role_required(*SIGNER_ROLES)
@require_POST
def issue(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The second hand."""
    subject = record_to_certify(request.user, uuid)  # type: ignore[arg-type]
    behavior, about = _chosen(request, subject)
    proposal = _proposal(subject, behavior, about)
    if proposal is None:
        messages.warning(request, _("There is nothing to sign: it was not prepared, or was withdrawn."))
        return _back(subject, behavior, about)
    form = SignForm(request.POST)
    done = not behavior.renews and certificate_of(subject, behavior.kind, about)
    if not form.is_valid() and not done:
        return record_page(request, subject, sign_form=form, status=422)
    try:
        certificate = services.issue_certificate(proposal=proposal, by=request.user)  # type: ignore[arg-type]
    except ValidationError as refused:
        return record_page(request, subject, refused=refused, sign_form=form, status=422)
    messages.success(
        request, _("Issued: %(code)s. The graduate gets a mail with the way to it.") % {"code": certificate.code}
    )
    return _back(subject, behavior, about)


@role_required(*SIGNER_ROLES)
@require_POST
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take the first hand back."""
    subject = record_to_certify(request.user, uuid)  # type: ignore[arg-type]
    behavior, about = _chosen(request, subject)
    proposal = _proposal(subject, behavior, about)
    if proposal is not None:
        try:
            services.withdraw_proposal(proposal=proposal, by=request.user)  # type: ignore[arg-type]
        except ValidationError as refused:
            return record_page(request, subject, refused=refused, status=422)
    messages.success(request, _("Withdrawn. Nothing was issued; it can be prepared again at any time."))
    return _back(subject, behavior, about)


@role_required(*SIGNER_ROLES)
@require_POST
def revoke(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say that it no longer holds."""
    subject = record_to_certify(request.user, uuid)  # type: ignore[arg-type]
    behavior, about = _chosen(request, subject)
    certificate = certificate_of(subject, behavior.kind, about)
    if certificate is None:
        messages.warning(request, _("There is no certificate to revoke."))
        return _back(subject, behavior, about)
    form = RevokeForm(request.POST)
    if form.is_valid():
        try:
            services.revoke_certificate(
                certificate=certificate,
                by=request.user,  # type: ignore[arg-type]
                reason=form.cleaned_data["reason"],
                on=form.cleaned_data["revoked_on"],
            )
        except ValidationError as refused:
            form.add_error(None, refused)
    if not form.is_valid():
        return record_page(request, subject, revoke_form=form, status=422)
    messages.success(request, _("Revoked. Whoever checks the code sees it from now on, and the graduate gets a mail."))
    return _back(subject, behavior, about)
