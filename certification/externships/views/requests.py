"""The school answers requests for placements, and keeps the goals of one."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.buttons import by_button

from ..access import school_goal, school_placement
from ..forms import ApprovePlacementForm, DeclinePlacementForm, GoalForm
from ..models import Placement
from ..selectors import name_of_learner, steps_of
from ..services import drop_goal, tick_goal
from .placements import shown
from .replies import say, status_of
from .sure import ask_once_more


def _decided_already(request: HttpRequest, found: Placement) -> HttpResponse | None:
    if found.state == Placement.State.REQUESTED:
        return None
    messages.info(request, _("This request was decided already."))
    return redirect("externships:desk_placement", uuid=found.uuid)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Approve a request with the days, hours and terms that are right."""
    found = school_placement(request.user, uuid)  # type: ignore[arg-type]
    over = _decided_already(request, found)
    if over is not None:
        return over
    form = ApprovePlacementForm(request.POST or None, placement=found, by=request.user)  # type: ignore[arg-type]
    if request.method == "POST" and form.is_valid() and form.save() is not None:
        messages.success(request, _("Approved. %(name)s was told.") % {"name": name_of_learner(found.record)})
        return redirect("externships:desk_placement", uuid=uuid)
    return render(
        request,
        "externships/desk_approve.html",
        {"form": form, "placement": found, "steps": steps_of(found)},
        status=status_of(form),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Decline a request, with words."""
    found = school_placement(request.user, uuid)  # type: ignore[arg-type]
    over = _decided_already(request, found)
    if over is not None:
        return over
    form = DeclinePlacementForm(request.POST or None, placement=found, by=request.user)  # type: ignore[arg-type]
    if request.method == "POST" and form.is_valid() and form.save() is not None:
        messages.success(request, _("Declined. %(name)s was told why.") % {"name": name_of_learner(found.record)})
        return redirect("externships:desk_all_placements")
    return render(request, "externships/desk_decline.html", {"form": form, "placement": found}, status=status_of(form))


def _page_of_goal(request: HttpRequest, uuid: UUID) -> str:
    goal = school_goal(request.user, uuid)  # type: ignore[arg-type]
    return reverse("externships:desk_placement", args=[goal.placement.uuid])


@login_required
@by_button("externships:desk_placement", "uuid")
def add(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write down a goal for the learner."""
    found = school_placement(request.user, uuid)  # type: ignore[arg-type]
    form = GoalForm(request.POST, placement=found, by=request.user)  # type: ignore[arg-type]
    if form.is_valid() and form.save() is not None:
        return redirect("externships:desk_placement", uuid=uuid)
    return render(request, "externships/desk_placement.html", {**shown(found), "form": form}, status=422)


@login_required
@by_button(_page_of_goal)
def tick(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Note that a goal is reached, or take that back."""
    goal = school_goal(request.user, uuid)  # type: ignore[arg-type]
    try:
        tick_goal(goal=goal, reached=request.POST.get("reached") == "yes", by=request.user)  # type: ignore[arg-type]
    except ValidationError as error:
        say(request, error)
    return redirect("externships:desk_placement", uuid=goal.placement.uuid)


@login_required
@by_button(_page_of_goal)
def drop(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Drop a goal that is not reached."""
    goal = school_goal(request.user, uuid)  # type: ignore[arg-type]
    page = ask_once_more(
        request,
        title=_("Drop this goal?"),
        words=_("“%(words)s” is gone from her list then.") % {"words": goal.words},
        button=_("Drop it"),
        back=reverse("externships:desk_placement", args=[goal.placement.uuid]),
    )
    if page is not None:
        return page
    try:
        drop_goal(goal=goal, by=request.user)  # type: ignore[arg-type]
    except ValidationError as error:
        say(request, error)
    return redirect("externships:desk_placement", uuid=goal.placement.uuid)
