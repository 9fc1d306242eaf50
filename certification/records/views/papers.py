"""Takes a form with its paper, and hands a paper to whoever may read it, the right being asked for already."""

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.utils.datastructures import MultiValueDict

from ..models.corrections import Attached


def sent(request: HttpRequest) -> tuple[QueryDict | None, MultiValueDict[str, UploadedFile] | None]:
    """What a form was sent with, nothing where it is only opened."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


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
