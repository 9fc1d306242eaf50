"""The school reads shifts: those of a placement, and one with its clock, its reflection, and what was decided."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ..access import school_placement, school_shift
from ..presenters import listed, shown_shift
from ..selectors import amendment_of, board_shift, boarded, clocks_of, left_out_of, sent_shifts
from .replies import page_of


@login_required
@require_safe
def placement_shifts(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The shifts of a placement that were ever sent, newest first, and when its learner was away by the clock."""
    placement = school_placement(request.user, uuid)  # type: ignore[arg-type]
    page = page_of(request, sent_shifts(placement))
    lines = listed(boarded(list(page.object_list), placement, timezone.now()))
    return render(
        request,
        "externships/desk_shifts.html",
        {"placement": placement, "page_data": page, "lines": lines, "away": clocks_of(placement)},
    )


@login_required
@require_safe
def school_reads(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One shift as the school sees it."""
    found = school_shift(request.user, uuid)  # type: ignore[arg-type]
    decisions = list(found.decisions.order_by("version"))
    rows = found.rows.defer("shown").select_related("link__supervisor").order_by("pk")
    return render(
        request,
        "externships/desk_shift.html",
        {
            "shift": found,
            "placement": found.placement,
            "shown": shown_shift(found),
            "decisions": decisions,
            "row": board_shift(found, decisions, rows, timezone.now(), amendment_of(found)),
            "left_out": left_out_of(found) if found.state == found.State.SIGNED else [],
        },
    )
