"""The hours page: what a learner has, what counts, what is missing, and the rows behind each number."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from ..access import own_records, record_for
from ..presenters import hours_page
from ..selectors import transcript_for

ROWS_A_PAGE = 100
MOST_CATEGORIES = 40


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead a learner to her newest record; teach one who has none."""
    records = list(own_records(request.user))  # type: ignore[arg-type]
    if len(records) == 1:
        return redirect("records:hours", uuid=records[0].uuid)
    return render(request, "records/home.html", {"records": records})


@login_required
@require_safe
def hours(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Attended, creditable and counted by category, and what is still missing."""
    record = record_for(request.user, uuid)  # type: ignore[arg-type]
    transcript = transcript_for(record)
    return render(request, "records/hours.html", {"page_data": hours_page(transcript), "record": record})


@login_required
@require_safe
def rows(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The rows behind a number: all, or those of the categories named and what lies under them."""
    record = record_for(request.user, uuid)  # type: ignore[arg-type]
    page_data = hours_page(transcript_for(record))
    asked = request.GET.getlist("category")[:MOST_CATEGORIES]
    known = [node for node in map(page_data.node, asked) if node is not None]
    lines = page_data.lines_in(asked)
    page = Paginator(lines, ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "records/rows.html",
        {
            "record": record,
            "page_data": page_data,
            "category": known[0] if len(known) == 1 else None,
            "several": known if len(known) > 1 else [],
            "page_obj": page,
            "attended": sum(line.minutes for line in lines),
            "creditable": sum(line.creditable for line in lines),
        },
    )
