"""The school's placements: the list, placing a learner from her record, changing, ending and opening again."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import role_required
from accounts.buttons import by_button
from accounts.selectors import schools_of

from ..access import record_to_place, school_placement
from ..forms import EditPlacementForm, EndPlacementForm, GoalForm, NewPlacementForm
from ..models import Placement
from ..selectors import (
    PLACING_ROLES,
    gates_to_show,
    goals_of,
    lost_to_a_licence,
    minutes_to_place,
    name_of_learner,
    named_supervisors,
    placements_beside,
    placements_of,
    placements_of_record,
    records_to_place,
    signed_by_kind,
    sites_of,
    steps_of,
    supervisors_at,
    waiting_requests,
)
from ..services import reopen_placement
from .replies import asked, kinds_asked, page_of, say, status_of, today_at


@role_required(*PLACING_ROLES)
@require_safe
def all_placements(request: HttpRequest) -> HttpResponse:
    """The placements of the schools where this person places learners: hours signed against hours needed."""
    schools = list(schools_of(request.user, *PLACING_ROLES))  # type: ignore[arg-type]
    query, _all = asked(request)
    state = request.GET.get("state", "live")
    page = page_of(request, placements_of(schools, query=query, state=state))
    return render(
        request,
        "externships/desk_all_placements.html",
        {
            "page_obj": page,
            "query": query,
            "state": state,
            "states": [("live", _("Approved and active")), *Placement.State.choices],
            "waiting": waiting_requests(schools),
            "today": today_at(schools[0]),
        },
    )


@role_required(*PLACING_ROLES)
@require_safe
def find_record(request: HttpRequest) -> HttpResponse:
    """Find the learner who is to be placed."""
    schools = list(schools_of(request.user, *PLACING_ROLES))  # type: ignore[arg-type]
    query, _state = asked(request)
    page = page_of(request, records_to_place(schools, query))
    return render(request, "externships/desk_find_record.html", {"page_obj": page, "query": query})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Send a learner to a site."""
    record = record_to_place(request.user, uuid)  # type: ignore[arg-type]
    today = today_at(record.school)
    sites = list(sites_of([record.school], today))
    form = NewPlacementForm(
        request.POST or None,
        record=record,
        sites=sites,
        today=today,
        by=request.user,  # type: ignore[arg-type]
        initial={"required_minutes": minutes_to_place(record) or None},
    )
    if request.method == "POST" and form.is_valid():
        made = form.save()
        if made is not None:
            messages.success(
                request,
                _("%(name)s is placed at %(site)s and can write down shifts there from the first day on.")
                % {"name": name_of_learner(made.record), "site": made.site},
            )
            return redirect("externships:desk_placement", uuid=made.uuid)
    return render(
        request,
        "externships/desk_place.html",
        {
            "form": form,
            "record": record,
            "sites": sites,
            "placements": placements_of_record(record),
            "today": today,
        },
        status=status_of(form),
    )


@login_required
@require_safe
def placement(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One placement: its days, its hours, what is needed before the first client, and who may sign there."""
    found = school_placement(request.user, uuid)  # type: ignore[arg-type]
    form = GoalForm(placement=found, by=request.user)  # type: ignore[arg-type]
    return render(request, "externships/desk_placement.html", {**shown(found), "form": form})


def shown(found: Placement) -> dict[str, Any]:
    """What the page of a placement shows, whoever of the school opens it."""
    today = today_at(found.site.organisation)
    live = found.state in Placement.LIVE
    return {
        "placement": found,
        "today": today,
        "live": live,
        "may_add": live or found.state == Placement.State.REQUESTED,
        "steps": steps_of(found),
        "gates": gates_to_show(found, timezone.now()) if live or found.state == Placement.State.REQUESTED else (),
        "goals": goals_of(found),
        "supervisors": supervisors_at(found),
        "named": bool(named_supervisors(found)),
        "kinds": kinds_asked(found, signed_by_kind(found)),
        "clashes": placements_beside(found) if found.state in Placement.ENDED else [],
        "lost": lost_to_a_licence(found),
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change the days and hours of a placement."""
    found = school_placement(request.user, uuid)  # type: ignore[arg-type]
    form = EditPlacementForm(request.POST or None, placement=found, by=request.user)  # type: ignore[arg-type]
    if request.method == "POST" and form.is_valid() and form.save() is not None:
        messages.success(request, _("Saved."))
        return redirect("externships:desk_placement", uuid=uuid)
    return render(
        request, "externships/desk_edit_placement.html", {"form": form, "placement": found}, status=status_of(form)
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """End a placement as complete or terminated."""
    found = school_placement(request.user, uuid)  # type: ignore[arg-type]
    form = EndPlacementForm(
        request.POST or None,
        placement=found,
        signed=found.signed,  # type: ignore[attr-defined]
        today=today_at(found.site.organisation),
        by=request.user,  # type: ignore[arg-type]
    )
    if request.method == "POST" and form.is_valid() and form.save() is not None:
        messages.success(request, _("The placement has ended. What waits for a signature can still be signed."))
        return redirect("externships:desk_placement", uuid=uuid)
    return render(
        request, "externships/desk_end_placement.html", {"form": form, "placement": found}, status=status_of(form)
    )


@login_required
@by_button("externships:desk_placement", "uuid")
def reopen(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Make an ended placement active again."""
    found = school_placement(request.user, uuid)  # type: ignore[arg-type]
    try:
        reopen_placement(
            placement=found,
            by=request.user,  # type: ignore[arg-type]
            although_clash="although_clash" in request.POST,
        )
    except ValidationError as error:
        say(request, error)
    else:
        messages.success(request, _("The placement is open again. Shifts can be written down."))
    return redirect("externships:desk_placement", uuid=uuid)
