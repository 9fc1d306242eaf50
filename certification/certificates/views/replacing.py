"""A new certificate in the place of one that was issued: what differs, why, and the first hand."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import role_required
from accounts.models import User

from .. import kinds, services, wording
from ..access import record_to_certify
from ..forms import ReplaceForm
from ..models import Certificate
from ..selectors import (
    SIGNER_ROLES,
    certificate_of,
    conditions_of,
    open_proposal,
    signing_gap,
)
from .choosing import back, chosen


@role_required(*SIGNER_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def replace(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Propose a new certificate in the place of the newest one of a record. At most 20 queries."""
    user = cast(User, request.user)
    record = record_to_certify(user, uuid)
    behavior, subject = chosen(request, record)
    certificate = certificate_of(record, behavior.kind, subject)
    if certificate is None:
        messages.warning(request, _("There is no certificate to replace."))
        return back(record, behavior, subject)
    proposal = open_proposal(record, behavior.kind, subject)
    if proposal and proposal.supersedes_id == certificate.pk:
        messages.info(request, _("A new certificate is prepared already."))
        return back(record, behavior, subject)
    sent: Any = request.POST if request.method == "POST" else None
    form = ReplaceForm(sent, revoked=certificate.is_revoked)
    if form.is_bound and form.is_valid():
        try:
            services.propose_replacement(certificate=certificate, because=form.cleaned_data["because"], by=user)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("Prepared. Another registrar must read it and sign."))
            return back(record, behavior, subject)
    case = behavior.judge(record, subject)
    return render(
        request,
        "certificates/replace.html",
        {
            "record": record,
            "certificate": certificate,
            "kind": behavior.kind,
            "subject": subject,
            "form": form,
            "missing": conditions_of(case.transcript, case.eligibility).missing,
            "held": bool(case.eligibility.missing) and all(row.kind == "hold" for row in case.eligibility.missing),
            "differences": shown_differences(certificate, case) if case.eligibility.met else [],
            "why_not": signing_gap(user, record),
        },
        status=422 if form.is_bound else 200,
    )


def shown_differences(certificate: Certificate, case: kinds.Case) -> list[tuple[str, str, str]]:
    """What differs, as a page shows it: the thing, as the certificate says it, as the new one would."""
    unit = case.transcript.evaluation.unit_minutes
    return [wording.difference(one, unit) for one in kinds.of(certificate.kind).differs(certificate, case)]
