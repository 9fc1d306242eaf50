"""The graduate's certificates."""

from typing import cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from certification.records.access import own_record
from certification.records.selectors import own_standing_holds

from ..selectors import certificates_of, conditions_of, judge, records_without_certificate


@login_required
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """A person's certificates with code, state and document, and what keeps one back; where none is, what it takes."""
    user = cast(User, request.user)
    return render(
        request,
        "certificates/own.html",
        {
            "certificates": certificates_of(user),
            "underway": records_without_certificate(user),
            "holds": own_standing_holds(user),
        },
    )


@login_required
@require_safe
def conditions(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What her certificate takes, condition by condition, each with the lines behind it. At most twelve queries."""
    record = own_record(cast(User, request.user), uuid)
    transcript, eligibility = judge(record)
    return render(
        request,
        "certificates/conditions.html",
        {
            "record": record,
            "transcript": transcript,
            "eligibility": eligibility,
            "conditions": conditions_of(transcript, eligibility),
        },
    )
