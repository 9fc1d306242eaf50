"""The learner's shifts: her list, a form while a shift is hers, and sending."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.buttons import by_button

from ..access import own_placement, own_shift
from ..forms import ShiftForm
from ..models import Placement, Shift
from ..narrowing import Narrowed
from ..presenters import listed, sendings, shown_shift, when_it_goes
from ..selectors import (
    BoardShift,
    Explained,
    amendment_of,
    board_of,
    board_shift,
    explained_for,
    left_out_of,
    lost_to_a_licence,
    mailed_rows,
    open_clock,
    own_placements,
)
from ..services import must_be_amendable, note_origin, send_shifts, take_back_shift, withdraw_shift
from .replies import open_to_work, say
from .signing import client_ip
from .sure import ask_once_more

SIGNED_A_PAGE = 25
# From so many shifts on the list offers to be narrowed.
LONG_LIST = 15


def explain(rows: Sequence[BoardShift]) -> dict[int, Explained]:
    """What the ledger would make of these, by the record that they are of."""
    by_record: dict[int, list[Shift]] = {}
    for row in rows:
        by_record.setdefault(row.shift.placement.record_id, []).append(row.shift)
    found: dict[int, Explained] = {}
    for shifts in by_record.values():
        found |= explained_for(shifts[0].placement.record, shifts)
    return found


@login_required
@require_safe
def shifts(request: HttpRequest) -> HttpResponse:
    """A learner's shifts by what is to be done about them; a long list is narrowed by state and month."""
    board = board_of(request.user, timezone.now())  # type: ignore[arg-type]
    narrowed = Narrowed.asked(request.GET, board)
    explained = explain(narrowed.of("draft"))
    signed = listed(reversed(narrowed.of("signed")))
    return render(
        request,
        "externships/shifts.html",
        {
            "board": board,
            "placements": [
                (placement, board.signed_minutes(placement))
                for placement in board.placements
                if placement.state in Placement.TAKES_A_PLACE
            ],
            "requests": [p for p in board.placements if p.state not in Placement.TAKES_A_PLACE],
            "open_placements": open_to_work(board.placements),
            "clock": open_clock(request.user),  # type: ignore[arg-type]
            "narrowed": narrowed,
            "is_long": len(board.shifts) >= LONG_LIST or narrowed.is_asked,
            "returned": listed(narrowed.of("returned")),
            "sendings": sendings(listed(narrowed.of("draft"), explained)),
            "waiting": listed(narrowed.of("sent")),
            "signed": Paginator(signed, SIGNED_A_PAGE).get_page(request.GET.get("page")),
            "closed": listed(reversed(narrowed.of("refused", "withdrawn"))),
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
        active = open_to_work(own_placements(request.user))  # type: ignore[arg-type]
        if len(active) != 1:
            return render(request, "externships/choose_placement.html", {"placements": active})
        placement = active[0]
    form = _form(request, placement=placement)
    if form.is_bound and form.is_valid():
        shift = form.save()
        if shift is not None:
            _note_origin(request, shift)
            messages.success(request, _("Saved as a draft. Send it to be signed when your week is complete."))
            return redirect("externships:shifts")
    return render(request, "externships/shift_form.html", {"form": form, "placement": placement, "shift": None})


def _form(request: HttpRequest, **of: Any) -> ShiftForm:
    """The form as it is asked for: fresh, as sent, or with more rows of measures and all that was typed."""
    if request.method != "POST":
        return ShiftForm(**of)
    if "more" not in request.POST:
        return ShiftForm(request.POST, **of)
    typed = ShiftForm(request.POST, **of)
    return ShiftForm(**of, initial={name: typed[name].data for name in typed.fields}, more=True)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def shift(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One shift: a form while it is the learner's, else what stands there, with its history."""
    found = own_shift(request.user, uuid)  # type: ignore[arg-type]
    decisions = list(found.decisions.order_by("version"))
    rows = mailed_rows().filter(shift=found)
    amended_by = amendment_of(found) if found.state == Shift.State.SIGNED else None
    context: dict[str, Any] = {
        "shift": found,
        "placement": found.placement,
        "shown": shown_shift(found),
        "decisions": decisions,
        "row": board_shift(found, decisions, rows, timezone.now(), amended_by),
        "left_out": left_out_of(found) if found.state == Shift.State.SIGNED else [],
        "lost": lost_to_a_licence(found.placement, found) if found.state == Shift.State.SIGNED else [],
        "why_not_amended": _why_not_amended(found, amended_by),
    }
    if found.state not in Shift.EDITABLE:
        if request.method == "POST":
            messages.error(request, _("Nothing was changed: this shift is no draft any more."))
            return redirect("externships:shift", uuid=uuid)
        context["explained"] = explain([context["row"]]).get(found.pk) if found.state == Shift.State.SENT else None
        return render(request, "externships/shift.html", context)
    form = _form(request, placement=found.placement, shift=found)
    if form.is_bound and form.is_valid() and form.save() is not None:
        _note_origin(request, found)
        messages.success(request, _("Saved as a draft. Send it to be signed when your week is complete."))
        return redirect("externships:shifts")
    context["explained"] = explain([context["row"]]).get(found.pk)
    return render(request, "externships/shift_form.html", {**context, "form": form})


def _why_not_amended(shift: Shift, amended_by: Shift | None) -> str:
    """Why a signed shift cannot be amended now, where that needs saying; empty where it can, or is not signed."""
    if shift.state != Shift.State.SIGNED or amended_by is not None:
        return ""
    if shift.placement.state in Placement.ENDED:
        return _("This placement has ended. Ask your coordinator to open it again.")
    try:
        must_be_amendable(shift)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write an amendment of a signed shift: the same form, filled in as it was signed, with a reason."""
    found = own_shift(request.user, uuid)  # type: ignore[arg-type]
    try:
        must_be_amendable(found)
    except ValidationError as error:
        # The form's own key: a double click finds the amendment that it made.
        key = request.POST.get("key", "")
        if request.method == "POST" and Shift.objects.filter(amends=found, uuid=_uuid(key)).exists():
            return redirect("externships:shifts")
        say(request, error)
        return redirect("externships:shift", uuid=uuid)
    form = _form(request, placement=found.placement, amends=found)
    if form.is_bound and form.is_valid() and form.save() is not None:
        messages.success(
            request, _("Saved as a draft. Until your supervisor signs it, the hours that she signed before stand.")
        )
        return redirect("externships:shifts")
    return render(
        request,
        "externships/shift_form.html",
        {"form": form, "placement": found.placement, "shift": None, "amends": found, "was": shown_shift(found)},
    )


@login_required
@by_button("externships:shifts")
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
        elif link.goes_at is not None:
            messages.success(
                request,
                ngettext(
                    "Sent: %(count)s shift. It goes to %(name)s %(when)s, in one mail with what else waits for her.",
                    "Sent: %(count)s shifts. They go to %(name)s %(when)s, in one mail with what else waits for her.",
                    count,
                )
                % {**words, "when": when_it_goes(link.goes_at, placement.record.school.zone, timezone.now())},
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
@by_button("externships:shift", "uuid")
def take_back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Make a sent shift a draft again."""
    found = own_shift(request.user, uuid)  # type: ignore[arg-type]
    try:
        take_back_shift(shift=found)
    except ValidationError as error:
        say(request, error)
    return redirect("externships:shift", uuid=uuid)


@login_required
@by_button("externships:shift", "uuid")
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Drop a shift that is not decided."""
    found = own_shift(request.user, uuid)  # type: ignore[arg-type]
    page = ask_once_more(
        request,
        title=_("Withdraw this shift?"),
        words=_(
            "It stays on your list as withdrawn and counts nowhere. This cannot be undone; you can write it down anew."
        ),
        button=_("Withdraw it"),
        back=reverse("externships:shift", args=[uuid]),
    )
    if page is not None:
        return page
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
