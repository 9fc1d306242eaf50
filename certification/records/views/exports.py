"""Downloads: one record with its proofs, its hours as a table, and a school's whole log."""

from typing import cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import role_required
from accounts.models import User

from .. import services
from ..access import SEALING_ROLES, record_to_export, sealing_school
from ..models import TrainingRecord
from ..selectors import last_checkpoint

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


def as_download(response: HttpResponseBase, name: str, kind: str) -> HttpResponseBase:
    """A file to be kept, never shown inside our pages nor kept by a cache."""
    response["Content-Type"] = KINDS[kind]
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Robots-Tag"] = "noindex"
    return response


@login_required
@require_safe
def record_zip(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """One record with everything that proves it, for its learner and for registrars of its school."""
    record, whole = record_to_export(cast(User, request.user), uuid)
    body = services.export_record(record=record, whole=whole)
    return as_download(HttpResponse(body), f"record-{record.uuid}", "zip")


@login_required
@require_safe
def hours_table(request: HttpRequest, uuid: str, kind: str) -> HttpResponseBase:
    """All lines of a record as a table."""
    try:
        record, _whole = record_to_export(cast(User, request.user), UUID(uuid))
    except ValueError as error:
        raise Http404 from error
    return as_download(HttpResponse(services.hours_table(record=record, kind=kind)), f"hours-{record.uuid}", kind)


@role_required(*SEALING_ROLES)
@require_safe
def desk_export(request: HttpRequest) -> HttpResponse:
    """What an export of the school would hold, and how much of it is proved. Six queries."""
    school, schools = sealing_school(cast(User, request.user), request.GET.get("school"))
    log = services.ensure_log(school=school)
    newest = last_checkpoint(log)
    return render(
        request,
        "records/desk_export.html",
        {
            "school": school,
            "schools": schools,
            "log": log,
            "records": TrainingRecord.objects.filter(school=school).count(),
            "newest": newest,
            "unproved": log.size - (newest.size if newest else 0),
        },
    )


@login_required
@require_safe
def school_zip(request: HttpRequest) -> HttpResponseBase:
    """The school's whole log, by the piece."""
    school, _schools = sealing_school(cast(User, request.user), request.GET.get("school"))
    services.ensure_log(school=school)
    return as_download(StreamingHttpResponse(services.export_school(school=school)), f"school-{school.slug}", "zip")
