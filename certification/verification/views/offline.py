"""Checking without us: the page that explains it, the single file that does it, and a graduate's evidence bundle."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from certification.certificates.access import may_read
from certification.certificates.rules import sha256
from certification.certificates.selectors import certificate_by_code, read_code
from certification.records.models import TrainingRecord

from .. import tool
from ..bundles import evidence_bundle
from ..offline.__main__ import PACKAGES


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What a file of ours proves and what it does not, in words for a lawyer; how to check it."""
    digest = sha256(tool.single_file())
    context = {
        "packages": PACKAGES,
        "digest": digest,
        "name": tool.NAME,
        "platform": f"{settings.BASE_URL}/.well-known/did.json",
    }
    return render(request, "verification/offline.html", context)


@require_safe
def single_file(request: HttpRequest) -> HttpResponse:
    """The checks as one file. No query."""
    response = HttpResponse(tool.single_file(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{tool.NAME}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@login_required
@require_safe
def evidence(request: HttpRequest, code: str) -> HttpResponse:
    """Everything that proves the hours behind a certificate, for its graduate and who signs for its school."""
    try:
        certificate = certificate_by_code(read_code(code))
    except ValidationError as error:
        raise Http404 from error
    if certificate is None or not may_read(request.user, certificate):  # type: ignore[arg-type]
        raise Http404
    record = TrainingRecord.objects.select_related("school", "rule_set", "learner__user").get(pk=certificate.record_id)
    response = HttpResponse(evidence_bundle(record=record), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="evidence-{certificate.code}.zip"'
    response["Cache-Control"] = "private, no-store"
    return response
