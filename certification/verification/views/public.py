"""The public check, and the door to issued documents."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import role_required
from certification import limits
from certification.certificates.models import CertificateDocument
from certification.certificates.selectors import SIGNER_ROLES, read_code

from .. import services
from ..access import document_for, revoked_certificate
from ..models import Disclosure
from ..selectors import cases_about, lists_with, organisations_told, shared, status_of, told_of
from ..wording import told
from .answers import paper_response, private, slow_down

Format = CertificateDocument.Format


def _ask(
    request: HttpRequest, *, typed: str = "", refused: ValidationError | None = None, status: int = 200
) -> HttpResponse:
    error = " ".join(refused.messages) if refused else ""
    return private(render(request, "verification/ask.html", {"typed": typed[:60], "error": error}, status=status))


@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """Where a code is typed; a well-formed one leads to its answer."""
    typed = request.GET.get("code")
    if typed is None:
        return _ask(request)
    try:
        code = read_code(typed)
    except ValidationError as refused:
        return _ask(request, typed=typed, refused=refused)
    name = request.GET.get("name", "").strip()
    query = "?" + urlencode({"name": name}) if name else ""
    return private(redirect(reverse("verification:check", args=[code]) + query))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, code: str) -> HttpResponse:
    """The answer to one code: a verdict, what anyone may know, and more for who holds the graduate's link.

    A POST asks, and only keeps the name that is compared out of the address: it does nothing in anybody's name, so it
    carries no token, and a stranger who checks gets no cookie.
    """
    wait = limits.seconds_to_wait(request)
    if wait:
        return slow_down(request, wait)
    try:
        code = read_code(code)
    except ValidationError as refused:
        return _ask(request, typed=code, refused=refused, status=404)
    token = request.GET.get("t", "")
    opened = shared(code, token)
    asked = (request.POST.get("name") or request.GET.get("name") or "").strip()[:200]
    context: dict[str, Any] = {"code": code, "checked_at": timezone.now(), "token": token}
    if opened:
        if request.method != "HEAD":  # a POST shows as much as a GET
            services.note_look(
                consent=opened.consent,
                face=Disclosure.Face.PAGE,
                told=told(opened.certificate.state, "name", *(["totals"] if opened.shows_hours else [])),
            )
        context |= {"shared": opened, "status": opened.certificate.state, "certificate": opened.certificate}
        return private(render(request, "verification/shared.html", context))
    status = status_of(code, name=asked)
    if status.is_miss:
        limits.count_miss(request)
    context |= {"answer": status, "status": status.status, "asked": asked, "link_ended": bool(token)}
    # Parts of the page are kept by what they print: nothing of a code that is unknown, nothing of a name that was typed.
    context |= {"told": None if status.is_unknown else replace(status, name=None), "nobody_named": not asked}
    return private(render(request, "verification/check.html", context))


@require_safe
def paper(request: HttpRequest, code: str, format: str) -> HttpResponse:
    """An issued file, byte for byte; who is not logged in is counted like at the other faces."""
    guest = not request.user.is_authenticated
    wait = limits.seconds_to_wait(request) if guest else 0
    if wait:
        return slow_down(request, wait)
    try:
        opened = document_for(request.user, code, request.GET.get("t", ""), format)  # type: ignore[arg-type]
    except Http404:
        if guest:
            limits.count_miss(request)
        raise
    if opened.document is None:
        response = render(request, "verification/in_the_making.html", {"certificate": opened.certificate}, status=503)
        response["Retry-After"] = "10"
        return private(response)
    if opened.shared and request.method == "GET":
        face = Disclosure.Face.PDF if format == Format.PDF else Disclosure.Face.FILE
        services.note_look(consent=opened.shared.consent, face=face, told=told(opened.certificate.state, format))
    return paper_response(opened.document, opened.certificate, download="download" in request.GET)


@role_required(*SIGNER_ROLES)
@require_safe
def those_told(request: HttpRequest, code: str) -> HttpResponse:
    """Who was shown a revoked certificate under the graduate's consent, so that the registrar can tell them."""
    certificate = revoked_certificate(request.user, code)  # type: ignore[arg-type]
    context = {
        "certificate": certificate,
        "told": told_of(certificate),
        "listed": lists_with(certificate),
        "asked": organisations_told(certificate),
        "cases": cases_about(certificate.record),
    }
    return private(render(request, "verification/told.html", context))
