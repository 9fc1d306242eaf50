"""A new certificate in the place of one that was issued: what differs, why, and the first hand."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import role_required
from accounts.models import User

from .. import services, wording
from ..access import record_to_certify
from ..forms import ReplaceForm
from ..selectors import (
    SIGNER_ROLES,
    certificate_of,
    conditions_of,
    judge,
    open_proposal,
    signing_gap,
    what_would_differ,
)


@role_required(*SIGNER_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def replace(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Propose a new certificate in the place of the newest one of a record. At most 20 queries."""
    user = cast(User, request.user)
    record = record_to_certify(user, uuid)
    certificate = certificate_of(record)
    if certificate is None:
        messages.warning(request, _("There is no certificate to replace."))
        return redirect("certificates:record", uuid=uuid)
    proposal = open_proposal(record)
    if proposal and proposal.supersedes_id == certificate.pk:
        messages.info(request, _("A new certificate is prepared already."))
        return redirect("certificates:record", uuid=uuid)
    sent: Any = request.POST if request.method == "POST" else None
    form = ReplaceForm(sent, revoked=certificate.is_revoked)
    if form.is_bound and form.is_valid():
        try:
            services.propose_replacement(certificate=certificate, because=form.cleaned_data["because"], by=user)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("Prepared. Another registrar must read it and sign."))
            return redirect("certificates:record", uuid=uuid)
    transcript, eligibility = judge(record)
    return render(
        request,
        "certificates/replace.html",
        {
            "record": record,
            "certificate": certificate,
            "form": form,
            "missing": conditions_of(transcript, eligibility).missing,
            "differences": shown_differences(certificate, transcript) if eligibility.met else [],
            "why_not": signing_gap(user, record),
        },
        status=422 if form.is_bound else 200,
    )


def shown_differences(certificate: Any, transcript: Any) -> list[tuple[str, str, str]]:
    """What differs, as a page shows it: the thing, as the certificate says it, as the new one would."""
    unit = transcript.evaluation.unit_minutes
    return [wording.difference(one, unit) for one in what_would_differ(certificate, transcript)]
