"""The hours page: what a learner has, what counts, what is missing, and the rows behind each number."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ..access import own_records, record_for
from ..presenters import asked_of, hours_page, shown_almanac, shown_taken_back, why_not_counted, why_not_creditable
from ..presenters.asked import day_of
from ..rules import study_days
from ..selectors import contested, forecast_of, roles_at, taken_back, today_of, transcript_for

ROWS_A_PAGE = 100


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
    """Attended, creditable and counted by category, why minutes do not count, the calendar, and what is still missing.

    Ten queries however long the record is, those of the session and the reader among them.
    """
    record = record_for(request.user, uuid)  # type: ignore[arg-type]
    transcript = transcript_for(record)
    page_data, today = hours_page(transcript), today_of(record)
    return render(
        request,
        "records/hours.html",
        {
            "page_data": page_data,
            "record": record,
            "is_own": record.learner.user_id == request.user.pk,
            "forecast": forecast_of(transcript, today),
            "refused": why_not_creditable(page_data),
            "above": why_not_counted(page_data),
            "almanac": shown_almanac(
                study_days(page_data.entries),
                today=today,
                asked=day_of(f"{request.GET.get('month', '')}-01"),
                week_starts=page_data.spec.pace.week_starts,
                unit=page_data.unit,
                rows_url=reverse("records:rows", args=[record.uuid]),
            ),
        },
    )


def page_with(request: HttpRequest, uuids: Sequence[str], a_page: int = ROWS_A_PAGE) -> str | int | None:
    """The number of the page that holds the line named by `?line=`, else the one that `?page=` asks for."""
    asked = request.GET.get("line")
    return uuids.index(asked) // a_page + 1 if asked in uuids else request.GET.get("page")


@login_required
@require_safe
def rows(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The rows behind a number: all, or those of some categories, some days or one reason, as the address asks.

    Twelve queries however long the record is, those of the session and the reader among them.
    """
    record = record_for(request.user, uuid)  # type: ignore[arg-type]
    page_data = hours_page(transcript_for(record))
    asked = asked_of(request.GET, page_data)
    lines = asked.lines(page_data)
    page = Paginator(lines, ROWS_A_PAGE).get_page(page_with(request, [str(line.uuid) for line in lines]))
    is_own = record.learner.user_id == request.user.pk
    gone = [] if asked.of_lines_that_stand else taken_back(record)
    return render(
        request,
        "records/rows.html",
        {
            "record": record,
            "page_data": page_data,
            "category": asked.category,
            "asked": asked.words(),
            "page_obj": page,
            "lines": page_data.shown(list(page.object_list)),
            "attended": sum(line.minutes for line in lines),
            "creditable": sum(line.creditable for line in lines),
            "taken": sum(one.minutes for line in lines for one in line.refusals if one.reason == asked.reason),
            "gone": [
                shown_taken_back(one, record)
                for one in gone
                if (not asked.codes or one.entry.category in asked.codes) and asked.on(one.entry.date)
            ],
            "is_own": is_own,
            "claims": contested(record) if is_own else {},
            "may_correct": bool(roles_at(request.user, record)),  # type: ignore[arg-type]
        },
    )
