"""What every answer of this room carries: no copy on the way, no search engine; and the answer to whoever asks too much."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import User
from accounts.selectors import roles_of
from certification.certificates.models import Certificate, CertificateDocument

from ..rules import ASKING_ROLES

Format = CertificateDocument.Format


def private(response: HttpResponse) -> HttpResponse:
    """No copy kept on the way, no search engine, no address told to the next site.

    Not `no-referrer`: with it browsers send our own forms with `Origin: null`, and the CSRF check refuses them.
    """
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"
    return response


# Format, media type, and the name of the file that is offered.
PAPERS = {
    Format.PDF: ("application/pdf", "certificate-{}.pdf"),
    Format.JSON: ("application/vc+ld+json", "certificate-{}.json"),
    Format.JWT: ("application/vc+jwt", "certificate-{}.jwt"),
    Format.PNG: ("image/png", "certificate-{}.png"),
    Format.TRANSCRIPT: ("application/pdf", "transcript-{}.pdf"),
    Format.CLR: ("application/vc+ld+json", "transcript-{}.json"),
    Format.NOTICE: ("application/pdf", "revocation-{}.pdf"),
}


def paper_response(issued: CertificateDocument, certificate: Certificate, *, download: bool) -> HttpResponse:
    """An issued file, byte for byte; shown where a browser can, unless it is to be kept."""
    kind, name = PAPERS[Format(issued.format)]
    response = HttpResponse(bytes(issued.body), content_type=kind)
    shown = "inline" if kind in ("application/pdf", "image/png") and not download else "attachment"
    response["Content-Disposition"] = f'{shown}; filename="{name.format(certificate.code)}"'
    response["X-Content-Type-Options"] = "nosniff"
    return private(response)


def checker_required(*roles: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Guard a view of the desk of checks: log in first; who holds none of `roles` anywhere reads how to come to it (403)."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            held = {role for _place, role in roles_of(cast(User, request.user))}
            if held.isdisjoint(roles):
                context = {"checks": not held.isdisjoint(ASKING_ROLES)}
                return private(render(request, "verification/stranger.html", context, status=403))
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def slow_down(request: HttpRequest, wait: int) -> HttpResponse:
    """The answer to an address that may ask again only in `wait` seconds."""
    response = render(request, "verification/slow.html", {"minutes": -(-wait // 60)}, status=429)
    response["Retry-After"] = str(wait)
    return private(response)
