"""Hands an attached paper to whoever may read it; the caller has asked for the right already."""

from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase

from ..models.corrections import Attached


def paper_response(row: Attached) -> HttpResponseBase:
    """The paper as a download, never shown inside our pages nor kept by a cache; 404 where there is none."""
    if not row.attachment:
        raise Http404
    try:
        opened = row.attachment.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(opened, as_attachment=True, filename=row.attachment_name, content_type=row.attachment_type)
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Robots-Tag"] = "noindex"
    return response
