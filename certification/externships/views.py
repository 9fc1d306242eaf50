"""The learner's shifts, the supervisor's page without an account, and the school's list of what waits."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import role_required
from accounts.selectors import schools_of

from .access import own_placement, own_shift, school_link, school_supervisor
from .forms import ShiftForm
from .models import Placement, Shift, SignOff, SignOffLink
from .presenters import listed, sendings, shown_shift, sign_page
from .selectors import (
    PLACING_ROLES,
    board_of,
    board_shift,
    left_out_of,
    link_state,
    own_placements,
    rows_of,
    waiting_links,
)
from .services import (
    DeadLinkError,
    Decision,
    decide,
    disown_link,
    open_link,
    resend_link,
    revoke_link,
    send_shifts,
    statement_text,
    take_back_shift,
    verify_supervisor,
    withdraw_shift,
)

SIGNED_A_PAGE = 25


def _say(request: HttpRequest, error: ValidationError) -> None:
    for sentence in error.messages:
        messages.error(request, sentence)


# ---- the learner -----------------------------------------------------------------------------------------------------


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
            messages.success(request, _("Saved as a draft. Send it to be signed when your week is complete."))
            return redirect("externships:shifts")
    return render(request, "externships/shift_form.html", {"form": form, "placement": placement, "shift": None})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def shift(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One shift: a form while it is the learner's, else what stands there, with its history."""
    found = own_shift(request.user, uuid)  # type: ignore[arg-type]
    decisions = list(found.decisions.order_by("version"))
    rows = found.rows.defer("shown").select_related("link__supervisor").order_by("pk")
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
        _say(request, error)
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
        _say(request, error)
    return redirect("externships:shift", uuid=uuid)


@login_required
@require_POST
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Drop a shift that is not decided."""
    found = own_shift(request.user, uuid)  # type: ignore[arg-type]
    try:
        withdraw_shift(shift=found)
    except ValidationError as error:
        _say(request, error)
        return redirect("externships:shift", uuid=uuid)
    messages.success(request, _("Withdrawn. It stays on your list and counts nowhere."))
    return redirect("externships:shifts")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


# ---- the supervisor, without an account ------------------------------------------------------------------------------


def _kept_private(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The address holds a secret: no cache keeps the page, no other site learns the address, no index lists it."""

    @wraps(view)
    def private(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except DeadLinkError as dead:
            status = 410 if dead.state == "expired" else 404
            response = render(request, "externships/sign_dead.html", {"state": dead.state}, status=status)
        response["Referrer-Policy"] = "no-referrer"
        response["Cache-Control"] = "no-store, private"
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response

    return private


# The token in the address is the only authority here, no cookie is; and with `no-referrer` browsers send the form with
# `Origin: null`, which the CSRF check would refuse.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@_kept_private
def sign(request: HttpRequest, token: str) -> HttpResponse:
    """Show exactly the rows of a link; a POST decides. Opening, scanning or reloading it signs nothing."""
    link = open_link(token)
    if request.method != "POST":
        return _sign_page(request, link, token)
    rows = rows_of(link)
    answers = _answers(request, [row.shift.uuid for row in rows])
    decisions = [
        Decision(uuid, kind, words, request.POST.get(f"shown-{uuid}") or "not shown")
        for uuid, (kind, words) in answers.items()
        if kind
    ]
    user = request.user if request.user.is_authenticated else None
    try:
        outcome = decide(
            link=link,
            decisions=decisions,
            typed_name=request.POST.get("typed_name", ""),
            confirms_statement=request.POST.get("confirms_statement") == "yes",
            ip=_client_ip(request),
            agent=request.META.get("HTTP_USER_AGENT", ""),
            acting_user=user,
        )
    except ValidationError as error:
        errors = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
        return _sign_page(request, link, token, answers=answers, errors=errors)
    if outcome.kept_back:
        kept = {row.shift.uuid: row.sentence for row in outcome.kept_back}
        return _sign_page(request, open_link(token), token, answers=answers, kept_back=kept)
    return redirect("externships:sign", token=token)


def _client_ip(request: HttpRequest) -> str | None:
    try:
        return get_adapter(request).get_client_ip(request)
    except PermissionDenied:
        return None  # a server that names no address must not keep anybody from signing


def _answers(request: HttpRequest, shifts: list[UUID]) -> dict[UUID, tuple[str, str]]:
    """What was chosen and written for each row; "the rest" signs what has no answer of its own."""
    rest = SignOff.Decision.SIGN.value if request.POST.get("rest") == "sign" else ""
    return {
        uuid: (
            request.POST.get(f"answer-{uuid}", "") or (rest if f"shown-{uuid}" in request.POST else ""),
            request.POST.get(f"words-{uuid}", "").strip(),
        )
        for uuid in shifts
    }


def _sign_page(request: HttpRequest, link: SignOffLink, token: str, **typed: Any) -> HttpResponse:
    page = sign_page(rows_of(link), **typed)
    return render(
        request,
        "externships/sign.html",
        {
            "link": link,
            "token": token,
            "state": link_state(link, timezone.now()),
            "page": page,
            "supervisor": link.supervisor,
            "placement": link.placement,
            "learner": link.placement.record.learner.user,
            "statement": statement_text(),
            "typed_name": request.POST.get("typed_name", ""),
            "rest": request.POST.get("rest") == "sign",
            "confirms": request.POST.get("confirms_statement") == "yes",
        },
    )


@csrf_exempt
@require_POST
@_kept_private
def not_me(request: HttpRequest, token: str) -> HttpResponse:
    """The reader says that the link is not hers: it is void, nothing is signed, the school is told."""
    link = open_link(token)
    if request.POST.get("sure") != "yes":
        return _sign_page(
            request, link, token, errors={"sure": [_("Tick the sentence, so that no mail program does it for you.")]}
        )
    disown_link(link=link, words=request.POST.get("words", ""), ip=_client_ip(request))
    return render(request, "externships/sign_disowned.html", {"school": link.placement.record.school})


# ---- the school ------------------------------------------------------------------------------------------------------


@role_required(*PLACING_ROLES)
@require_safe
def desk_placements(request: HttpRequest) -> HttpResponse:
    """What waits for signatures, by age, and the state of each link."""
    schools = schools_of(request.user, *PLACING_ROLES)  # type: ignore[arg-type]
    waiting = waiting_links(schools, timezone.now())
    return render(
        request,
        "externships/desk_placements.html",
        {
            "page_obj": Paginator(waiting, SIGNED_A_PAGE).get_page(request.GET.get("page")),
            "count": sum(len(item.rows) for item in waiting),
            "minutes": sum(item.minutes for item in waiting),
        },
    )


@login_required
@require_POST
def desk_send_again(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Void a link and mail a new one."""
    link = school_link(request.user, uuid)  # type: ignore[arg-type]
    try:
        fresh = resend_link(link=link, by=request.user)  # type: ignore[arg-type]
    except ValidationError as error:
        _say(request, error)
    else:
        if fresh.held_at:
            messages.warning(request, _("Nothing was mailed: the supervisor’s license is not checked yet."))
        else:
            messages.success(
                request,
                _("A new link is on its way to %(name)s. The old one opens nothing any more.")
                % {"name": fresh.supervisor.name},
            )
    return redirect("externships:desk_placements")


@login_required
@require_POST
def desk_revoke(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Make a link void; its shifts go on waiting."""
    link = school_link(request.user, uuid)  # type: ignore[arg-type]
    revoke_link(link=link, by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("The link is void. Its shifts go on waiting; send it again when it is right."))
    return redirect("externships:desk_placements")


@login_required
@require_POST
def desk_verify(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Note that the supervisor's license was checked, and mail what was held for it."""
    supervisor = school_supervisor(request.user, uuid)  # type: ignore[arg-type]
    try:
        verify_supervisor(supervisor=supervisor, by=request.user)  # type: ignore[arg-type]
    except ValidationError as error:
        _say(request, error)
    else:
        messages.success(request, _("Noted: you checked this license. What was held is on its way."))
    return redirect("externships:desk_placements")
