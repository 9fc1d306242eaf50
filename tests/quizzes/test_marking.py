"""An essay: written on the page, marked by a rubric, once; the score and what follows come with the last mark."""

import json
from fractions import Fraction
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from certification.quizzes import selectors, services
from certification.quizzes.models import Attempt, Mark, Quiz, QuizAssignment, Response
from certification.quizzes.types.essay import MOST_SIGNS
from certification.records.models import CourseResult, Milestone, TrainingRecord
from notices.models import Message
from tests.worlds import School

from .conftest import TEXT, hand_in_essay, response_to

FULL = {"safe": 2, "reasons": 4}


@pytest.fixture
def learner(school: School) -> Client:
    return school.client(school.learner_user)


def mark(attempt: Attempt, school: School, points: dict[str, int] | None = None, **more: Any) -> services.Marked:
    """Mark the essay, by the instructor unless said otherwise."""
    more = {"by": school.instructor, **more}
    return services.mark_response(response=response_to(attempt, "report"), points=points or FULL, **more)


# ---- taking ----


def test_an_essay_is_written_on_the_page_and_kept(essay_assignment: QuizAssignment, learner: Client) -> None:
    attempt = services.start_attempt(assignment=essay_assignment).attempt
    question = response_to(attempt, "report").question_version.question.uuid
    page = f"/quizzes/attempts/{attempt.uuid}/"
    shown = learner.get(page).content.decode()
    assert "of 3 to 300 words" in shown
    assert "Safety (2 points), Reasons (4 points)" in shown
    assert "LEVEL-" not in shown
    assert "EXPLAINED" not in shown
    sent = {"action": "save", f"was-{question}": "[]", f"a-{question}": TEXT.replace("\n", "\r\n")}
    saved = learner.post(page, sent, follow=True).content.decode()
    assert response_to(attempt, "report").answer == [TEXT]
    assert "Then I touch it, slowly.</textarea>" in saved
    assert '<span data-wordcount="">11</span>' in saved.replace("data-wordcount>", 'data-wordcount="">')
    # The same page posted once more changes nothing.
    before = response_to(attempt, "report").sequence
    learner.post(page, {**sent, f"was-{question}": json.dumps([TEXT])})
    assert response_to(attempt, "report").sequence == before


def test_a_text_that_is_too_long_is_said_and_stands_in_its_field(
    essay_assignment: QuizAssignment, learner: Client
) -> None:
    attempt = services.start_attempt(assignment=essay_assignment).attempt
    question = response_to(attempt, "report").question_version.question.uuid
    long = "word " * (MOST_SIGNS // 5 + 1)
    sent = {"action": "save", f"was-{question}": "[]", f"a-{question}": long}
    said = learner.post(f"/quizzes/attempts/{attempt.uuid}/", sent).content.decode()
    assert f"Write {MOST_SIGNS} signs at most." in said
    assert said.count("word ") > MOST_SIGNS // 5
    assert response_to(attempt, "report").answer == []


def test_the_autosave_takes_a_text(essay_assignment: QuizAssignment, learner: Client) -> None:
    attempt = services.start_attempt(assignment=essay_assignment).attempt
    question = response_to(attempt, "report").question_version.question.uuid
    body = json.dumps({"answer": [TEXT], "sequence": 5})
    saved = learner.put(f"/api/v1/attempts/{attempt.uuid}/answers/{question}", body, "application/json").json()
    assert (saved["state"], saved["answer"]) == ("saved", [TEXT])


# ---- waiting ----


def test_handed_in_it_waits_without_a_score(waiting: Attempt) -> None:
    waiting.refresh_from_db()
    assert (waiting.state, waiting.score_numerator, waiting.passed) == ("marking", None, None)
    assert waiting.submitted_at is not None
    awarded = Response.objects.filter(attempt=waiting).values_list("question_version__kind", "awarded_numerator")
    assert dict(awarded) == {"single": 1, "essay": None}
    assert not CourseResult.objects.exists()
    assert not Milestone.objects.exists()


def test_an_essay_that_was_left_empty_waits_for_nobody(essay_assignment: QuizAssignment) -> None:
    attempt = hand_in_essay(essay_assignment, text="")
    assert attempt.is_marked
    assert selectors.share_of(attempt) == Fraction(1, 4)


def test_the_page_says_that_it_waits_and_tells_nothing_yet(waiting: Attempt, learner: Client) -> None:
    said = learner.get(f"/quizzes/attempts/{waiting.uuid}/result/").content.decode()
    assert "waits for its mark" in said
    assert "Then I touch it, slowly." in said
    for word in ("YES-CREEP", "LEVEL-", "EXPLAINED", "1 of 1 point"):
        assert word not in said, word


def test_the_queue_is_the_oldest_first_and_never_ones_own(
    waiting: Attempt, essay_quiz: Quiz, school: School, django_assert_num_queries: Any
) -> None:
    quizzes = Quiz.objects.all()
    with django_assert_num_queries(1):
        (row,) = [selectors.waiting_of(each) for each in selectors.marking_queue(quizzes, by=school.instructor)]
    assert (row.quiz, row.answers, row.marked, row.since) == (essay_quiz.title, 1, 0, waiting.submitted_at)
    assert school.learner_user.legal_name not in repr(row)
    assert not selectors.marking_queue(quizzes, by=school.learner_user).exists()
    TrainingRecord.objects.update(sealed_at=timezone.now())
    assert not selectors.marking_queue(quizzes, by=school.instructor).exists()


def test_what_is_marked_is_read_in_one_query(waiting: Attempt, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        (answer,) = selectors.essays_of(waiting)
    assert (answer.text, answer.words, answer.length, answer.points) == (TEXT, 11, "", 3)
    assert [criterion.title for criterion in answer.rubric] == ["Safety", "Reasons"]


@pytest.mark.parametrize(("text", "length"), [("Two words.", "short"), ("One " * 301, "long")])
def test_a_marker_sees_that_a_text_is_too_short_or_too_long(
    essay_assignment: QuizAssignment, text: str, length: str
) -> None:
    (answer,) = selectors.essays_of(hand_in_essay(essay_assignment, text=text))
    assert answer.length == length


# ---- marking ----


def test_the_last_mark_brings_the_score_the_grade_the_milestone_and_a_mail(
    waiting: Attempt, school: School, record: TrainingRecord
) -> None:
    marked = mark(waiting, school, {"safe": 2, "reasons": 3}, remarks={"reasons": " Say why. "}, remark="Well done.")
    assert marked.finished
    attempt = Attempt.objects.get(pk=waiting.pk)
    # 1 of 1 point, and 5/6 of 3 points: 7/8.
    assert (attempt.state, selectors.share_of(attempt), attempt.passed) == ("submitted", Fraction(7, 8), True)
    essay = response_to(attempt, "report")
    assert (essay.awarded_numerator, essay.awarded_denominator) == (5, 2)
    assert attempt.submitted_at == waiting.submitted_at, "she handed it in when she handed it in"
    assert Milestone.objects.get(record=record).code == "quiz:MFR"
    result = CourseResult.objects.get(record=record)
    assert (result.grade_hundredths, result.source_key) == (8750, f"attempt:{attempt.uuid}")
    assert "7/8" in result.evidence
    mail = Message.objects.get(to=school.learner_user.email)
    assert "marked" in mail.subject
    assert str(attempt.uuid) in mail.body
    assert "7/8" not in mail.body


def test_her_page_shows_points_and_remarks_by_criterion(waiting: Attempt, school: School, learner: Client) -> None:
    mark(waiting, school, {"safe": 1, "reasons": 3}, remarks={"reasons": "REMARK-WHY"}, remark="REMARK-ALL")
    said = learner.get(f"/quizzes/attempts/{waiting.uuid}/result/").content.decode()
    for word in ("REMARK-WHY", "REMARK-ALL", "Safety", "LEVEL-SOME-SIGNS", "3 of 4 points", "1 of 2 points"):
        assert word in said, word
    assert "LEVEL-ALL-SIGNS" not in said
    assert school.instructor.legal_name not in said


def test_the_same_mark_twice_is_one(waiting: Attempt, school: School) -> None:
    first = mark(waiting, school, remark="Good.")
    again = mark(waiting, school, remark="Good.")
    assert (first.mark, again.finished, Mark.objects.count()) == (again.mark, True, 1)
    assert Message.objects.filter(key__startswith="quiz-marked").count() == 1


def test_the_second_marker_is_told_who_was_first(waiting: Attempt, school: School) -> None:
    mark(waiting, school)
    for change in ({"by": school.registrar}, {"points": {"safe": 0, "reasons": 0}}):
        with pytest.raises(services.AlreadyMarkedError, match="Ines Instructor marked this answer on"):
            mark(waiting, school, **change)
    assert Mark.objects.get().points == FULL


@pytest.mark.parametrize(
    ("points", "field"),
    [
        ({"safe": 3, "reasons": 1}, "safe"),
        ({"safe": -1, "reasons": 1}, "safe"),
        ({"safe": True, "reasons": 1}, "safe"),
        ({"safe": 1}, "reasons"),
        ({"safe": 1, "reasons": "2"}, "reasons"),
        ({"safe": 1, "reasons": 2, "style": 1}, "style"),
    ],
)
def test_points_that_do_not_fit_the_rubric_are_refused(
    waiting: Attempt, school: School, points: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        mark(waiting, school, points)
    assert field in refused.value.message_dict
    assert not Mark.objects.exists()


def test_nobody_marks_her_own_what_does_not_wait_and_what_has_ended(
    waiting: Attempt, school: School, record: TrainingRecord
) -> None:
    with pytest.raises(ValidationError, match="your own"):
        mark(waiting, school, by=school.learner_user)
    with pytest.raises(services.NotNowError, match="does not wait"):
        services.mark_response(response=response_to(waiting, "creep"), points={}, by=school.instructor)
    TrainingRecord.objects.filter(pk=record.pk).update(sealed_at=timezone.now())
    with pytest.raises(services.NotNowError, match="has ended"):
        mark(waiting, school)
    assert not Mark.objects.exists()


def test_a_worse_essay_marked_later_changes_no_grade(
    waiting: Attempt, essay_assignment: QuizAssignment, school: School, record: TrainingRecord
) -> None:
    """The first has the better score."""
    mark(waiting, school, {"safe": 1, "reasons": 2})
    second = hand_in_essay(essay_assignment)
    mark(second, school, {"safe": 0, "reasons": 0})
    assert [row.grade_hundredths for row in CourseResult.objects.filter(record=record)] == [6250]
