"""The graduate's certificates and transcripts: what each file is for, how long it holds, what lacks for the next."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.buttons import by_button
from accounts.models import User
from certification.records.access import own_record, own_records
from certification.records.models import TrainingRecord
from certification.records.selectors import closing_of, own_standing_holds

from .. import kinds, services, wording
from ..access import own_certificate
from ..models import Kind
from ..selectors import (
    approvals_of,
    certificate_with_files,
    certificates_of,
    conditions_of,
    records_without_certificate,
    wishes_of,
)

JUDGED = 3
"""So many records on the way are judged on one page (14 queries each at most); the others lead to their hours."""
GAPS = 4


def _judged(record: TrainingRecord) -> kinds.Case:
    """The record by what its program leads to: an approved course to its CE certificate, any other to completion."""
    return kinds.of(Kind.CE if approvals_of(record) else Kind.COMPLETION).judge(record)


@login_required
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """A person's certificates with code, state and document; what keeps one back; where none is, what it
    takes, and a letter to ask for.

    It asks nothing of an enrollment: it stays when the program, the place in it or the school has ended.
    """
    user = cast(User, request.user)
    without = records_without_certificate(user)
    underway = [record for record in without if record.sealed_at is None]
    wishes = wishes_of(underway)
    ways = []
    for number, record in enumerate(underway):
        gaps: list[str] = []
        if number < JUDGED:
            case = _judged(record)
            unit = case.transcript.evaluation.unit_minutes
            gaps = [wording.gap(row, unit) for row in case.eligibility.missing]
        ways.append(
            {
                "record": record,
                "gaps": gaps[:GAPS],
                "more": len(gaps[GAPS:]),
                "judged": number < JUDGED,
                **wishes[record.pk],
            }
        )
    return render(
        request,
        "certificates/own.html",
        {
            "certificates": certificates_of(user),
            "ways": ways,
            "ended": [record for record in without if record.sealed_at is not None],
            "holds": own_standing_holds(user),
        },
    )


@login_required
@require_safe
def one(request: HttpRequest, code: str) -> HttpResponse:
    """One certificate of hers: every file, what to do with each in steps, how long it holds and what comes after."""
    certificate = certificate_with_files(own_certificate(request.user, code))  # type: ignore[arg-type]
    return render(
        request,
        "certificates/own_one.html",
        {
            "certificate": certificate,
            "formats": [str(one) for one in kinds.of(certificate.kind).formats],
            "closing": closing_of(certificate.school),
            "next": getattr(certificate.record, "followed_by", None),
        },
    )


@login_required
@by_button("certificates:own")
def ask_for_letter(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask the registrar for an interim letter of hours."""
    record = own_records(request.user).filter(uuid=uuid).first()  # type: ignore[arg-type]
    if record is None:
        raise Http404
    try:
        services.ask_for_letter(record=record, by=request.user)  # type: ignore[arg-type]
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(
            request, _("Asked. When two people have signed the letter, you get a mail and it stands here.")
        )
    return redirect("certificates:own")


@login_required
@require_safe
def conditions(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What her certificate takes, condition by condition, each with the lines behind it. At most 20 queries."""
    record = own_record(cast(User, request.user), uuid)
    case = _judged(record)
    return render(
        request,
        "certificates/conditions.html",
        {
            "record": record,
            "transcript": case.transcript,
            "eligibility": case.eligibility,
            "conditions": conditions_of(case.transcript, case.eligibility),
        },
    )
