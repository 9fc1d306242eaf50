"""The instructor's board of one group: who is where and who is stuck, and its gradebook."""

from typing import cast
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import role_required
from accounts.models import User
from accounts.selectors import STAFF_ROLES, has_role
from certification.quizzes.access import RESULT_READERS
from certification.records.access import SEALING_ROLES
from certification.records.rules.tables import as_csv, as_xlsx
from certification.records.views.exports import as_download

from .. import board_rules
from ..access import cohort_for
from ..selectors import (
    BOARD_SORTS,
    SHOWS,
    cohort_progress,
    gradebook,
    gradebook_header,
    gradebook_rows,
    running_in,
    shown,
)
from ..selectors.gaps import ROWS_A_PAGE


@role_required(*STAFF_ROLES)
@require_safe
def progress(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Where each learner of a group is, stuck first. At most twelve queries, whatever its size."""
    user = cast(User, request.user)
    group = cohort_for(user, uuid)
    rows = cohort_progress(group, now=timezone.now())
    sort, show = request.GET.get("sort", ""), request.GET.get("show", "")
    sort, show = sort if sort in BOARD_SORTS else "stuck", show if show in SHOWS else ""
    page = Paginator(shown(rows, show=show, sort=sort), ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "study/desk_cohort_progress.html",
        {
            "cohort": group,
            "learners": len(rows),
            "stuck": sum(bool(row.reasons) for row in rows),
            "page_obj": page,
            "sort": sort,
            "sorts": BOARD_SORTS.items(),
            "show": show,
            "shows": SHOWS.items(),
            "rules": {
                "days": board_rules.OPENED_DAYS,
                "attempts": board_rules.FAILED_ATTEMPTS,
                "silent": board_rules.SILENT_DAYS,
            },
            "seals": has_role(user, group.program.school_id, *SEALING_ROLES),
        },
    )


@role_required(*STAFF_ROLES)
@require_safe
def grades(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Quizzes, grades and lessons of a group, learner by learner and module by module. At most fourteen queries."""
    user = cast(User, request.user)
    group = cohort_for(user, uuid)
    page = Paginator(running_in(group), ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "study/desk_cohort_grades.html",
        {
            "cohort": group,
            "book": gradebook(group, page.object_list),
            "page_obj": page,
            "seals": has_role(user, group.program.school_id, *SEALING_ROLES),
            "reads_results": has_role(user, group.program.school_id, *RESULT_READERS),
        },
    )


@role_required(*STAFF_ROLES)
@require_safe
def grades_table(request: HttpRequest, uuid: UUID, kind: str) -> HttpResponse:
    """The whole gradebook as CSV or XLSX. At most twelve queries."""
    group = cohort_for(cast(User, request.user), uuid)
    book = gradebook(group)
    header, rows = gradebook_header(book), gradebook_rows(book)
    if kind == "csv":
        body = as_csv(header, rows)
    elif kind == "xlsx":
        body = as_xlsx(header, rows, title="grades")
    else:
        raise Http404
    response = HttpResponse(body)
    as_download(response, f"grades-{group.uuid}", kind)
    return response
