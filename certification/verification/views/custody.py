"""Where who keeps or signs for a school finds its certificates, and sends them again; each sending is noted."""

from typing import Any, cast
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import role_required
from accounts.buttons import by_button
from accounts.models import User
from accounts.selectors import custody_schools_of, has_role, schools_of
from certification.certificates.access import certificate_kept
from certification.certificates.models import Certificate, Revocation
from certification.certificates.services import revoke_certificate
from certification.records.selectors import closing_of

from .. import services
from ..forms import OrderForm
from ..models import Consent
from ..rules import SENDING_ROLES, named_address
from ..selectors import kept, kept_certificates, sendings_of

A_PAGE = 25


@role_required(*SENDING_ROLES)
@require_safe
def custody(request: HttpRequest) -> HttpResponse:
    """What these schools issued, by name or code. Of a school that has closed only its custodian comes here."""
    schools = schools_of(cast(User, request.user), *SENDING_ROLES)
    query = request.GET.get("q", "")[:100].strip()
    page = Paginator(kept_certificates(schools, query), A_PAGE).get_page(request.GET.get("page"))
    chooses = custody_schools_of(cast(User, request.user)).exists()
    return render(request, "verification/custody.html", {"page_obj": page, "query": query, "chooses": chooses})


def _page(
    request: HttpRequest, certificate: Certificate, *, form: Form | None = None, refused: str = "", status: int = 200
) -> HttpResponse:
    closing = closing_of(certificate.school)
    found = kept(certificate)
    context: dict[str, Any] = {
        "certificate": certificate,
        "address": found.address,
        "consents": [(consent, named_address(consent.recipient)) for consent in found.consents],
        "sendings": sendings_of(certificate),
        "closing": closing,
        "may_revoke": bool(
            closing and not certificate.is_revoked and has_role(_user(request), certificate.school_id, "custodian")
        ),
        "form": form or OrderForm(initial={"revoked_on": certificate.today()}),
        "refused": refused,
        "key": uuid4(),
    }
    return render(request, "verification/custody_one.html", context, status=status)


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


@role_required(*SENDING_ROLES)
@require_safe
def one(request: HttpRequest, code: str) -> HttpResponse:
    """One certificate: its files as issued, to whom it was sent, and the ways to send it."""
    return _page(request, certificate_kept(_user(request), code))


@role_required(*SENDING_ROLES)
@by_button("verification:custody_one", "code")
def send(request: HttpRequest, code: str) -> HttpResponse:
    """Mail the graduate at her own address."""
    certificate = certificate_kept(_user(request), code)
    try:
        services.send_to_graduate(certificate=certificate, by=_user(request), key=_key(request))
    except ValidationError as refused:
        return _page(request, certificate, refused=" ".join(refused.messages), status=422)
    messages.success(request, _("Sent to the graduate’s own address, and noted below."))
    return redirect("verification:custody_one", code=certificate.code)


@role_required(*SENDING_ROLES)
@by_button("verification:custody_one", "code")
def send_named(request: HttpRequest, code: str, uuid: UUID) -> HttpResponse:
    """Mail the graduate's link to whom she named in it."""
    certificate = certificate_kept(_user(request), code)
    consent = Consent.objects.select_related("certificate__school").filter(certificate=certificate, uuid=uuid).first()
    if consent is None:
        raise Http404
    try:
        services.send_to_named(consent=consent, by=_user(request), key=_key(request))
    except ValidationError as refused:
        return _page(request, certificate, refused=" ".join(refused.messages), status=422)
    messages.success(request, _("Sent to the address that the graduate named, and noted below."))
    return redirect("verification:custody_one", code=certificate.code)


@role_required(*SENDING_ROLES)
@by_button("verification:custody_one", "code")
def order(request: HttpRequest, code: str) -> HttpResponse:
    """End a certificate of a school that has closed, as a board or court ordered."""
    certificate = certificate_kept(_user(request), code)
    form = OrderForm(request.POST)
    if form.is_valid():
        try:
            revoke_certificate(
                certificate=certificate,
                by=_user(request),
                reason=Revocation.Reason.ORDER,
                on=form.cleaned_data["revoked_on"],
            )
        except ValidationError as refused:
            form.add_error(None, ValidationError(refused.messages))
    if not form.is_valid():
        return _page(request, certificate, form=form, status=422)
    messages.success(request, _("Revoked. Whoever checks the code sees it from now on, and the graduate gets a mail."))
    return redirect("verification:custody_one", code=certificate.code)


def _key(request: HttpRequest) -> str:
    return request.POST.get("key", "")[:60] or str(uuid4())
