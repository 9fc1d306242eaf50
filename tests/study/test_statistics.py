"""What learners make of a lesson: exact figures, none of small groups, no names, a fixed number of queries."""

import re
from html import unescape
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.rich_text import RichText

from accounts.services import ensure_user
from certification.requirements.models import RuleSet
from courses.catalog.models import Lesson, LessonChange, Program
from courses.catalog.services import ensure_lesson
from courses.enrollments.models import Enrollment
from courses.enrollments.services import enroll
from courses.study.board_rules import Quartiles
from courses.study.models import SelfCheckAnswer
from courses.study.selectors import check_numbers, lesson_numbers
from tests.enrollments.making import make_program
from tests.layers import layer
from tests.study.conftest import publish
from tests.study.test_board import BEGAN, NOW, visit
from tests.worlds import School

pytestmark = pytest.mark.django_db


@layer(at=BEGAN)
def studied(school: School, rule_set: RuleSet) -> Program:
    """Ten learners: six finished the first lesson after 5 to 10 minutes, four stopped early; one read the second."""
    program = publish(make_program(school.school, rule_set))
    for number in range(10):
        user = ensure_user(email=f"learner-{number}@example.org", legal_name=f"Secret Name {number}")
        enrollment = enroll(user=user, program=program, source_key=f"desk:{number}")
        if number < 6:
            visit(enrollment, "MFR-1", number, minutes=5 + number, position=1000, finish=True)
        else:
            visit(enrollment, "MFR-1", number, position=(100, 150, 449, 1000)[number - 6])
    visit(enrollment, "MFR-2", 11, minutes=1)
    return program


def ask(lesson: Lesson, *questions: str) -> list[UUID]:
    """Publish a lesson with these self-checks; their ids."""
    page = lesson.pages.get()
    page.body = [
        ("prose", RichText("<p>Words.</p>")),
        *(
            (
                "self_check",
                {"question": one, "choices": [{"text": "Yes", "correct": True}, {"text": "No"}], "explanation": ""},
            )
            for one in questions
        ),
    ]
    revision = page.save_revision()
    LessonChange.objects.create(lesson=page.lesson, revision=revision.pk, kind="cosmetic")
    revision.publish()
    page.refresh_from_db()
    return [UUID(block.id) for block in page.body if block.block_type == "self_check"]


def answer(enrollment: Enrollment, lesson: Lesson, block: UUID, *, first: bool, now: bool, tries: int = 1) -> None:
    SelfCheckAnswer.objects.create(
        enrollment=enrollment, lesson=lesson, block=block, right_at_first=first, right=now, tries=tries
    )


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def lesson_of(program: Program, code: str = "MFR-1") -> Lesson:
    return Lesson.objects.select_related("module__program").get(code=code, module__program=program)


def _text(response: Any) -> str:
    words = unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))
    return re.sub(r"\s+", " ", words.replace("\u2009", " ")).strip()


def test_the_figures_of_each_lesson(studied: Program) -> None:
    first, second, third = lesson_numbers(studied)
    assert (first.opened, first.finished, first.unfinished) == (10, 6, 4)
    assert first.spent == Quartiles(6, 7, 9)
    assert first.stopped == (0, 2, 0, 0, 1, 0, 0, 0, 0, 1)
    assert first.flags == ("quick",), "half needed 7 of 40 minutes"
    assert not first.small and not first.shows_stops
    assert (second.opened, second.spent, second.small, second.flags) == (1, None, True, ())
    assert (third.line.lesson.code, third.opened) == ("NMT-1", 0)


def test_where_many_stand_is_drawn_with_its_table(studied: Program, school: School) -> None:
    for number, place in enumerate((200, 300)):
        user = ensure_user(email=f"more-{number}@example.org", legal_name=f"More {number}")
        visit(enroll(user=user, program=studied, source_key=f"desk:m{number}"), "MFR-1", 1, position=place)
    numbers = lesson_numbers(studied)[0]
    assert (numbers.stopped, numbers.flags) == ((0, 2, 1, 1, 1, 0, 0, 0, 0, 1), ("quick", "lost"))
    page = school.client(school.instructor).get(reverse("study:lesson_statistics", args=[lesson_of(studied).uuid]))
    body = page.content.decode()
    assert body.count('<rect class="cnt"') == 5 and 'height="100"' in body and 'height="50"' in body
    assert "<details" in body and "10 to 20 % 2" in _text(page)
    assert "stand in its first half" in _text(page)
    assert "style=" not in body


def test_self_checks_by_the_words_of_the_published_lesson(studied: Program, school: School) -> None:
    lesson = lesson_of(studied)
    first, second = ask(lesson, "What answers to time?", "And to load?")
    people = list(Enrollment.objects.filter(program=studied).order_by("pk"))
    for number, enrollment in enumerate(people[:6]):
        answer(enrollment, lesson, first, first=number < 2, now=number < 5, tries=1 + (number > 1))
    answer(people[0], lesson, second, first=False, now=True, tries=3)
    answer(people[0], lesson, UUID(int=7), first=True, now=True)
    one, two, gone = check_numbers(lesson)
    assert (one.number, one.question, one.answered) == (1, "What answers to time?", 6)
    assert (one.right_at_first, one.right, one.tries_text, one.small) == (2, 5, "1.6", False)
    assert (two.number, two.answered, two.small) == (2, 1, True)
    assert (gone.number, gone.answered) == (0, 1)
    assert lesson_numbers(studied)[0].flags == ("quick", "blurred")
    text = _text(school.client(school.instructor).get(reverse("study:lesson_statistics", args=[lesson.uuid])))
    assert "33% 2 of 6 were right at first, 5 in the end; 1.6 tries a learner." in text
    assert "And to load? 1 learner answered; results are shown from 5 on." in text
    assert "stands in the lesson no more" in text


def test_of_a_small_group_only_counts_are_shown(studied: Program, school: School) -> None:
    lesson = lesson_of(studied, "MFR-2")
    text = _text(school.client(school.registrar).get(reverse("study:lesson_statistics", args=[lesson.uuid])))
    assert "Fewer than 5 learners opened it, so only counts are shown" in text
    assert "Where they stand is drawn from 5 on." in text


def test_no_page_names_a_learner(studied: Program, school: School) -> None:
    client = school.client(school.admin)
    for address in (
        reverse("study:program_lessons", args=[studied.uuid]),
        reverse("study:lesson_statistics", args=[lesson_of(studied).uuid]),
    ):
        assert "Secret Name" not in client.get(address).content.decode()


def test_the_list_of_lessons(studied: Program, school: School) -> None:
    text = _text(school.client(school.instructor).get(reverse("study:program_lessons", args=[studied.uuid])))
    assert "1 lesson asks for a look." in text
    assert (
        "1.1 The barrier half of those who finished needed less than half of the planned minutes 10 6 7 min (6–9)"
        in text
    )
    assert "Trigger points in preparation" in text


def test_a_retired_lesson_has_no_page(studied: Program, school: School) -> None:
    lesson = lesson_of(studied)
    Lesson.objects.filter(pk=lesson.pk).update(retired_at=NOW)
    assert school.client(school.admin).get(reverse("study:lesson_statistics", args=[lesson.uuid])).status_code == 404


def test_another_school_sees_nothing(studied: Program, school: School) -> None:
    for name, key in (("program_lessons", studied.uuid), ("lesson_statistics", lesson_of(studied).uuid)):
        address = reverse(f"study:{name}", args=[key])
        assert school.client(school.foreign_registrar).get(address).status_code == 404
        assert school.client(school.learner_user).get(address).status_code == 403


@pytest.mark.parametrize("name", ["program_lessons", "lesson_statistics"])
def test_more_lessons_and_learners_ask_no_more(studied: Program, school: School, name: str) -> None:
    client = school.client(school.registrar)
    lesson = lesson_of(studied)
    address = reverse(f"study:{name}", args=[studied.uuid if name == "program_lessons" else lesson.uuid])

    def queries() -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        assert len(captured) <= 12, "\n".join(query["sql"] for query in captured)
        return len(captured)

    before = queries()
    for number in range(20):
        ensure_lesson(module=lesson.module, code=f"X-{number}", title=f"More {number}", minutes=10, sort_order=9)
    for enrollment in Enrollment.objects.filter(program=studied):
        visit(enrollment, "MFR-2", 12)
    assert queries() == before
