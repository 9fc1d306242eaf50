"""What learners make of the lessons of a program, and of one of them; no names, and no figures of small groups."""

from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import role_required
from accounts.models import User
from accounts.selectors import STAFF_ROLES

from .. import board_rules
from ..access import lesson_for_staff, program_for
from ..selectors import LessonNumbers, check_numbers, lesson_numbers, programs_of

BAR, GAP, TALL = 22, 4, 100  # units of the drawing


@role_required(*STAFF_ROLES)
@require_safe
def lessons_of_program(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Every lesson of a program with what learners made of it. At most eleven queries."""
    user = cast(User, request.user)
    program = program_for(user, uuid)
    rows = lesson_numbers(program)
    return render(
        request,
        "study/desk_lessons.html",
        {
            "program": program,
            "programs": programs_of(user),
            "rows": rows,
            "flagged": sum(bool(row.flags) for row in rows),
            "fewest": board_rules.SMALL_GROUP,
        },
    )


@role_required(*STAFF_ROLES)
@require_safe
def lesson_statistics(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One lesson: minutes, where learners stopped, its self-checks. At most twelve queries."""
    lesson = lesson_for_staff(cast(User, request.user), uuid)
    numbers = next(iter(lesson_numbers(lesson.module.program, [lesson])), None)
    if numbers is None:
        raise Http404  # retired
    return render(
        request,
        "study/desk_lesson.html",
        {
            "lesson": lesson,
            "program": lesson.module.program,
            "numbers": numbers,
            "chart": _chart(numbers) if numbers.shows_stops else None,
            "checks": check_numbers(lesson),
            "fewest": board_rules.SMALL_GROUP,
        },
    )


def _chart(numbers: LessonNumbers) -> dict[str, Any]:
    """The drawing of where learners stand: one bar for each part, its place and height in units."""
    most = max(numbers.stopped)
    width = 100 // board_rules.STEPS
    bars = []
    for place, count in enumerate(numbers.stopped):
        height = count * TALL // most
        bars.append(
            {
                "x": place * (BAR + GAP) + GAP,
                "y": TALL - height,
                "height": height,
                "count": count,
                "middle": place * (BAR + GAP) + GAP + BAR // 2,
                "label_y": TALL - height - 5,
                "words": _("%(start)d to %(end)d %%") % {"start": place * width, "end": (place + 1) * width},
            }
        )
    return {"bars": bars, "bar": BAR, "width": board_rules.STEPS * (BAR + GAP) + GAP, "base": TALL}
