"""What every answer of this room carries: no copy on the way, no search engine; and the answer to whoever asks too much."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from certification.certificates.models import Certificate, CertificateDocument

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


def slow_down(request: HttpRequest, wait: int) -> HttpResponse:
    """The answer to an address that may ask again only in `wait` seconds."""
    response = render(request, "verification/slow.html", {"minutes": -(-wait // 60)}, status=429)
    response["Retry-After"] = str(wait)
    return private(response)
