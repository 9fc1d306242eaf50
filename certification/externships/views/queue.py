"""What waits for a supervisor who has an account: her links open here without their tokens."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from ..access import queued_evaluation, queued_link
from ..selectors import evaluations_of, queue_of, supervisors_behind
from ..services import DeadLinkError, must_open
from . import evaluations
from .signing import answer_page


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store, private"
    return response


@login_required
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Everything that waits for her signature, over learners and schools, the oldest first."""
    now = timezone.now()
    waiting = queue_of(request.user, now)  # type: ignore[arg-type]
    asked = evaluations_of(request.user, now)  # type: ignore[arg-type]
    return _private(
        render(
            request,
            "externships/queue.html",
            {
                "waiting": waiting,
                "evaluations": asked,
                "minutes": sum(item.minutes for item in waiting),
                "count": sum(len(item.rows) for item in waiting),
                "known": bool(waiting or asked) or supervisors_behind(request.user).exists(),  # type: ignore[arg-type]
            },
        )
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def queued(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One of her links, by her account in place of its token; the same page and the same answers."""
    link = queued_link(request.user, uuid)  # type: ignore[arg-type]
    try:
        return _private(answer_page(request, link, reverse("externships:queued", args=[uuid])))
    except DeadLinkError as dead:
        context = {"state": dead.state, "token": ""}
        return _private(render(request, "externships/sign_dead.html", context, status=404))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def queued_rating(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One evaluation asked of her, by her account in place of its token; the same page and the same answer."""
    link = queued_evaluation(request.user, uuid)  # type: ignore[arg-type]
    try:
        here = reverse("externships:queued_rating", args=[uuid])
        return _private(evaluations.answer_page(request, must_open(link), here))
    except DeadLinkError as dead:
        return _private(
            render(request, "externships/evaluations_dead.html", {"state": dead.state, "token": ""}, status=404)
        )
