"""The instructor's board of a group: who is where, who is stuck by the stated rule; a fixed number of queries."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.services import ensure_user
from certification.quizzes.models import QuizAssignment
from certification.quizzes.services import save_answers, start_attempt, submit_attempt
from certification.records.services import HourRequest, post_batch
from certification.requirements.models import RuleSet
from courses.catalog.models import Lesson
from courses.enrollments.models import Cohort, Enrollment
from courses.enrollments.services import enroll, ensure_cohort
from courses.study.selectors import cohort_progress, shown
from courses.study.services import close_session, complete_lesson, open_session, record_beat, suspend_enrollment
from tests.enrollments.making import make_program
from tests.layers import layer
from tests.records.making import part
from tests.study.conftest import publish
from tests.worlds import School

pytestmark = pytest.mark.django_db
BEGAN = datetime(2026, 3, 2, 14, tzinfo=UTC)  # a Monday morning in New York
NOW = BEGAN + timedelta(days=14)
MORE = 24


def visit(
    enrollment: Enrollment, code: str, day: int, *, minutes: int = 0, position: int = 0, finish: bool = False
) -> None:
    """Study a lesson on the day of that number for so many minutes, and leave it there or finish it."""
    lesson = Lesson.objects.get(code=code, module__program=enrollment.program_id)
    with time_machine.travel(BEGAN + timedelta(days=day), tick=False) as clock:
        opened = open_session(enrollment=enrollment, lesson=lesson)
        for minute in range(minutes):
            clock.shift(60)
            record_beat(session_uuid=opened.session.uuid, token=opened.token, sequence=minute + 1, active=True)
        close_session(session=opened.session, position=position)
        if finish:
            complete_lesson(enrollment=enrollment, lesson=lesson)


def attempt(enrollment: Enrollment, day: int, *, right: bool) -> None:
    """Take the quiz of the first module on that day."""
    with time_machine.travel(BEGAN + timedelta(days=day), tick=False):
        tried = start_attempt(assignment=QuizAssignment.objects.get(record=enrollment.record)).attempt
        for response in tried.responses.select_related("question_version"):
            key = next(c["key"] for c in response.question_version.choices if c["correct"] is right)
            save_answers(changes=[(response, key)])
        submit_attempt(attempt=tried)


@dataclass
class Group:
    """Seven learners of a group who stand at different places."""

    cohort: Cohort
    enrollments: dict[str, Enrollment]


@layer(at=BEGAN)
def board_group(school: School, rule_set: RuleSet) -> Group:
    """Through the services, each on her day."""
    program = publish(make_program(school.school, rule_set))
    cohort = ensure_cohort(program=program, name="Spring", starts_on=date(2026, 3, 2))
    names = ("Ana", "Bea", "Cleo", "Dora", "Eva", "Fay", "Gwen")
    found = {}
    for name in names:
        user = ensure_user(email=f"{name}@example.org", legal_name=name)
        found[name] = enroll(user=user, program=program, source_key=f"desk:{name}", cohort=cohort)
    for day in (1, 2, 12):
        visit(found["Ana"], "MFR-1", day, position=300)
    for day in (11, 12):
        attempt(found["Bea"], day, right=False)
    visit(found["Cleo"], "MFR-1", 1, minutes=6, finish=True)
    visit(found["Cleo"], "MFR-2", 13, minutes=2)
    for code in ("MFR-1", "MFR-2"):
        visit(found["Dora"], code, 3, minutes=6, finish=True)
    attempt(found["Dora"], 3, right=True)
    # Eva never came; Fay was in a class yesterday; Gwen's place is paused.
    start = BEGAN + timedelta(days=13)
    post_batch(
        requests=[
            HourRequest(found["Fay"].record, "class:1", [part(50, spans=((start, start + timedelta(minutes=50)),))])
        ]
    )
    suspend_enrollment(enrollment=found["Gwen"])
    return Group(cohort, found)


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def _text(response: Any) -> str:
    words = unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))
    return re.sub(r"\s+", " ", words)


def _address(cohort: Cohort) -> str:
    return reverse("study:cohort_progress", args=[cohort.uuid])


def test_why_each_is_stuck(board_group: Group) -> None:
    rows = {row.name: row for row in cohort_progress(board_group.cohort, now=NOW)}
    assert {name: row.reasons for name, row in rows.items()} == {
        "Ana": ("lesson",),
        "Bea": ("quiz",),
        "Cleo": (),
        "Dora": (),  # silent, but there is nothing left to do
        "Eva": ("silent",),
        "Fay": (),
        "Gwen": (),
    }
    assert (rows["Ana"].opened_days, rows["Ana"].stuck_in.number) == (3, "1.1")
    assert (rows["Cleo"].at.lesson.code, rows["Cleo"].finished, rows["Cleo"].of) == ("MFR-2", 1, 2)
    assert (rows["Dora"].silent_days, rows["Dora"].passed) == (11, 1)
    assert (rows["Eva"].at, rows["Eva"].last_on, rows["Eva"].silent_days) == (None, None, 14)
    assert (rows["Fay"].last_on, rows["Fay"].silent_days) == (date(2026, 3, 15), 1)


def test_a_finished_lesson_that_is_read_again_keeps_nobody(board_group: Group) -> None:
    for day in (5, 8, 13):
        visit(board_group.enrollments["Cleo"], "MFR-1", day)
    row = next(row for row in cohort_progress(board_group.cohort, now=NOW) if row.name == "Cleo")
    assert (row.reasons, row.opened_days, row.stuck_in.lesson.code) == ((), 1, "MFR-2")


def test_days_are_the_schools(board_group: Group) -> None:
    """Two visits on one evening in New York fall on two days in UTC, and are one day."""
    visit(board_group.enrollments["Eva"], "MFR-1", 12)
    with time_machine.travel(BEGAN, tick=False):
        for hours in (12 * 24 + 8, 12 * 24 + 12):
            visit_at = BEGAN + timedelta(hours=hours)
            with time_machine.travel(visit_at, tick=False):
                lesson = Lesson.objects.get(code="MFR-1")
                close_session(session=open_session(enrollment=board_group.enrollments["Eva"], lesson=lesson).session)
    row = next(row for row in cohort_progress(board_group.cohort, now=NOW) if row.name == "Eva")
    assert row.opened_days == 1


def test_a_cohort_that_has_not_begun_is_not_silent(board_group: Group, school: School) -> None:
    with time_machine.travel(BEGAN - timedelta(days=30), tick=False):
        later = ensure_cohort(program=board_group.cohort.program, name="Later", starts_on=date(2026, 3, 14))
        enroll(user=school.learner_user, program=later.program, source_key="desk:later", cohort=later)
    assert [row.silent_days for row in cohort_progress(later, now=NOW)] == [2]


@pytest.mark.parametrize(
    ("show", "sort", "names"),
    [
        ("", "name", ["Ana", "Bea", "Cleo", "Dora", "Eva", "Fay", "Gwen"]),
        ("", "stuck", ["Eva", "Ana", "Bea", "Dora", "Cleo", "Fay", "Gwen"]),
        ("", "silence", ["Eva", "Gwen", "Dora", "Ana", "Bea", "Cleo", "Fay"]),
        ("", "least", ["Ana", "Bea", "Eva", "Fay", "Gwen", "Cleo", "Dora"]),
        ("stuck", "name", ["Ana", "Bea", "Eva"]),
        ("silent", "name", ["Eva"]),
        ("paused", "name", ["Gwen"]),
    ],
)
def test_sorts_and_filters(board_group: Group, show: str, sort: str, names: list[str]) -> None:
    assert [row.name for row in shown(cohort_progress(board_group.cohort, now=NOW), show=show, sort=sort)] == names


def test_the_page_says_the_rule_and_leads_on(board_group: Group, school: School) -> None:
    page = school.client(school.registrar).get(_address(board_group.cohort))
    text = _text(page)
    assert "3 of 7 learners are stuck." in text
    assert "on 3 days or more" in text and "2 times or more" in text and "for 7 days" in text
    assert "opened 1.1 on 3 days, not finished" in text
    assert "failed a quiz 2 times" in text
    assert "silent for 14 days" in text
    names = re.findall(r'scope="row"><a href="[^"]+">(\w+)</a>', page.content.decode())
    assert names[:3] == ["Eva", "Ana", "Bea"], "stuck first without asking"
    record = board_group.enrollments["Eva"].record
    assert reverse("desk:record", args=[record.uuid]) in page.content.decode()
    for person in (school.instructor, school.coordinator):
        body = school.client(person).get(_address(board_group.cohort), {"sort": "x", "show": "x"}).content.decode()
        assert reverse("desk:record", args=[record.uuid]) not in body
        assert reverse("records:hours", args=[record.uuid]) in body


def test_who_may_not_see_it(board_group: Group, school: School) -> None:
    assert school.client(school.foreign_registrar).get(_address(board_group.cohort)).status_code == 404
    assert school.client(school.learner_user).get(_address(board_group.cohort)).status_code == 403


def test_empty_places_teach(board_group: Group, school: School) -> None:
    client = school.client(school.registrar)
    empty = ensure_cohort(program=board_group.cohort.program, name="Autumn", starts_on=date(2026, 9, 1))
    assert "Nobody is in this group yet" in _text(client.get(_address(empty)))
    suspend_enrollment(enrollment=board_group.enrollments["Eva"])
    assert "Nobody fits this" in _text(client.get(_address(board_group.cohort), {"show": "silent"}))


@layer(at=BEGAN)
def board_crowd(board_group: Group) -> Cohort:
    """Many more learners, each with a lesson opened and a quiz failed."""
    for number in range(MORE):
        user = ensure_user(email=f"crowd-{number}@example.org", legal_name=f"Learner {number:02d}")
        enrollment = enroll(
            user=user, program=board_group.cohort.program, source_key=f"desk:c{number}", cohort=board_group.cohort
        )
        visit(enrollment, "MFR-1", 1)
        attempt(enrollment, 1, right=False)
    return board_group.cohort


def queries_of(client: Any, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    assert len(captured) <= 12, "\n".join(query["sql"] for query in captured)
    return len(captured)


def test_a_larger_group_asks_no_more(board_crowd: Cohort, school: School) -> None:
    client = school.client(school.registrar)
    large = queries_of(client, _address(board_crowd))
    body = client.get(_address(board_crowd)).content.decode()
    assert body.count('role="rowheader"') == 7 + MORE
    Enrollment.objects.filter(source_key__startswith="desk:c").update(state="withdrawn")
    assert queries_of(client, _address(board_crowd)) == large
