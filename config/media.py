"""Serves public uploads (renditions, documents' thumbnails) where no web server stands before us."""

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.static import serve


def public_media(request: HttpRequest, path: str) -> HttpResponseBase:
    """One public file. Originals and documents are not here: those go through their own views."""
    if not path.startswith("images/"):
        raise Http404
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
