"""What every answer of this room carries: no copy on the way, no search engine; and the answer to whoever asks too much."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from certification.certificates.models import CertificateDocument

Format = CertificateDocument.Format


def private(response: HttpResponse) -> HttpResponse:
    """No copy kept on the way, no search engine, no address told to the next site.

    Not `no-referrer`: with it browsers send our own forms with `Origin: null`, and the CSRF check refuses them.
    """
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"
    return response


def slow_down(request: HttpRequest, wait: int) -> HttpResponse:
    """The answer to an address that may ask again only in `wait` seconds."""
    response = render(request, "verification/slow.html", {"minutes": -(-wait // 60)}, status=429)
    response["Retry-After"] = str(wait)
    return private(response)
