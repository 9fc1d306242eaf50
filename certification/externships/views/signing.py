"""The supervisor's page, without an account: the token in its address is the only authority."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from ..forms import ProposalForm
from ..models import EvaluationLink, SignOff, SignOffLink, SignOffRow
from ..presenters import shown_row, sign_page
from ..selectors import code_asked, link_state, loaded_links, rows_of
from ..services import DeadLinkError, Decision, decide, disown_link, open_link, renew_link, send_code, statement_text

REST = ("sign", "return", "refuse")
"""What can be answered for all rows at once."""


def _kept_private(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The address holds a secret: no cache keeps the page, no other site learns the address, no index lists it."""

    @wraps(view)
    def private(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except DeadLinkError as dead:
            status = 410 if dead.state == "expired" else 404
            response = render(
                request, "externships/sign_dead.html", {"state": dead.state, "token": kwargs["token"]}, status=status
            )
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
    return answer_page(request, open_link(token), reverse("externships:sign", args=[token]), token=token)


def answer_page(request: HttpRequest, link: SignOffLink, here: str, *, token: str = "") -> HttpResponse:
    """The page of a link at the address `here`, and what a POST to it decides; without a token her account opened it."""
    if request.method != "POST":
        return _sign_page(request, link, here, token)
    rows = rows_of(link)
    answers = _answers(request, rows)
    forms = _proposals(request, link, rows)
    typed: dict[str, Any] = {"answers": answers, "forms": forms}
    if "send_code" in request.POST:
        return _sign_page(request, link, here, token, errors=errors_of_sending(link), **typed)
    decisions = [
        Decision(
            uuid,
            kind,
            words,
            request.POST.get(f"shown-{uuid}") or "not shown",
            _proposed(forms.get(uuid), kind),
        )
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
            second_factor=request.POST.get("second_factor", ""),
            ip=client_ip(request),
            agent=request.META.get("HTTP_USER_AGENT", ""),
            acting_user=user,
            via=SignOff.Via.LINK if token else SignOff.Via.ACCOUNT,
        )
    except ValidationError as error:
        errors: dict[str, list[str]] = {NON_FIELD_ERRORS: error.messages}
        if hasattr(error, "error_dict"):
            errors = error.message_dict
        return _sign_page(request, link, here, token, errors=_at_the_rest(request, rows, errors), **typed)
    if outcome.kept_back:
        kept = {row.shift.uuid: row.sentence for row in outcome.kept_back}
        return _sign_page(request, loaded_links().get(pk=link.pk), here, token, kept_back=kept, **typed)
    return redirect(here)


def errors_of_sending(link: SignOffLink | EvaluationLink) -> dict[str, list[str]]:
    """Send a code for a link; why none was sent, beside its field. What was typed stays on the page."""
    try:
        send_code(link=link)
    except ValidationError as error:
        return {"second_factor": error.messages}
    return {}


def _proposed(form: ProposalForm | None, kind: str) -> Any:
    return form.proposal if form and kind == SignOff.Decision.PROPOSE and form.is_valid() else None


def client_ip(request: HttpRequest) -> str | None:
    """The reader's address, None where the server names none: that must not keep anybody from signing."""
    try:
        return get_adapter(request).get_client_ip(request)
    except PermissionDenied:
        return None


def _own_answer(request: HttpRequest, row: SignOffRow) -> str:
    return request.POST.get(f"answer-{row.shift.uuid}", "")


def _rest(request: HttpRequest) -> str:
    """The answer for all rows without one of their own."""
    rest = request.POST.get("rest", "")
    return rest if rest in REST else ""


def _answers(request: HttpRequest, rows: list[SignOffRow]) -> dict[UUID, tuple[str, str]]:
    """What was chosen and written for each row; "the rest" answers what was shown and has no answer of its own."""
    found = {}
    for row in rows:
        uuid, own = row.shift.uuid, _own_answer(request, row)
        words = request.POST.get(f"words-{uuid}", "").strip()
        rest = _rest(request) if f"shown-{uuid}" in request.POST and not own else ""
        if rest and not words:
            words = request.POST.get("rest_words", "").strip()
        found[uuid] = (own or rest, words)
    return found


def _at_the_rest(request: HttpRequest, rows: list[SignOffRow], errors: dict[str, list[str]]) -> dict[str, list[str]]:
    """Say once, beside the words for the rest, what is missing in them."""
    of_rest = {f"words-{row.shift.uuid}" for row in rows if not _own_answer(request, row)}
    kept = {name: sentences for name, sentences in errors.items() if name not in of_rest}
    missing = next((sentences for name, sentences in errors.items() if name in of_rest), None)
    return {**kept, "rest_words": missing} if missing else kept


def _proposals(request: HttpRequest, link: SignOffLink, rows: list[SignOffRow]) -> dict[UUID, ProposalForm]:
    """A form for other times of each row: as typed where they were asked for, else with the learner's."""
    zone = link.placement.site.zone
    forms = {}
    for row in rows:
        shown = shown_row(row) if not row.erased_at else None
        if shown is None:
            continue
        asked = _own_answer(request, row) == SignOff.Decision.PROPOSE
        forms[row.shift.uuid] = ProposalForm(
            request.POST if asked else None,
            prefix=str(row.shift.uuid),
            day=shown.day,
            zone=zone,
            initial={
                "starts": shown.starts.time(),
                "ends": shown.ends.time(),
                "next_day": shown.next_day,
                "break_minutes": shown.break_minutes,
            },
        )
    return forms


def _sign_page(request: HttpRequest, link: SignOffLink, here: str, token: str, **typed: Any) -> HttpResponse:
    rows, now = rows_of(link), timezone.now()
    typed.setdefault("forms", _proposals(request, link, rows))
    return render(
        request,
        "externships/sign.html",
        {
            "link": link,
            "here": here,
            "token": token,
            "state": link_state(link, now),
            "page": sign_page(rows, zone=link.placement.site.zone, **typed),
            "receipts": list(link.receipts.order_by("pk").values_list("code", flat=True)),
            "supervisor": link.supervisor,
            "placement": link.placement,
            "learner": link.placement.record.learner.user,
            "statement": statement_text(),
            "asked": code_asked(link, now),
            "typed_code": "" if "send_code" in request.POST else request.POST.get("second_factor", "")[:20],
            "typed_name": request.POST.get("typed_name", ""),
            "rest": _rest(request),
            "rest_words": request.POST.get("rest_words", ""),
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
            request,
            link,
            reverse("externships:sign", args=[token]),
            token,
            errors={"sure": [_("Tick the sentence, so that no mail program does it for you.")]},
        )
    disown_link(link=link, words=request.POST.get("words", ""), ip=client_ip(request))
    return render(request, "externships/sign_disowned.html", {"school": link.placement.record.school})


@csrf_exempt
@require_POST
@_kept_private
def new_link(request: HttpRequest, token: str) -> HttpResponse:
    """The reader of an expired link asks for a new one; the answer is the same whether or not one is mailed."""
    renew_link(token=token)
    return render(request, "externships/sign_asked.html")
