"""The hours page: what a learner has, what counts, what is missing, and the rows behind each number."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from ..access import own_records, record_for
from ..presenters import hours_page, shown_taken_back
from ..selectors import contested, roles_at, taken_back, transcript_for

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
    return render(
        request,
        "records/hours.html",
        {"page_data": hours_page(transcript), "record": record, "is_own": record.learner.user_id == request.user.pk},
    )


def page_with(request: HttpRequest, uuids: Sequence[str], a_page: int = ROWS_A_PAGE) -> str | int | None:
    """The number of the page that holds the line named by `?line=`, else the one that `?page=` asks for."""
    asked = request.GET.get("line")
    return uuids.index(asked) // a_page + 1 if asked in uuids else request.GET.get("page")


@login_required
@require_safe
def rows(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The rows behind a number: all, or those of the categories named and what lies under them."""
    record = record_for(request.user, uuid)  # type: ignore[arg-type]
    page_data = hours_page(transcript_for(record))
    asked = request.GET.getlist("category")[:MOST_CATEGORIES]
    known = [node for node in map(page_data.node, asked) if node is not None]
    lines = page_data.lines_in(asked)
    page = Paginator(lines, ROWS_A_PAGE).get_page(page_with(request, [str(shown.line.uuid) for shown in lines]))
    wanted = page_data.codes_in(asked)
    is_own = record.learner.user_id == request.user.pk
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
            "gone": [
                shown_taken_back(one, record)
                for one in taken_back(record)
                if not wanted or one.entry.category in wanted
            ],
            "is_own": is_own,
            "claims": contested(record) if is_own else {},
            "may_correct": bool(roles_at(request.user, record)),  # type: ignore[arg-type]
        },
    )
