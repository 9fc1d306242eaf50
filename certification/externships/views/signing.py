"""The supervisor's page, without an account: the token in its address is the only authority."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from ..models import SignOff, SignOffLink
from ..presenters import sign_page
from ..selectors import link_state, rows_of
from ..services import DeadLinkError, Decision, decide, disown_link, open_link, statement_text


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
