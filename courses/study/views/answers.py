"""What a learner leaves inside a lesson: its places in the page, and the addresses that take it."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from courses.catalog.marking import Body
from courses.catalog.models import Lesson

from ..access import open_place_for
from ..models import MOST_REFLECTION
from ..selectors import OwnAnswer, OwnPlaces, OwnWords
from ..services import NoSuchQuestionError, answer_self_check, save_reflection


def own_body(request: HttpRequest, body: Body, mine: OwnPlaces, lesson: Lesson) -> SafeString:
    """A lesson's body with what this learner left in it, and the forms that take it. No query."""
    if len(body.pieces) == 1:
        return mark_safe(body.html)  # noqa: S308 - rendered by our own block templates
    token = get_token(request)

    def fill(kind: str, block: str) -> str | None:
        if kind not in OWN:
            return None
        left = (mine.answers if kind == "check" else mine.reflections).get(block)
        own = (
            _empty_place(kind, lesson.uuid, block, get_language())
            if left is None
            else _place(kind, lesson.uuid, block, left)
        )
        return own.replace(CSRF_PLACE, token)

    chosen = {choice for answer in mine.answers.values() for choice in answer.chosen}
    return mark_safe(body.with_own(fill, chosen))  # noqa: S308 - our own templates, which escape


OWN = {
    "check": ("study:answer_check", "study/_own_check.html", "answer"),
    "reflection": ("study:reflect", "study/_own_reflection.html", "reflection"),
}
CSRF_PLACE = "here-stands-the-token-of-the-request"


def _place(kind: str, lesson: UUID, block: str, left: OwnAnswer | OwnWords | None) -> str:
    name, template, called = OWN[kind]
    context = {called: left, "most": MOST_REFLECTION, "key": block, "csrf_token": CSRF_PLACE}
    # Not the request's whole context: the page around it has asked for that already.
    return render_to_string(template, {**context, "address": reverse(name, args=[lesson, block])})


@lru_cache(maxsize=1_000)
def _empty_place(kind: str, lesson: UUID, block: str, _language: str | None) -> str:
    """The same for all in whose language nothing is left there yet."""
    return _place(kind, lesson, block, None)


def _answered(request: HttpRequest, lesson: UUID, block: UUID, told: dict[str, Any], problem: str = "") -> HttpResponse:
    """To the script in short, to a form by leading back to its place in the lesson."""
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"title": problem, "status": 422} if problem else told, status=422 if problem else 200)
    if problem:
        messages.error(request, problem)
    return redirect(f"{reverse('study:lesson', args=[lesson])}#block-{block}")


@login_required
@require_POST
def answer_check(request: HttpRequest, uuid: UUID, block: UUID) -> HttpResponse:
    """Judge and keep an answer to a self-check."""
    place = open_place_for(request.user, uuid)  # type: ignore[arg-type]
    chosen = request.POST.getlist(f"chosen-{block}")
    try:
        judged = answer_self_check(enrollment=place.enrollment, lesson=place.lesson, block=block, chosen=chosen)
    except NoSuchQuestionError as error:
        raise Http404 from error
    except ValidationError as error:
        return _answered(request, uuid, block, {}, " ".join(error.messages))
    return _answered(request, uuid, block, {"right": judged.right, "tries": judged.tries})


@login_required
@require_POST
def reflect(request: HttpRequest, uuid: UUID, block: UUID) -> HttpResponse:
    """Keep what she wrote for herself."""
    place = open_place_for(request.user, uuid)  # type: ignore[arg-type]
    text = request.POST.get("text", "")
    try:
        kept = save_reflection(enrollment=place.enrollment, lesson=place.lesson, block=block, text=text)
    except NoSuchQuestionError as error:
        raise Http404 from error
    except ValidationError as error:
        return _answered(request, uuid, block, {}, " ".join(error.messages))
    return _answered(request, uuid, block, {"saved_at": kept.saved_at.isoformat() if kept else None})
