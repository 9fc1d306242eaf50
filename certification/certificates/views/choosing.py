"""Which kind of certificate, and of what, a page at the desk is about."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from certification.records.models import TrainingRecord

from .. import kinds
from ..models import Kind
from ..selectors import subjects_prepared


def chosen(request: HttpRequest, record: TrainingRecord) -> tuple[kinds.CertificateKind, str]:
    """The kind and subject that the address or the form names; completion, and the first subject, where it names none.

    A subject that it names is never another one: 404 where this record has no such thing.
    """
    asked = request.POST if request.method == "POST" else request.GET
    name = asked.get("kind") or Kind.COMPLETION
    if name not in kinds.KINDS:
        raise Http404
    behavior = kinds.of(name)
    subject = asked.get("subject", "")[:80]
    known = [code for code, _title in subjects_of(record, behavior)]
    if subject and subject not in known:
        raise Http404
    return behavior, subject or next(iter(known), "")


def subjects_of(record: TrainingRecord, behavior: kinds.CertificateKind) -> list[tuple[str, str]]:
    """What a record may get this kind for, and what it was once prepared for: code and title, each once.

    The second stays when the ground is lost, as after a regrade: a certificate of it must still be found and revoked.
    """
    grounds = dict(behavior.subjects(record))
    return list((grounds | subjects_prepared(record, behavior.kind) | grounds).items())


def back(record: TrainingRecord, behavior: kinds.CertificateKind, subject: str) -> HttpResponse:
    """Back to the record's page, at the same kind."""
    named = {"kind": behavior.kind, **({"subject": subject} if subject else {})}
    query = "" if behavior.kind == Kind.COMPLETION else f"?{urlencode(named)}"
    return redirect(reverse("certificates:record", args=[record.uuid]) + query)
