"""The learner's placements: one with its gates and goals, asking for one, and taking a request back."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.buttons import by_button

from ..access import own_goal, own_placement
from ..forms import AskPlacementForm, GoalForm
from ..models import Placement
from ..selectors import (
    gates_to_show,
    goals_of,
    open_records,
    signed_by_kind,
    signed_minutes,
    sites_on_offer,
    steps_of,
    supervisors_at,
)
from ..services import cancel_placement, drop_goal
from .replies import kinds_asked, say, status_of, today_at
from .sure import ask_once_more


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask the school for a placement at a site of its list."""
    records = open_records(request.user)  # type: ignore[arg-type]
    schools = {record.school_id: record.school for record in records}
    sites = {pk: sites_on_offer(school, today_at(school)) for pk, school in schools.items()}
    form = AskPlacementForm(request.POST or None, records=records, sites=sites, by=request.user)  # type: ignore[arg-type]
    if request.method == "POST" and records and form.is_valid():
        made = form.save()
        if made is not None:
            messages.success(request, _("Asked for. Your school answers by e-mail; you see it here too."))
            return redirect("externships:placement", uuid=made.uuid)
    context = {"form": form, "records": records, "some_sites": any(sites.values())}
    return render(request, "externships/placement_ask.html", context, status=status_of(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def placement(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One placement of hers: its state, what is needed before the first client, its goals; a POST adds a goal."""
    found = own_placement(request.user, uuid)  # type: ignore[arg-type]
    form = GoalForm(request.POST or None, placement=found, by=request.user)  # type: ignore[arg-type]
    if request.method == "POST" and form.is_valid() and form.save() is not None:
        messages.success(request, _("Your goal is written down."))
        return redirect("externships:placement", uuid=uuid)
    today = today_at(found.site.organisation)
    live = found.state in Placement.LIVE
    context = {
        "placement": found,
        "today": today,
        "steps": steps_of(found),
        "gates": gates_to_show(found, timezone.now()) if live else (),
        "goals": goals_of(found),
        "supervisors": supervisors_at(found) if live else [],
        "signed": signed_minutes(found),
        "kinds": kinds_asked(found, signed_by_kind(found)),
        "form": form,
        "may_add": live or found.state == Placement.State.REQUESTED,
        "begun": live and found.starts_on <= today,
    }
    return render(request, "externships/placement.html", context, status=status_of(form))


@login_required
@by_button("externships:placement", "uuid")
def cancel(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take a request back before it is decided."""
    found = own_placement(request.user, uuid)  # type: ignore[arg-type]
    page = ask_once_more(
        request,
        title=_("Take the request back?"),
        words=_("Your school is told, and this request is over for good. You can ask anew."),
        button=_("Take the request back"),
        back=reverse("externships:placement", args=[uuid]),
    )
    if page is not None:
        return page
    try:
        cancel_placement(placement=found, by=request.user)  # type: ignore[arg-type]
    except ValidationError as error:
        say(request, error)
    else:
        messages.success(request, _("Taken back. Your school was told."))
    return redirect("externships:placement", uuid=uuid)


def _page_of_goal(request: HttpRequest, uuid: UUID) -> str:
    goal = own_goal(request.user, uuid)  # type: ignore[arg-type]
    return reverse("externships:placement", args=[goal.placement.uuid])


@login_required
@by_button(_page_of_goal)
def drop(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Drop a goal that is not reached."""
    goal = own_goal(request.user, uuid)  # type: ignore[arg-type]
    page = ask_once_more(
        request,
        title=_("Drop this goal?"),
        words=_("“%(words)s” is gone from your list then.") % {"words": goal.words},
        button=_("Drop it"),
        back=reverse("externships:placement", args=[goal.placement.uuid]),
    )
    if page is not None:
        return page
    try:
        drop_goal(goal=goal, by=request.user)  # type: ignore[arg-type]
    except ValidationError as error:
        say(request, error)
    return redirect("externships:placement", uuid=goal.placement.uuid)
