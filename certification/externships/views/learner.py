"""The learner's shifts: her list, a form while a shift is hers, and sending."""

from typing import Any
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
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ..access import own_placement, own_shift
from ..forms import ShiftForm
from ..models import Placement, Shift
from ..presenters import listed, sendings, shown_shift
from ..selectors import board_of, board_shift, left_out_of, mailed_rows, own_placements
from ..services import note_origin, send_shifts, take_back_shift, withdraw_shift
from .replies import say
from .signing import client_ip

SIGNED_A_PAGE = 25


@login_required
@require_safe
def shifts(request: HttpRequest) -> HttpResponse:
    """A learner's shifts by what is to be done about them."""
    board = board_of(request.user, timezone.now())  # type: ignore[arg-type]
    signed = listed(reversed(board.of("signed")))
    return render(
        request,
        "externships/shifts.html",
        {
            "board": board,
            "placements": [(placement, board.signed_minutes(placement)) for placement in board.placements],
            "open_placements": [p for p in board.placements if p.state == Placement.State.ACTIVE],
            "returned": listed(board.of("returned")),
            "sendings": sendings(listed(board.of("draft"))),
            "waiting": listed(board.of("sent")),
            "signed": Paginator(signed, SIGNED_A_PAGE).get_page(request.GET.get("page")),
            "closed": listed(reversed(board.of("refused", "withdrawn"))),
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_shift(request: HttpRequest) -> HttpResponse:
    """Write down a shift; with several placements, first choose where it was."""
    asked = request.POST.get("placement") or request.GET.get("placement")
    if asked:
        placement = own_placement(request.user, _uuid(asked))  # type: ignore[arg-type]
    else:
        active = [p for p in own_placements(request.user) if p.state == Placement.State.ACTIVE]  # type: ignore[arg-type]
        if len(active) != 1:
            return render(request, "externships/choose_placement.html", {"placements": active})
        placement = active[0]
    form = ShiftForm(request.POST or None, placement=placement)
    if request.method == "POST" and form.is_valid():
        shift = form.save()
        if shift is not None:
            _note_origin(request, shift)
            messages.success(request, _("Saved as a draft. Send it to be signed when your week is complete."))
            return redirect("externships:shifts")
    return render(request, "externships/shift_form.html", {"form": form, "placement": placement, "shift": None})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def shift(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One shift: a form while it is the learner's, else what stands there, with its history."""
    found = own_shift(request.user, uuid)  # type: ignore[arg-type]
    decisions = list(found.decisions.order_by("version"))
    rows = mailed_rows().filter(shift=found)
    context: dict[str, Any] = {
        "shift": found,
        "placement": found.placement,
        "shown": shown_shift(found),
        "decisions": decisions,
        "row": board_shift(found, decisions, rows, timezone.now()),
        "left_out": left_out_of(found) if found.state == Shift.State.SIGNED else [],
    }
    if found.state not in Shift.EDITABLE:
        if request.method == "POST":
            messages.error(request, _("Nothing was changed: this shift is no draft any more."))
            return redirect("externships:shift", uuid=uuid)
        return render(request, "externships/shift.html", context)
    form = ShiftForm(request.POST or None, placement=found.placement, shift=found)
    if request.method == "POST" and form.is_valid() and form.save() is not None:
        _note_origin(request, found)
        messages.success(request, _("Saved as a draft. Send it to be signed when your week is complete."))
        return redirect("externships:shifts")
    return render(request, "externships/shift_form.html", {**context, "form": form})


@login_required
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Ask one supervisor to sign all drafts of a placement."""
    placement = own_placement(request.user, _uuid(request.POST.get("placement", "")))  # type: ignore[arg-type]
    reader = placement.shifts.filter(supervisor__uuid=_uuid(request.POST.get("supervisor", ""))).first()
    if reader is None:
        raise Http404
    try:
        links = send_shifts(placement=placement, supervisor=reader.supervisor, by=request.user)  # type: ignore[arg-type]
    except ValidationError as error:
        say(request, error)
        return redirect("externships:shifts")
    if not links:
        messages.info(request, _("These shifts are sent already. Nothing was sent twice."))
    for link in links:
        count = link.rows.count()
        words = {"name": link.supervisor.name, "count": count}
        if link.held_at:
            messages.warning(
                request,
                _("The school has not yet checked the license of %(name)s. It was asked; the mail goes out after that.")
                % words,
            )
        else:
            messages.success(
                request,
                ngettext(
                    "Sent: %(count)s shift. %(name)s gets one e-mail with a link.",
                    "Sent: %(count)s shifts. %(name)s gets one e-mail with a link.",
                    count,
                )
                % words,
            )
    return redirect("externships:shifts")


@login_required
@require_POST
def take_back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Make a sent shift a draft again."""
    found = own_shift(request.user, uuid)  # type: ignore[arg-type]
    try:
        take_back_shift(shift=found)
    except ValidationError as error:
        say(request, error)
    return redirect("externships:shift", uuid=uuid)


@login_required
@require_POST
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Drop a shift that is not decided."""
    found = own_shift(request.user, uuid)  # type: ignore[arg-type]
    try:
        withdraw_shift(shift=found)
    except ValidationError as error:
        say(request, error)
        return redirect("externships:shift", uuid=uuid)
    messages.success(request, _("Withdrawn. It stays on your list and counts nowhere."))
    return redirect("externships:shifts")


def _note_origin(request: HttpRequest, shift: Shift) -> None:
    note_origin(shift=shift, address=client_ip(request), browser=request.META.get("HTTP_USER_AGENT", ""))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error
