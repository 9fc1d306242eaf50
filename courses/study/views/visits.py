"""The visits behind the minutes of a record, and each of them to the minute: for the learner and the school's staff."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from certification.records.access import record_for

from ..selectors import WHYS, visit_lines, visit_story, visited_lessons, visits_of

VISITS_A_PAGE = 50


@login_required
@never_cache
@require_safe
def visits(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """All visits of a record with what was counted, what was not, and why; those of one lesson by `?lesson=`."""
    record = record_for(request.user, uuid)  # type: ignore[arg-type]
    lessons = visited_lessons(record)
    asked = request.GET.get("lesson", "")
    chosen = next((lesson for lesson in lessons if str(lesson.uuid) == asked), None)
    page = Paginator(visits_of(record, chosen.uuid if chosen else None), VISITS_A_PAGE).get_page(
        request.GET.get("page")
    )
    return render(
        request,
        "study/visits.html",
        {
            "record": record,
            "mine": record.learner.user_id == request.user.pk,
            "lessons": lessons,
            "chosen": chosen,
            "page": page,
            "lines": visit_lines(page.object_list, record),
        },
    )


@login_required
@never_cache
@require_safe
def visit(request: HttpRequest, uuid: UUID, visit: UUID) -> HttpResponse:
    """One visit, stretch by stretch and minute by minute."""
    record = record_for(request.user, uuid)  # type: ignore[arg-type]
    found = visits_of(record).select_related("lesson__module__program").filter(uuid=visit).first()
    if found is None:
        raise Http404
    story = visit_story(found, record)
    told = {lost.reason for lost in story.line.lost}
    reasons = dict.fromkeys(stretch.reason for stretch in story.line.stretches if stretch.reason in told)
    return render(
        request,
        "study/visit.html",
        {
            "record": record,
            "mine": record.learner.user_id == request.user.pk,
            "story": story,
            "line": story.line,
            "whys": [WHYS[reason] for reason in reasons],
            "program": found.lesson.module.program,
        },
    )
