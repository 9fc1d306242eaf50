"""The graduate's links to one certificate."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from certification.certificates.access import own_certificate
from certification.certificates.models import Certificate

from .. import rules, services
from ..access import own_consent
from ..forms import ShareForm
from ..selectors import consents_of, is_hidden, state_of_consent, token_of
from .answers import private


def _sharing_page(
    request: HttpRequest, certificate: Certificate, *, form: ShareForm | None = None, status: int = 200
) -> HttpResponse:
    links = []
    for consent in consents_of(certificate):
        state = state_of_consent(consent)
        token = token_of(consent) if state == rules.OPEN else ""
        address = f"{settings.BASE_URL}/verify/{certificate.code}?t={token}" if token else ""
        links.append({"consent": consent, "state": state, "address": address})
    context = {
        "certificate": certificate,
        "links": links,
        "hidden": is_hidden(certificate),
        "form": form or ShareForm.fresh(certificate),
    }
    return private(render(request, "verification/sharing.html", context, status=status))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sharing(request: HttpRequest, code: str) -> HttpResponse:
    """A graduate's links to one certificate: make one, see who looked, withdraw, hide the code."""
    certificate = own_certificate(request.user, code)  # type: ignore[arg-type]
    if request.method != "POST":
        return _sharing_page(request, certificate)
    form = ShareForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            consent, _token = services.share_certificate(
                certificate=certificate,
                by=request.user,  # type: ignore[arg-type]
                until_on=given["until_on"],
                scope=given["scope"],
                recipient=given["recipient"],
                purpose=given["purpose"],
                signed_name=given["signed_name"],
                source_key=f"form:{given['key']}",
            )
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("The link is ready. Copy it and send it yourself: we mail it to nobody."))
            return redirect(reverse("verification:sharing", args=[code]) + f"#link-{consent.uuid}")
    return _sharing_page(request, certificate, form=form, status=422)


@login_required
@require_POST
def withdraw(request: HttpRequest, code: str, uuid: UUID) -> HttpResponse:
    """Close a link."""
    consent = own_consent(request.user, code, uuid)  # type: ignore[arg-type]
    services.withdraw_consent(consent=consent, by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("Withdrawn. The link opens nothing any more."))
    return redirect("verification:sharing", code=code)


@login_required
@require_POST
def hide(request: HttpRequest, code: str) -> HttpResponse:
    """Hide the code, or let it answer again."""
    certificate = own_certificate(request.user, code)  # type: ignore[arg-type]
    hidden = request.POST.get("hidden") == "1"
    services.set_hidden(certificate=certificate, by=request.user, hidden=hidden)  # type: ignore[arg-type]
    if hidden:
        messages.success(request, _("Hidden. Whoever checks the code now is told that no certificate has it."))
    else:
        messages.success(request, _("Shown. Whoever checks the code is told again that it is valid, or not."))
    return redirect("verification:sharing", code=code)
