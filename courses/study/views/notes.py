"""What a learner marks and writes for herself: the addresses that take it, her notes of a program, the file of them."""

from typing import Any, cast
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from courses.catalog.models import Lesson, Program
from courses.enrollments.selectors import enrollments_of

from ..access import open_place_for, own_note
from ..models import MOST_CONTEXT, MOST_NOTE, LessonNote
from ..rules.notes import anchor_of, as_markdown, as_text
from ..selectors import notes_of, notes_to_take_away
from ..services import NoSuchNoteError, NoSuchPlaceError, delete_note, keep_note, set_bookmark

FILES = {"md": ("text/markdown", as_markdown), "txt": ("text/plain", as_text)}


def notes_context(lesson: Lesson, notes: list[LessonNote]) -> dict[str, Any]:
    """What the list of notes under a lesson and its forms need."""
    return {
        "notes": notes,
        "colors": LessonNote.Color.choices,
        "most": MOST_NOTE,
        "new_note": uuid4(),
        "lesson": lesson,
    }


def _asks_for_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _id_in(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("note", ""))
    except ValueError as error:
        raise Http404 from error


@login_required
@require_POST
def keep(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Keep a note under the id that the page gave it: a new one, or new words and color of one that is there."""
    place = open_place_for(request.user, uuid)  # type: ignore[arg-type]
    told = {name: request.POST.get(name, "") for name in ("exact", "prefix", "suffix", "block", "text", "color")}
    anchor = anchor_of(
        exact=told["exact"], prefix=told["prefix"], suffix=told["suffix"], block=told["block"], context=MOST_CONTEXT
    )
    note = _id_in(request)
    try:
        kept = keep_note(
            uuid=note,
            enrollment=place.enrollment,
            lesson=place.lesson,
            text=told["text"],
            anchor=anchor,
            color=told["color"],
        )
    except NoSuchNoteError as error:
        raise Http404 from error
    except ValidationError as error:
        problem = " ".join(error.messages)
        if _asks_for_json(request):
            return JsonResponse({"title": problem, "status": 422}, status=422)
        # What was typed is kept, beside the reason.
        refused = {**told, "note": note, "problem": problem, "lesson": place.lesson, "colors": LessonNote.Color.choices}
        return render(request, "study/note_refused.html", {**refused, "most": MOST_NOTE}, status=422)
    if _asks_for_json(request):
        context = {**notes_context(place.lesson, []), "note": kept}
        return JsonResponse({"note": str(kept.uuid), "html": render_to_string("study/_note.html", context, request)})
    return redirect(f"{reverse('study:lesson', args=[uuid])}#note-{kept.uuid}")


@login_required
@require_POST
def delete(request: HttpRequest, uuid: UUID, note: UUID) -> HttpResponse:
    """Delete a note of her own."""
    delete_note(note=own_note(request.user, uuid, note))  # type: ignore[arg-type]
    if _asks_for_json(request):
        return JsonResponse({})
    messages.success(request, _("The note is deleted."))
    return redirect(f"{reverse('study:lesson', args=[uuid])}#notes")


@login_required
@require_POST
def bookmark(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Mark the lesson or a heading of it to come back to, or take the mark away."""
    place = open_place_for(request.user, uuid)  # type: ignore[arg-type]
    is_set = "mark" in request.POST
    at = request.POST.get("mark", request.POST.get("unmark", ""))[:80]
    try:
        set_bookmark(enrollment=place.enrollment, lesson=place.lesson, place=at, is_set=is_set)
    except NoSuchPlaceError as error:
        raise Http404 from error
    except ValidationError as error:
        if _asks_for_json(request):
            return JsonResponse({"title": " ".join(error.messages), "status": 422}, status=422)
        messages.error(request, " ".join(error.messages))
    if _asks_for_json(request):
        return JsonResponse({"set": is_set})
    return redirect(f"{reverse('study:lesson', args=[uuid])}#{at or 'main'}")


def _own_program(user: User, uuid: UUID) -> Program:
    """A program in which this person has or had a place; nobody else reads notes, staff neither. One query."""
    enrollment = enrollments_of(user).filter(program__uuid=uuid).first()
    if enrollment is None:
        raise Http404
    return enrollment.program


@login_required
@never_cache
@require_safe
def notes(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """All notes of her own in a program, by lesson, or those in which the words asked for stand."""
    user = cast(User, request.user)
    program = _own_program(user, uuid)
    asked = " ".join(request.GET.get("q", "").split())[:100]
    noted = notes_of(user, program, asked=asked)
    return render(
        request,
        "study/notes.html",
        {
            "program": program,
            "site_school": program.school,
            "asked": asked,
            "noted": noted,
            "found": sum(len(one.notes) for one in noted),
        },
    )


@login_required
@never_cache
@require_safe
def notes_file(request: HttpRequest, uuid: UUID, kind: str) -> HttpResponse:
    """The same as a file to keep: Markdown (`md`) or plain text (`txt`)."""
    if kind not in FILES:
        raise Http404
    user = cast(User, request.user)
    program = _own_program(user, uuid)
    content_type, write = FILES[kind]
    title = _("My notes in “%(program)s”") % {"program": program.title}
    body = write(title, notes_to_take_away(notes_of(user, program), program.school.zone))
    name = f"{slugify(program.code) or 'program'}-notes.{kind}"
    return HttpResponse(
        body,
        content_type=f"{content_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
