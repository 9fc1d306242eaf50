"""The learners of one lesson: exceptions for one or many of them, and the instructor's mark."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from courses.catalog.models import Lesson
from courses.enrollments.forms import ExceptionForm
from courses.enrollments.models import Enrollment, LessonException
from courses.enrollments.services import end_exception, except_from

from ..access import lesson_for_staff
from ..selectors import learners_of, roster_of
from ..services import mark_lesson

ROWS_A_PAGE = 50


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lesson_learners(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who studies the lesson; a POST marks it for some, excepts some from its rules, or ends an exception.

    Seven queries for any number of learners.
    """
    lesson = lesson_for_staff(request.user, uuid)  # type: ignore[arg-type]
    form = ExceptionForm(request.POST if request.POST.get("do") == "except" else None)
    chosen = set(request.POST.getlist("learner"))
    if request.method == "POST":
        done = _act(request, lesson, form, chosen)
        if done:
            messages.success(request, done)
            return redirect(request.get_full_path())
    page = Paginator(learners_of(lesson), ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "study/desk_lesson_learners.html",
        {
            "lesson": lesson,
            "module": lesson.module,
            "program": lesson.module.program,
            "page_obj": page,
            "rows": roster_of(lesson, list(page.object_list)),
            "chosen": chosen,
            "form": form,
        },
    )


def _act(request: HttpRequest, lesson: Lesson, form: ExceptionForm, chosen: set[str]) -> str:
    """Do what the POST asks; the sentence about it, or nothing where it is refused (the reason is said)."""
    do = request.POST.get("do", "")
    try:
        if do.startswith("end:"):
            return _end(request, lesson, do.removeprefix("end:"))
        enrollments = _enrollments(lesson, chosen)
        if do == "mark":
            with transaction.atomic():
                for enrollment in enrollments:
                    mark_lesson(enrollment=enrollment, lesson=lesson, by=request.user)  # type: ignore[arg-type]
            words = ngettext(
                "Marked as done for %(n)d learner.", "Marked as done for %(n)d learners.", len(enrollments)
            )
            return words % {"n": len(enrollments)}
        if do == "except" and form.is_valid():
            except_from(lesson=lesson, enrollments=enrollments, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
            words = ngettext(
                "The exception holds for %(n)d learner.", "The exception holds for %(n)d learners.", len(enrollments)
            )
            return words % {"n": len(enrollments)}
    except ValidationError as error:
        fields: dict[str, Any] = getattr(error, "error_dict", {})
        if do == "except" and form.is_bound and set(fields) <= set(form.fields):
            form.add_error(None, error)
        else:
            messages.error(request, " ".join(error.messages))
    return ""


def _enrollments(lesson: Lesson, chosen: set[str]) -> list[Enrollment]:
    known = {str(row.uuid): row for row in learners_of(lesson)}
    if not chosen:
        raise ValidationError(_("Choose at least one learner in the list."))
    if not chosen <= set(known):
        raise ValidationError(_("Somebody you chose is no longer in this program. Look at the list once more."))
    return [known[each] for each in sorted(chosen)]


def _end(request: HttpRequest, lesson: Lesson, uuid: str) -> str:
    try:
        exception = LessonException.objects.select_related("lesson__module__program").get(uuid=uuid, lesson=lesson)
    except (LessonException.DoesNotExist, ValidationError, ValueError) as error:
        raise Http404 from error
    end_exception(exception=exception, by=request.user)  # type: ignore[arg-type]
    return _("The exception has ended; the lesson’s own rules hold again.")
