"""The DID documents of platform and schools, for programs of anyone, anywhere."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from .proofs import did_of
from .selectors import document_of


@require_safe
def platform(request: HttpRequest) -> HttpResponse:
    """The document of the platform's DID. One query."""
    return _document(did_of(settings.BASE_URL))


@require_safe
def school(request: HttpRequest, slug: str) -> HttpResponse:
    """The document of a school's DID. One query."""
    return _document(did_of(settings.BASE_URL, "schools", slug))


def _document(did: str) -> HttpResponse:
    found = document_of(did)
    if found is None:
        raise Http404
    response = JsonResponse(found)
    response["Access-Control-Allow-Origin"] = "*"
    # A key that leaked must leave within minutes.
    response["Cache-Control"] = "public, max-age=300"
    response["X-Content-Type-Options"] = "nosniff"
    return response
