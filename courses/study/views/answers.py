"""What a learner leaves inside a lesson: its places in the page, and the addresses that take it."""

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
from django.views.decorators.http import require_POST

from courses.catalog.marking import has_own_places, with_own_places
from courses.catalog.models import Lesson

from ..access import open_place_for
from ..models import MOST_REFLECTION
from ..selectors import OwnPlaces
from ..services import NoSuchQuestionError, answer_self_check, save_reflection


def own_body(request: HttpRequest, body: str, mine: OwnPlaces, lesson: Lesson) -> SafeString:
    """A lesson's body with what this learner left in it, and the forms that take it. No query."""
    if not has_own_places(body):
        return mark_safe(body)  # noqa: S308 - rendered by our own block templates
    token = get_token(request)

    def fill(kind: str, block: str) -> str | None:
        places: dict[str, tuple[str, str, dict[str, Any]]] = {
            "check": ("study:answer_check", "study/_own_check.html", {"answer": mine.answers.get(block)}),
            "reflection": (
                "study:reflect",
                "study/_own_reflection.html",
                {"reflection": mine.reflections.get(block), "most": MOST_REFLECTION},
            ),
        }
        if kind not in places:
            return None
        name, template, context = places[kind]
        address = reverse(name, args=[lesson.uuid, block])
        # Not the request's whole context: the page around it has asked for that already.
        return render_to_string(template, {**context, "address": address, "key": block, "csrf_token": token})

    chosen = {choice for answer in mine.answers.values() for choice in answer.chosen}
    return mark_safe(with_own_places(body, fill, chosen))  # noqa: S308 - our own templates, which escape


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
