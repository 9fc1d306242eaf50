"""The questions of a lesson's page, each of them put into SQL once: what comes is what their querysets give."""

from typing import Any

import pytest

from accounts import selectors as people
from accounts.prepared import Prepared
from cms.demo import Demo
from courses.catalog import selectors as catalog
from courses.catalog.models import Lesson
from courses.enrollments.models import Enrollment
from courses.study import access
from courses.study.selectors import answers, home


def _told(row: Any) -> Any:
    """A row with all that was read beside it."""
    if not hasattr(row, "__dict__"):
        return row
    told = {name: value for name, value in row.__dict__.items() if not name.startswith("_")}
    ahead = {field.name for field in row._meta.concrete_fields if field.is_relation}
    beside = {name: _told(value) for name, value in row._state.fields_cache.items() if name in ahead}
    return {**told, **beside}


@pytest.fixture
def world(demo: Demo) -> dict[str, Any]:
    """A learner of the demo who has studied, and a lesson that she has opened."""
    student = demo.people["student"]
    enrollment = Enrollment.objects.get(learner__user=student)
    lesson = Lesson.objects.get(code="MFR-1", module__program=enrollment.program)
    return {"student": student, "enrollment": enrollment, "lesson": lesson}


@pytest.mark.parametrize("language", [None, "es"])
def test_what_comes_is_what_the_queryset_gives(world: dict[str, Any], language: str | None) -> None:
    student, enrollment, lesson = world["student"], world["enrollment"], world["lesson"]
    asked: list[tuple[Prepared[Any], dict[str, Any]]] = [
        (people._roles, {"user": student.pk}),
        (access._enrollment_at, {"user": student.pk, "lesson": lesson.uuid}),
        (home._outline_beside(language), {"enrollment": enrollment.pk, "lesson": lesson.uuid}),
        (home._outline_whole(language), {"enrollment": enrollment.pk, "program": enrollment.program_id}),
        (answers._own_rows, {"enrollment": enrollment.pk, "lesson": lesson.pk}),
        (catalog._published_pages, {"lesson": lesson.pk}),
    ]
    for question, values in asked:
        found, plain = question(**values), list(question.queryset_by(**values))
        assert [_told(row) for row in found] == [_told(row) for row in plain], question.queryset_by
        assert found or question in (people._roles, answers._own_rows), question.queryset_by
