"""The learner's clock on her phone: in, what she does now, out. Plain forms; a small script only shows the time."""

from datetime import timedelta
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.buttons import by_button

from .. import rules
from ..access import own_clock, own_placement
from ..models import Clock, Kind
from ..selectors import open_clock, own_placements, supervisors_at
from ..services import clock_in, clock_out, place_of, tap_activity
from .replies import open_to_work, say

ACTIVITIES = [(value, label) for value, label in Kind.choices if value != Kind.IDLE]


@login_required
@require_safe
def clock(request: HttpRequest) -> HttpResponse:
    """The clock that runs, or the way to start one."""
    running = open_clock(request.user)  # type: ignore[arg-type]
    return _start_page(request) if running is None else _running_page(request, running)


def _running_page(request: HttpRequest, running: Clock, error: ValidationError | None = None) -> HttpResponse:
    now = timezone.now()
    stretches = list(running.stretches.order_by("started_at", "pk"))
    return render(
        request,
        "externships/clock_running.html",
        {
            "clock": running,
            "placement": running.placement,
            "current": stretches[-1],
            "stretches": stretches,
            "activities": [*ACTIVITIES, (Kind.IDLE.value, Kind.IDLE.label), (rules.BREAK, _("Break"))],
            "key": uuid4(),
            "minutes": (now - running.started_at) // timedelta(minutes=1),
            "now": now,
            "ends_at": rules.must_end_at(running.started_at),
            "may_locate": place_of(running.placement.site) is not None,
            "errors": error.messages if error else [],
        },
        status=422 if error else 200,
    )


def _start_page(request: HttpRequest, error: ValidationError | None = None) -> HttpResponse:
    asked = request.POST.get("placement") or request.GET.get("placement")
    begun = open_to_work(own_placements(request.user))  # type: ignore[arg-type]
    placement = next((p for p in begun if str(p.uuid) == asked), begun[0] if len(begun) == 1 else None)
    return render(
        request,
        "externships/clock_start.html",
        {
            "placements": begun,
            "placement": placement,
            "supervisors": supervisors_at(placement) if placement else [],
            "activities": ACTIVITIES,
            "key": request.POST.get("key") or uuid4(),
            "supervisor": request.POST.get("supervisor", ""),
            "activity": request.POST.get("activity", ""),
            "errors": error.messages if error else [],
            "may_locate": placement is not None and place_of(placement.site) is not None,
        },
        status=422 if error else 200,
    )


@login_required
@by_button("externships:clock")
def start(request: HttpRequest) -> HttpResponse:
    """Clock in."""
    placement = own_placement(request.user, _uuid(request.POST.get("placement", "")))  # type: ignore[arg-type]
    chosen = request.POST.get("supervisor", "")
    supervisor = next((person for person in supervisors_at(placement) if str(person.uuid) == chosen), None)
    try:
        if supervisor is None:
            raise ValidationError(_("Choose who is on site with you."))
        clock_in(
            placement=placement,
            supervisor=supervisor,
            activity=request.POST.get("activity", ""),
            key=_uuid(request.POST.get("key", "")),
            position=_position(request),
        )
    except ValidationError as error:
        if open_clock(request.user) is not None:  # type: ignore[arg-type]
            say(request, error)
            return redirect("externships:clock")
        return _start_page(request, error)
    return redirect("externships:clock")


@login_required
@by_button("externships:clock")
def tap(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say what she does now."""
    running = own_clock(request.user, uuid)  # type: ignore[arg-type]
    try:
        stretch = tap_activity(
            clock=running, activity=request.POST.get("activity", ""), key=_uuid(request.POST.get("key", ""))
        )
    except ValidationError as error:
        return _running_page(request, running, error)
    if stretch is None:
        messages.info(request, _("This clock has ended. Its drafts are on your list."))
        return redirect("externships:shifts")
    return redirect("externships:clock")


@login_required
@by_button("externships:clock")
def stop(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Clock out; the drafts are on the list."""
    ended = clock_out(clock=own_clock(request.user, uuid), position=_position(request))  # type: ignore[arg-type]
    count = ended.shifts.count()
    if ended.ended == Clock.Ended.BY_SWEEPER:
        messages.warning(request, _("The clock had run longer than any shift. Say on your list when you really ended."))
    elif count:
        messages.success(
            request,
            ngettext(
                "Clocked out. %(count)s draft waits on your list: add what you did, then send it.",
                "Clocked out. %(count)s drafts wait on your list: add what you did, then send them.",
                count,
            )
            % {"count": count},
        )
    else:
        messages.info(request, _("Clocked out. It was less than a minute, so no draft was made."))
    return redirect("externships:shifts")


def _position(request: HttpRequest) -> rules.Position | None:
    """Where the device is, if she ticked that it may say so; what makes no sense is no position."""
    if request.POST.get("locate") != "yes":
        return None
    try:
        latitude, longitude, accuracy = (
            float(request.POST.get(name, "")) for name in ("latitude", "longitude", "accuracy")
        )
    except ValueError:
        return None
    return rules.Position(latitude, longitude, accuracy)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error
