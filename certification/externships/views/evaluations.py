"""Evaluations: the supervisor's page without an account, and the school's list of what was asked."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import role_required
from accounts.buttons import by_button
from accounts.selectors import schools_of

from ..access_competencies import school_evaluation
from ..models import EvaluationAnswer, EvaluationLink
from ..selectors import code_asked, goals_of, texts_unsent
from ..selectors.competencies import (
    KEEPING_ROLES,
    Shown,
    evaluation_state,
    evaluations_asked,
    goals_ticked,
    loaded_evaluations,
    may_speak_of,
    shown_by,
    voices_of,
)
from ..services import (
    DeadLinkError,
    answer_evaluation,
    disown_evaluation,
    evaluated_text,
    open_evaluation,
    renew_evaluation,
    resend_evaluation,
    revoke_evaluation,
)
from .replies import page_of, say
from .signing import _kept_private, client_ip, errors_of_sending
from .sure import ask_once_more


def _dead_or(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Say what to do where a link opens nothing."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except DeadLinkError as dead:
            status = 410 if dead.state == "expired" else 404
            context = {"state": dead.state, "token": kwargs["token"]}
            return render(request, "externships/evaluations_dead.html", context, status=status)

    return shown


# As with signatures, the token in the address is the only authority; with `no-referrer` the form comes from no origin.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@_kept_private
@_dead_or
def evaluate(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a link asks; a POST answers it. Opening, scanning or reloading it answers nothing."""
    return answer_page(request, open_evaluation(token), reverse("externships:evaluate", args=[token]), token=token)


def answer_page(request: HttpRequest, link: EvaluationLink, here: str, *, token: str = "") -> HttpResponse:
    """The page of a link at the address `here`, and what a POST to it answers; without a token her account opened it."""
    if request.method != "POST":
        return _page(request, link, here, token)
    if "send_code" in request.POST:
        return _page(request, link, here, token, errors=errors_of_sending(link))
    items = shown_by(link).items
    try:
        done = answer_evaluation(
            link=link,
            values={item.code: request.POST.get(f"mark-{item.code}", "") for item in items},
            item_words={item.code: request.POST.get(f"words-{item.code}", "") for item in items},
            words=request.POST.get("words", ""),
            digest=request.POST.get("shown", ""),
            typed_name=request.POST.get("typed_name", ""),
            confirms_statement=request.POST.get("confirms_statement") == "yes",
            second_factor=request.POST.get("second_factor", ""),
            ip=client_ip(request),
            agent=request.META.get("HTTP_USER_AGENT", ""),
            acting_user=request.user if request.user.is_authenticated else None,
            goals=request.POST.getlist("goal"),
            via=EvaluationAnswer.Via.LINK if token else EvaluationAnswer.Via.ACCOUNT,
        )
    except ValidationError as error:
        errors: dict[str, list[str]] = (
            error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
        )
        return _page(request, link, here, token, errors=errors)
    if done.kept_back or done.otherwise:
        fresh = loaded_evaluations().get(pk=link.pk)
        return _page(request, fresh, here, token, kept_back=done.kept_back, otherwise=done.otherwise)
    return redirect(here)


def _page(
    request: HttpRequest,
    link: EvaluationLink,
    here: str,
    token: str,
    errors: dict[str, list[str]] | None = None,
    kept_back: list[str] | None = None,
    *,
    otherwise: bool = False,
) -> HttpResponse:
    shown, errors = shown_by(link), errors or {}
    answer = getattr(link, "answer", None)
    rows = [
        {
            "item": item,
            "value": str(answer.marks.get(item.code) if answer else request.POST.get(f"mark-{item.code}", "")),
            "words": request.POST.get(f"words-{item.code}", ""),
            "errors": [*errors.get(f"mark-{item.code}", []), *errors.get(f"words-{item.code}", [])],
        }
        for item in shown.items
    ]
    return render(
        request,
        "externships/evaluations_answer.html",
        {
            "link": link,
            "here": here,
            "token": token,
            "shown": shown,
            "goals": _goals(link, shown, request.POST.getlist("goal")),
            "rows": rows,
            "answer": answer,
            "errors": errors,
            "kept_back": kept_back or [],
            "otherwise": otherwise,
            "statement": evaluated_text(),
            "asked": None if answer else code_asked(link, timezone.now()),
            "typed_code": "" if "send_code" in request.POST else request.POST.get("second_factor", "")[:20],
            "words": request.POST.get("words", ""),
            "typed_name": request.POST.get("typed_name", ""),
            "confirms": request.POST.get("confirms_statement") == "yes",
        },
    )


def _goals(link: EvaluationLink, shown: Shown, ticked: list[str]) -> list[dict[str, Any]]:
    """The learner's goals on the page: to be ticked while she works there, and once it is answered those that she ticked.
    At most two queries.
    """
    answer = getattr(link, "answer", None)
    if answer is not None:
        return [{"goal": goal, "ticked": f"goal:{goal.uuid}" in answer.marks, "reached": False} for goal in shown.goals]
    reached = {str(goal.uuid) for goal in goals_of(link.placement) if goal.reached_at is not None}
    hers = bool(shown.goals) and may_speak_of(link.supervisor, link.placement, timezone.now())
    return [
        {"goal": goal, "ticked": goal.uuid in ticked, "reached": goal.uuid in reached}
        for goal in shown.goals
        if hers or goal.uuid in reached
    ]


@csrf_exempt
@require_POST
@_kept_private
@_dead_or
def not_me(request: HttpRequest, token: str) -> HttpResponse:
    """The reader says that the link is not hers: it is void, nothing is answered, the school is told."""
    link = open_evaluation(token)
    if request.POST.get("sure") != "yes":
        return _page(
            request,
            link,
            reverse("externships:evaluate", args=[token]),
            token,
            errors={"sure": [_("Tick the sentence, so that no mail program does it for you.")]},
        )
    disown_evaluation(link=link, words=request.POST.get("words", ""))
    return render(request, "externships/sign_disowned.html", {"school": link.placement.record.school})


@csrf_exempt
@require_POST
@_kept_private
def new_link(request: HttpRequest, token: str) -> HttpResponse:
    """The reader of an expired link asks for a new one; the answer is the same whether or not one is mailed."""
    renew_evaluation(token=token)
    return render(request, "externships/sign_asked.html")


# ---- the school ------------------------------------------------------------------------------------------------------


@role_required(*KEEPING_ROLES)
@require_safe
def evaluations(request: HttpRequest) -> HttpResponse:
    """What supervisors were asked and answered, and what learners say of sites."""
    schools = list(schools_of(request.user, *KEEPING_ROLES))  # type: ignore[arg-type]
    now = timezone.now()
    page = page_of(request, evaluations_asked(schools))
    links = list(page.object_list)
    texts = texts_unsent(links)
    rows = [(link, evaluation_state(link, now), texts.get(link.pk)) for link in links]
    return render(
        request, "externships/evaluations_desk.html", {"page_obj": page, "rows": rows, "voices": voices_of(schools)}
    )


@login_required
@require_safe
def evaluation(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What one supervisor was asked, and what she answered."""
    link = school_evaluation(request.user, uuid)  # type: ignore[arg-type]
    answer = getattr(link, "answer", None)
    rows = [(item, str(answer.marks.get(item.code)) if answer else "") for item in shown_by(link).items]
    words = {row.version.uuid: row.words for row in answer.checkoffs.select_related("version")} if answer else {}
    return render(
        request,
        "externships/evaluations_one.html",
        {
            "link": link,
            "state": evaluation_state(link, timezone.now()),
            "rows": [(item, value, words.get(UUID(item.version), "") if item.version else "") for item, value in rows],
            "answer": answer,
            "goals": goals_ticked(link, answer) if answer else [],
        },
    )


@login_required
@by_button("externships:desk_evaluations")
def send_again(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Void a link and mail a new one."""
    link = school_evaluation(request.user, uuid)  # type: ignore[arg-type]
    try:
        fresh = resend_evaluation(link=link, by=request.user)  # type: ignore[arg-type]
    except ValidationError as error:
        say(request, error)
    else:
        messages.success(
            request,
            _("A new link is on its way to %(name)s. The old one opens nothing any more.")
            % {"name": fresh.supervisor.name},
        )
    return redirect("externships:desk_evaluations")


@login_required
@by_button("externships:desk_evaluations")
def revoke(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Make a link void."""
    link = school_evaluation(request.user, uuid)  # type: ignore[arg-type]
    page = ask_once_more(
        request,
        title=_("Make this link void?"),
        words=_("What was mailed to %(name)s opens nothing any more, for good. An answer that is in stands.")
        % {"name": link.supervisor.name},
        button=_("Make void"),
        back=reverse("externships:desk_evaluations"),
    )
    if page is not None:
        return page
    revoke_evaluation(link=link, by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("The link opens nothing any more."))
    return redirect("externships:desk_evaluations")
