"""Pages of the platform's own people: which organisations may check, and a stop."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import platform_required
from accounts.models import User

from .. import services
from ..forms import DecisionForm, StopForm
from ..models import Application
from ..selectors import alerts, applications_waiting, members_of, open_stop, organisations_that_check
from .answers import private

SHOWN = 30
MOST_ALERTS = 20


@platform_required
@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, who guessed, and who checks."""
    query = request.GET.get("q", "").replace("\x00", " ").strip()[:100]
    page = Paginator(organisations_that_check(query), SHOWN).get_page(request.GET.get("page"))
    context = {
        "waiting": applications_waiting(),
        "page_obj": page,
        "query": query,
        "alerts": alerts()[:MOST_ALERTS] if not query and page.number == 1 else [],
    }
    return private(render(request, "verification/organisations.html", context))


@platform_required
@require_http_methods(["GET", "HEAD", "POST"])
def application(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One application, and the decision."""
    found = get_object_or_404(Application.objects.select_related("applicant", "decision__organisation"), uuid=uuid)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            decision = services.decide_application(application=found, by=cast(User, request.user), **form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            said = _("%(name)s may check.") if decision.approved else _("Declined. The applicant gets your words.")
            messages.success(request, said % {"name": found.name})
            return redirect("verification:organisations")
    context = {"application": found, "form": form, "decision": getattr(found, "decision", None)}
    return private(render(request, "verification/application.html", context, status=422 if form.is_bound else 200))


@platform_required
@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    """One organisation: its people, and whether it may check."""
    user = cast(User, request.user)
    found = get_object_or_404(organisations_that_check(), slug=slug)
    stop = open_stop(found)
    step = request.POST.get("step", "")
    if step == "lift":
        # The stop that she saw: a second click on "Stop" lifts nothing, and an old page lifts no later one.
        if stop and str(stop.uuid) == request.POST.get("stop"):
            services.lift_stop(stop=stop, by=user)
            messages.success(request, _("%(name)s may check again.") % {"name": found.name})
        return redirect("verification:organisation", slug=slug)
    form = StopForm(request.POST if step == "stop" else None)
    if form.is_bound and form.is_valid():
        services.stop_checking(organisation=found, by=user, **form.cleaned_data)
        messages.success(request, _("%(name)s checks nothing from now on.") % {"name": found.name})
        return redirect("verification:organisation", slug=slug)
    stops = found.checking_stops.select_related("by", "lifted_by").order_by("-at")
    context = {"organisation": found, "stop": stop, "stops": stops, "members": members_of(found), "form": form}
    return private(render(request, "verification/organisation.html", context, status=422 if form.is_bound else 200))
