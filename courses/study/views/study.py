"""The learner's pages: her home, the lesson on its own route, finishing it, the numbers that bind her, its clips."""

import hashlib
from functools import lru_cache
from itertools import groupby
from typing import Any, cast
from unicodedata import combining, normalize
from uuid import UUID

from django.apps import apps
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.selectors import STAFF_ROLES, has_role
from certification.quizzes.selectors import assigned_quizzes
from courses.catalog.models import LESSON_WIDTHS, Lesson, Module, Program
from courses.catalog.selectors import block_of, body_of, glossary_of, lesson_page, photo_in
from courses.catalog.serving import private_copy, ranged_response
from courses.enrollments.models import Enrollment
from courses.enrollments.selectors import READABLE, enrollments_of

from ..access import enrollment_at, lesson_for_staff, lesson_to_read, media_for, place_for, program_to_read
from ..compressing import compressed_page
from ..selectors import (
    LessonLine,
    announcements_for,
    lessons_beside,
    minutes_to_go,
    names_in,
    opening_words,
    own_places,
    study_home,
    wait_words,
)
from ..services import SeatRefusedError, complete_lesson
from ..words import seconds_in_words
from .answers import own_body
from .notes import notes_context


@login_required
@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What to do next, for each program she is in."""
    user = cast(User, request.user)
    return render(
        request,
        "study/home.html",
        {"homes": study_home(user), "announcements": announcements_for(user, now=timezone.now())},
    )


@compressed_page
@login_required
@never_cache
@require_safe
def lesson(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A lesson: its words, its outline, and the clock. At most 8 queries for an enrolled learner."""
    enrollment = enrollment_at(request.user, uuid)  # type: ignore[arg-type]
    if enrollment is None:
        # Staff read what learners read; nothing is counted for them.
        lesson_for_staff(request.user, uuid)  # type: ignore[arg-type]
    elif enrollment.state not in READABLE:
        messages.warning(request, _("Your place in this program is paused. Ask the school’s office to open it again."))
        return redirect("study:home")
    lines = lessons_beside(uuid, enrollment)
    here = next((line for line in lines if line.lesson.uuid == uuid), None)
    if here is None:
        raise Http404
    context = _lesson_context(enrollment, lines, here)
    context["sheet"] = _sheet(context)
    if here.waits:
        context["waiting"] = wait_words(here.waits, names_in(context["program"]))
        return render(request, "study/lesson_closed.html", context)
    if enrollment is not None:
        mine = own_places(enrollment, here.lesson)
        context |= notes_context(here.lesson, mine.notes)
        headings = context["body"].headings if context["body"] else {}
        context["headings"] = [(place, words, place in mine.bookmarks) for place, words in headings.items()]
        # What was marked and has gone from the words since is still named, and can be taken away.
        context["headings"] += [(at, words, True) for at, words in mine.bookmarks.items() if at and at not in headings]
        context["is_bookmarked"] = "" in mine.bookmarks
        context["places"] = repr(context["headings"])
        context["outline_key"] = repr(
            (here.lesson.pk, context["to_go"], [line.key for line in lines], context["places"])
        )
        if context["body"]:
            context["words"] = own_body(request, context["body"], mine, here.lesson)
    elif context["body"]:
        context["words"] = mark_safe(context["body"].html)  # noqa: S308 - rendered by our own block templates
    return render(request, "study/lesson.html", context)


def _lesson_context(enrollment: Enrollment | None, lines: list[LessonLine], here: LessonLine) -> dict[str, Any]:
    module = here.lesson.module
    # Of what is not open yet, not even the words are read.
    page = None if here.waits else lesson_page(here.lesson)
    place = lines.index(here)
    after = next((line for line in lines[place + 1 :] if line.readable), None)
    before = next((line for line in reversed(lines[:place]) if line.readable), None)
    is_active = (
        enrollment is not None
        and enrollment.state == Enrollment.State.ACTIVE
        and enrollment.record.sealed_at is None
        and page is not None
    )
    return {
        "enrollment": enrollment,
        "module": module,
        "program": module.program,
        # The lesson's own school stands over it, and need not be asked for again.
        "site_school": module.program.school,
        "lesson": here.lesson,
        "line": here,
        "lines": lines,
        "place": place + 1,
        "to_go": minutes_to_go(lines),
        "after": after,
        "before": before,
        "page": page,
        "body": body_of(page) if page else None,
        "may_count": is_active and here.left > 0,
        "may_finish": is_active and not here.finished,
        "preview": enrollment is None,
        "crumbs": [] if enrollment is None else [{"label": module.program.title, "url": reverse("study:home")}],
        "idle_words": seconds_in_words(module.program.idle_seconds),
        "gap_words": seconds_in_words(module.program.gap_seconds),
    }


def _sheet(context: dict[str, Any]) -> str:
    """Names all that a lesson's page says alike to everybody for whom it stands so: its parts are kept by it."""
    page, lesson, module = context["page"], context["lesson"], context["module"]
    rows = [lesson, module, context["program"], context["site_school"], *([page] if page else [])]
    told = [[row.__dict__.get(name) for name in _columns(row._meta.label)] for row in rows]
    shown = [lesson.shown_title, module.shown_title, page and (page.languages, page.standing, page.edition)]
    stands = [context[name] for name in ("may_count", "may_finish", "preview")]
    return hashlib.sha256(repr((told, shown, stands)).encode()).hexdigest()


@lru_cache
def _columns(label: str) -> tuple[str, ...]:
    # Not the body, which a page has only while it is being rendered; the revision stands for it.
    return tuple(column.attname for column in apps.get_model(label)._meta.concrete_fields if column.attname != "body")


@login_required
@require_POST
def finish(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Finish a lesson and go on; what is still missing is said on the lesson's own page."""
    place = place_for(request.user, uuid)  # type: ignore[arg-type]
    try:
        complete_lesson(enrollment=place.enrollment, lesson=place.lesson)
    except SeatRefusedError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("study:lesson", uuid=uuid)
    messages.success(request, _("“%(lesson)s” is finished.") % {"lesson": place.lesson.title})
    lines = lessons_beside(uuid, place.enrollment)
    at = next((i for i, line in enumerate(lines) if line.lesson.uuid == uuid), len(lines))
    following = next((line for line in lines[at + 1 :] if line.readable and not line.finished), None)
    if following is not None:
        return redirect(following.url)
    if place.lesson.module.quiz_id is not None:
        return redirect("study:quiz", uuid=place.lesson.module.uuid)
    return redirect("study:home")


@login_required
@require_safe
def quiz(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Lead from a module to the learner's own assignment of its quiz."""
    module = Module.objects.filter(uuid=uuid).first()
    if module is None:
        raise Http404
    for enrollment in enrollments_of(request.user).filter(program=module.program_id):  # type: ignore[arg-type]
        for assigned in assigned_quizzes(enrollment.record):
            if assigned.module == module.code:
                return redirect(assigned.url)
        if module.quiz_id is not None:
            # The module got it since; a due job gives it to her as soon as it asks something.
            messages.info(request, _("The quiz of this part is still being written. It stands here when it is ready."))
            return redirect("study:home")
    raise Http404


@login_required
@require_safe
def rules(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The numbers by which a program counts seat time, for those whom they bind and for its staff."""
    program = Program.objects.select_related("school", "rule_set").filter(uuid=uuid).first()
    if program is None:
        raise Http404
    enrolled = enrollments_of(request.user).filter(program=program).first()  # type: ignore[arg-type]
    if enrolled is None and not has_role(request.user, program.school_id, *STAFF_ROLES):  # type: ignore[arg-type]
        raise Http404
    lessons = Lesson.objects.filter(module__program=program, retired_at=None).select_related("module__program")
    names = names_in(program)
    return render(
        request,
        "study/rules.html",
        {
            "program": program,
            "zone": enrolled.record.zone if enrolled else program.school.zone,
            "lessons": [
                (lesson, opening_words(lesson.release(), names))
                for lesson in lessons.order_by("module__sort_order", "module_id", "sort_order", "pk")
            ],
            "beat_words": seconds_in_words(program.beat_seconds),
            "gap_words": seconds_in_words(program.gap_seconds),
            "idle_words": seconds_in_words(program.idle_seconds),
            "answer_words": seconds_in_words(program.answer_seconds),
        },
    )


@login_required
@require_safe
def glossary(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The words of a program from A to Z, all of them or those in which what was asked for stands.

    One figure is drawn, that of the term `?figure=`: all of them are more than a megabyte.
    """
    program = program_to_read(request.user, uuid)  # type: ignore[arg-type]
    asked = " ".join(request.GET.get("q", "").split())[:100]
    terms = glossary_of(program)
    hits = [term for term in terms if asked.casefold() in f"{term.term} {term.other_forms} {term.meaning}".casefold()]
    hits.sort(key=lambda term: (initial(term.term), bare(term.term)))
    letters = [(letter, list(inside)) for letter, inside in groupby(hits, key=lambda term: initial(term.term))]
    return render(
        request,
        "study/glossary.html",
        {
            "program": program,
            "asked": asked,
            "letters": letters,
            "found": len(hits),
            "all": len(terms),
            "drawn": request.GET.get("figure", ""),
        },
    )


def bare(term: str) -> str:
    """A term without accents and capitals, as it is looked up: Ödem becomes odem."""
    return "".join(letter for letter in normalize("NFKD", term) if not combining(letter)).casefold()


def initial(term: str) -> str:
    """Under which letter a term stands: Ödem under O, 5-HT under #."""
    first = bare(term)[:1].upper()
    return first if first.isalpha() else "#"


@login_required
@require_safe
def media(request: HttpRequest, uuid: UUID, kind: str) -> HttpResponseBase:
    """A clip, its captions or its poster, in ranges; never served without the right to a lesson that shows it."""
    clip = media_for(request.user, uuid)  # type: ignore[arg-type]
    part = clip.part(kind)
    if part is None:
        raise Http404
    return ranged_response(
        request, part, content_type=clip.part_type(kind), is_large=kind == "file", seconds=clip.duration
    )


@login_required
@require_safe
def download(request: HttpRequest, uuid: UUID, block: UUID) -> HttpResponseBase:
    """The file that a published lesson offers in this block, to keep, for those who may read the lesson."""
    lesson = lesson_to_read(request.user, uuid)  # type: ignore[arg-type]
    page = lesson_page(lesson)
    value = block_of(page, "download", block) if page else None
    if value is None or value["document"] is None:
        raise Http404
    document = value["document"]
    return ranged_response(request, document.file, document.content_type, to_keep=document.filename)


@login_required
@require_safe
def photo(request: HttpRequest, uuid: UUID, part: UUID, width: int) -> HttpResponseBase:
    """A photograph that a published lesson shows in this block or step, so wide, for those who may read the lesson."""
    lesson = lesson_to_read(request.user, uuid)  # type: ignore[arg-type]
    page = lesson_page(lesson)
    image = photo_in(page, part) if page and width in LESSON_WIDTHS else None
    copy = image.lesson_copy(width) if image else None
    if copy is None:
        raise Http404
    return private_copy(request, copy.file, copy.content_type)
