"""The coordinator's board, what is done to several placements at once, and the log of one on paper or as a table."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.access import role_required
from accounts.buttons import by_button
from accounts.models import User
from accounts.selectors import schools_of
from certification.records.rules.tables import Row, as_csv, as_xlsx
from certification.records.views.exports import as_download

from .. import rules
from ..access import own_placement, school_placement
from ..forms import SeveralForm
from ..models import Placement
from ..selectors import (
    PLACING_ROLES,
    SHOWS,
    board_of_schools,
    by_site,
    endings_of,
    log_of,
    placements_of,
    waiting_requests,
)
from ..services import bulk_placements
from ..tables import BOARD_HEADER, LOG_HEADER, board_rows, log_rows
from .replies import asked, say

PLACES_A_PAGE = 50


def _table(header: tuple[str, ...], rows: list[Row], name: str, kind: str) -> HttpResponse:
    if kind == "csv":
        body = as_csv(header, rows)
    elif kind == "xlsx":
        body = as_xlsx(header, rows, title="shifts")
    else:
        raise Http404
    response = HttpResponse(body)
    as_download(response, name, kind)
    return response


@role_required(*PLACING_ROLES)
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Who is where, hours against plan, what waits by age, who is at risk, who asks for a place, and what ends soon."""
    user = cast(User, request.user)
    schools, now = list(schools_of(user, *PLACING_ROLES)), timezone.now()
    found = board_of_schools(schools, now)
    query, _state = asked(request)
    show = request.GET.get("show", "")
    show = show if show in SHOWS else ""
    page = Paginator(found.shown(show, query), PLACES_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "externships/desk_board.html",
        {
            "board": found,
            "requests": waiting_requests(schools),
            "endings": endings_of(schools, now),
            "page_obj": page,
            "groups": by_site(page.object_list) if not show else [],
            "query": query,
            "show": show,
            "limits": {
                "behind": rules.BEHIND_PERCENT,
                "settling": rules.SETTLING_DAYS,
                "silent": rules.SILENT_DAYS,
                "waiting": rules.WAITING_DAYS,
                "returned": rules.RETURNED_DAYS,
                "week": rules.WEEK_MINUTES,
            },
            "form": SeveralForm(),
        },
    )


@role_required(*PLACING_ROLES)
@require_safe
def board_table(request: HttpRequest, kind: str) -> HttpResponse:
    """The whole board as CSV or XLSX."""
    found = board_of_schools(schools_of(cast(User, request.user), *PLACING_ROLES), timezone.now())
    return _table(BOARD_HEADER, list(board_rows(found.places)), "placements", kind)


@role_required(*PLACING_ROLES)
@by_button("externships:desk_board")
def several(request: HttpRequest) -> HttpResponse:
    """Say what would happen to several placements; once that is confirmed, do it."""
    user = cast(User, request.user)
    form = SeveralForm(request.POST)
    chosen = _chosen(user, request.POST.getlist("placement"))
    if not chosen:
        messages.error(request, _("Choose at least one placement."))
        return redirect("externships:desk_board")
    lines = []
    if form.is_valid():
        sure = request.POST.get("sure") == "yes"
        try:
            lines = bulk_placements(
                placements=chosen,
                action=form.cleaned_data["action"],
                ends_on=form.cleaned_data["ends_on"],
                by=user,
                only_look=not sure,
            )
        except ValidationError as error:
            say(request, error)
            return redirect("externships:desk_board")
        if sure:
            done = sum(line.done for line in lines)
            if done:
                messages.success(
                    request,
                    ngettext("Done for %(count)s placement.", "Done for %(count)s placements.", done) % {"count": done},
                )
            if done == len(lines):
                return redirect("externships:desk_board")
            lines = [line for line in lines if not line.done]
            return render(request, "externships/desk_several.html", {"form": form, "lines": lines, "over": True})
    return render(
        request,
        "externships/desk_several.html",
        {"form": form, "lines": lines, "chosen": chosen, "over": False, "would": sum(line.done for line in lines)},
        status=200 if form.is_valid() else 422,
    )


def _chosen(user: User, uuids: list[str]) -> list[Placement]:
    """The placements that were ticked, of this person's schools alone; what is none of them is left out."""
    wanted = set()
    for text in uuids[:500]:
        try:
            wanted.add(UUID(text))
        except ValueError:
            continue
    return list(placements_of(schools_of(user, *PLACING_ROLES)).filter(uuid__in=wanted))


@login_required
@require_safe
def log(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The log of a placement as it is printed, for the school."""
    placement = school_placement(cast(User, request.user), uuid)
    return _log(request, placement, own=False)


@login_required
@require_safe
def own_log(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The log of a placement as it is printed, for its learner."""
    return _log(request, own_placement(cast(User, request.user), uuid), own=True)


def _log(request: HttpRequest, placement: Placement, *, own: bool) -> HttpResponse:
    return render(request, "externships/log.html", {"log": log_of(placement), "placement": placement, "own": own})


@login_required
@require_safe
def log_table(request: HttpRequest, uuid: UUID, kind: str) -> HttpResponse:
    """The log of a placement as CSV or XLSX, for the school."""
    placement = school_placement(cast(User, request.user), uuid)
    return _table(LOG_HEADER, list(log_rows(log_of(placement))), f"log-{placement.uuid}", kind)


@login_required
@require_safe
def own_log_table(request: HttpRequest, uuid: UUID, kind: str) -> HttpResponse:
    """The log of a placement as CSV or XLSX, for its learner."""
    placement = own_placement(cast(User, request.user), uuid)
    return _table(LOG_HEADER, list(log_rows(log_of(placement))), f"log-{placement.uuid}", kind)
