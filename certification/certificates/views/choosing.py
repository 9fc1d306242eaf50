"""Which kind of certificate, and of what, a page at the desk is about."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from certification.records.models import TrainingRecord

from .. import kinds
from ..models import Kind


def chosen(request: HttpRequest, record: TrainingRecord) -> tuple[kinds.CertificateKind, str]:
    """The kind and subject that the address or the form names; completion where it names none."""
    asked = request.POST if request.method == "POST" else request.GET
    name = asked.get("kind") or Kind.COMPLETION
    if name not in kinds.KINDS:
        raise Http404
    behavior = kinds.of(name)
    subject = asked.get("subject", "")[:80]
    known = [code for code, _title in behavior.subjects(record)]
    if subject not in known:
        subject = known[0] if known else ""
    return behavior, subject


def back(record: TrainingRecord, behavior: kinds.CertificateKind, subject: str) -> HttpResponse:
    """Back to the record's page, at the same kind."""
    named = {"kind": behavior.kind, **({"subject": subject} if subject else {})}
    query = "" if behavior.kind == Kind.COMPLETION else f"?{urlencode(named)}"
    return redirect(reverse("certificates:record", args=[record.uuid]) + query)
