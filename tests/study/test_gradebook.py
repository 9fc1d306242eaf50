"""The gradebook of a group: exact scores, a fixed number of queries, and tables that no spreadsheet runs."""

import csv
import io
import re
from datetime import timedelta
from fractions import Fraction
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.services import change_legal_name
from certification.records.services import record_course_result, record_milestone
from courses.catalog.models import LessonPage
from courses.enrollments.models import Cohort, Enrollment
from courses.enrollments.services import ensure_cohort
from courses.study.selectors import gradebook
from courses.study.selectors.grades import percent_text
from tests.study.test_board import BEGAN, NOW, Group, attempt, board_crowd, board_group
from tests.worlds import School

__all__ = ["board_crowd", "board_group"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def _text(response: Any) -> str:
    words = unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))
    return re.sub(r"\s+", " ", words)


def _table(client: Any, cohort: Cohort, kind: str = "csv") -> list[list[Any]]:
    answer = client.get(reverse("study:cohort_grades_table", args=[cohort.uuid, kind]))
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"] and "no-store" in answer["Cache-Control"]
    if kind == "csv":
        return list(csv.reader(io.StringIO(answer.content.decode())))
    return [list(row) for row in load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)]


@pytest.mark.parametrize(
    ("hundredths", "text"), [(None, ""), (0, "0"), (8750, "87.5"), (8705, "87.05"), (10_000, "100"), (5, "0.05")]
)
def test_percent_text(hundredths: int | None, text: str) -> None:
    assert percent_text(hundredths) == text


def test_what_stands_in_the_cells(board_group: Group) -> None:
    attempt(board_group.enrollments["Bea"], 13, right=True)
    book = gradebook(board_group.cohort)
    assert [(column.module.code, column.lessons, column.has_quiz) for column in book.columns] == [("MFR", 2, True)]
    cells = {row.name: row.cells[0] for row in book.rows}
    bea = cells["Bea"]
    assert (bea.best, bea.best_text, bea.passed, bea.quiz.used, bea.quiz.failed) == (Fraction(1), "100", True, 3, 2)
    assert (cells["Dora"].passed, cells["Dora"].finished) == (True, 2)
    assert (cells["Cleo"].passed, cells["Cleo"].finished, cells["Cleo"].best) == (False, 1, None)


def test_what_was_brought_from_elsewhere_counts(board_group: Group) -> None:
    record = board_group.enrollments["Eva"].record
    record_course_result(
        record=record, course="MFR@1", source_key="i:1", grade_hundredths=8750, attendance_hundredths=9000, evidence="x"
    )
    record_course_result(record=record, course="NMT@1", source_key="i:2", grade_hundredths=9000, evidence="x")
    record_milestone(record=record, code="quiz:MFR", title="Quiz", occurred_at=NOW, source_key="i:3")
    book = gradebook(board_group.cohort)
    eva = next(row for row in book.rows if row.name == "Eva").cells
    assert [column.module.code for column in book.columns] == ["MFR", "NMT"], "a result gives a column"
    assert (eva[0].best_text, eva[0].passed, eva[0].attendance_text) == ("87.5", True, "90")
    assert (eva[1].best_text, eva[1].passed) == ("90", False)


def test_a_lesson_taken_back_is_neither_finished_nor_to_finish(board_group: Group) -> None:
    LessonPage.objects.get(title="The second barrier").unpublish()
    book = gradebook(board_group.cohort)
    dora = next(row for row in book.rows if row.name == "Dora").cells[0]
    assert (dora.finished, dora.column.lessons) == (1, 1)


def test_the_page(board_group: Group, school: School) -> None:
    page = school.client(school.instructor).get(reverse("study:cohort_grades", args=[board_group.cohort.uuid]))
    text = _text(page)
    assert "Bea 0% not passed 0 of 2 lessons" in text
    assert "Dora 100% , passed 2 of 2 lessons" in text
    assert "Eva quiz not begun 0 of 2 lessons" in text
    body = page.content.decode()
    assert reverse("records:hours", args=[board_group.enrollments["Eva"].record.uuid]) in body


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_tables_hold_exact_scores_and_no_formula(board_group: Group, school: School, kind: str) -> None:
    user = board_group.enrollments["Dora"].learner.user
    change_legal_name(user=user, legal_name="=HYPERLINK(A1)", until_on=NOW.date())
    header, *rows = _table(school.client(school.registrar), board_group.cohort, kind)
    assert header[:5] == ["Learner", "Record", "State", "MFR best score (percent)", "MFR best score (exact)"]
    assert len(rows) == 7
    dora = next(row for row in rows if "HYPERLINK" in row[0])
    assert dora[0] == "'=HYPERLINK(A1)"
    assert [str(cell) for cell in dora[3:7]] == ["100", "1/1", "true", "1"]
    assert next(row for row in rows if row[0] == "Gwen")[2] == "Suspended"


def test_another_kind_of_table_is_not_there(board_group: Group, school: School) -> None:
    client = school.client(school.registrar)
    assert client.get(reverse("study:cohort_grades_table", args=[board_group.cohort.uuid, "pdf"])).status_code == 404


@pytest.mark.parametrize("name", ["cohort_grades", "cohort_grades_table"])
def test_who_may_not_see_it(board_group: Group, school: School, name: str) -> None:
    args = [board_group.cohort.uuid, *(["csv"] if name == "cohort_grades_table" else [])]
    assert school.client(school.foreign_registrar).get(reverse(f"study:{name}", args=args)).status_code == 404
    assert school.client(school.learner_user).get(reverse(f"study:{name}", args=args)).status_code == 403


def test_an_empty_group_says_what_will_stand_there(board_group: Group, school: School) -> None:
    empty = ensure_cohort(
        program=board_group.cohort.program, name="Autumn", starts_on=BEGAN.date() + timedelta(days=200)
    )
    page = school.client(school.registrar).get(reverse("study:cohort_grades", args=[empty.uuid]))
    assert "Nobody is in this group yet" in _text(page)


@pytest.mark.parametrize(("kind", "most"), [("", 14), ("csv", 12), ("xlsx", 12)])
def test_a_larger_group_asks_no_more(board_crowd: Cohort, school: School, kind: str, most: int) -> None:
    client = school.client(school.registrar)
    address = (
        reverse("study:cohort_grades_table", args=[board_crowd.uuid, kind])
        if kind
        else reverse("study:cohort_grades", args=[board_crowd.uuid])
    )

    def queries() -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        assert len(captured) <= most, "\n".join(query["sql"] for query in captured)
        return len(captured)

    large = queries()
    Enrollment.objects.filter(source_key__startswith="desk:c").update(state="withdrawn")
    assert queries() == large
