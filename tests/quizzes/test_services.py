"""Assigning, starting, saving and handing in, through the services; success and refusal side by side."""

from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from certification.quizzes import selectors, services
from certification.quizzes.models import Attempt, Question, QuestionBank, Quiz, QuizAssignment, Response
from certification.records.models import CourseResult, Milestone, TrainingRecord
from tests.worlds import School

from .conftest import SINGLE, keys, response_to

HOUR = timedelta(hours=1)


# ---- assigning ----


def test_an_assignment_is_given_once(record: TrainingRecord, quiz: Quiz, assignment: QuizAssignment) -> None:
    again = services.assign_quiz(record=record, quiz=quiz, module="MFR", module_version=1, attempts_allowed=9)
    assert again == assignment
    assert again.allowed == 2
    assert again.course == "MFR@1"


def test_one_quiz_serves_one_module_of_a_record(record: TrainingRecord, quiz: Quiz, assignment: QuizAssignment) -> None:
    with pytest.raises(ValidationError, match="MFR@1"):
        services.assign_quiz(record=record, quiz=quiz, module="NMT", module_version=1)


def test_another_schools_quiz_is_refused(school: School, record: TrainingRecord) -> None:
    foreign = services.ensure_quiz(school=school.other_school, code="F", title="Foreign", questions=[])
    with pytest.raises(ValidationError, match="another school"):
        services.assign_quiz(record=record, quiz=foreign, module="F", module_version=1)


def test_dates_in_the_wrong_order_are_refused(record: TrainingRecord, quiz: Quiz) -> None:
    now = timezone.now()
    with pytest.raises(ValidationError) as refused:
        services.assign_quiz(record=record, quiz=quiz, module="MFR", module_version=1, opens_at=now, closes_at=now)
    assert "closes_at" in refused.value.message_dict


# ---- starting ----


def test_starting_again_gives_the_open_attempt(assignment: QuizAssignment, attempt: Attempt) -> None:
    again = services.start_attempt(assignment=assignment)
    assert (again.attempt, again.resumed) == (attempt, True)
    assert Attempt.objects.count() == 1


def test_an_attempt_fixes_order_points_and_mark(assignment: QuizAssignment, attempt: Attempt, quiz: Quiz) -> None:
    assert attempt.pass_percent == 75
    rows = Response.objects.filter(attempt=attempt).order_by("position")
    assert sorted(row.points for row in rows) == [1, 2]
    for row in rows:
        assert sorted(row.choice_order) == sorted(choice.key for choice in row.question_version.listed_choices())
    before = [question.stem for question in selectors.asked_questions(attempt)]
    services.ensure_quiz(school=quiz.school, code=quiz.code, title="X", questions=[], pass_percent=10)
    assert [question.stem for question in selectors.asked_questions(attempt)] == before
    attempt.refresh_from_db()
    assert attempt.pass_percent == 75


def test_an_attempt_keeps_the_version_that_it_asked(bank: QuestionBank, attempt: Attempt, assignment: Any) -> None:
    services.ensure_question(bank=bank, **{**SINGLE, "stem": "A newer wording?"})  # type: ignore[arg-type]
    assert "A newer wording?" not in {question.stem for question in selectors.asked_questions(attempt)}
    services.submit_attempt(attempt=attempt)
    second = services.start_attempt(assignment=assignment).attempt
    assert "A newer wording?" in {question.stem for question in selectors.asked_questions(second)}


def test_two_attempts_have_orders_of_their_own(quiz: Quiz, bank: QuestionBank, record: TrainingRecord) -> None:
    many = [
        services.ensure_question(bank=bank, **{**SINGLE, "code": f"q{place}"})  # type: ignore[arg-type]
        for place in range(8)
    ]
    quiz = services.ensure_quiz(school=quiz.school, code="many", title="Many", questions=many, attempts_allowed=5)
    given = services.assign_quiz(record=record, quiz=quiz, module="MANY", module_version=1)
    orders, firsts = set(), set()
    for _again in range(4):
        attempt = services.start_attempt(assignment=given).attempt
        asked = selectors.asked_questions(attempt)
        orders.add(tuple(question.uuid for question in asked))
        firsts |= {question.choices[0].text for question in asked}
        assert [q.choices for q in selectors.asked_questions(attempt)] == [q.choices for q in asked]
        services.submit_attempt(attempt=attempt)
    assert len(orders) > 1
    assert firsts == {"Creep", "Spasm", "Bleeding"}


def test_retired_and_draft_questions_are_not_asked(bank: QuestionBank, assignment: QuizAssignment) -> None:
    services.ensure_question(bank=bank, **{**SINGLE, "state": "retired"})  # type: ignore[arg-type]
    attempt = services.start_attempt(assignment=assignment).attempt
    assert [question.kind for question in selectors.asked_questions(attempt)] == ["multiple"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"opens_at": HOUR}, "opens on"),
        ({"closes_at": -HOUR}, "closed on"),
        ({"attempts_allowed": 0}, "attempts are used"),
    ],
)
def test_no_attempt_outside_dates_and_number(assignment: QuizAssignment, change: dict[str, Any], sentence: str) -> None:
    for name, value in change.items():
        setattr(assignment, name, timezone.now() + value if isinstance(value, timedelta) else value)
    assignment.save()
    with pytest.raises(services.NotNowError, match=sentence):
        services.start_attempt(assignment=assignment)
    assert not Attempt.objects.exists()


def test_attempts_are_counted(assignment: QuizAssignment) -> None:
    for number in (1, 2):
        attempt = services.start_attempt(assignment=assignment).attempt
        assert attempt.number == number
        services.submit_attempt(attempt=attempt)
    with pytest.raises(services.NotNowError, match="All 2 attempts are used"):
        services.start_attempt(assignment=assignment)


def test_after_passing_there_is_no_other_attempt(
    assignment: QuizAssignment, attempt: Attempt, answer_all: Callable[[Attempt], None]
) -> None:
    answer_all(attempt)
    services.submit_attempt(attempt=attempt)
    with pytest.raises(services.NotNowError, match="have passed"):
        services.start_attempt(assignment=assignment)


def test_a_record_that_ended_begins_nothing(assignment: QuizAssignment, record: TrainingRecord) -> None:
    TrainingRecord.objects.filter(pk=record.pk).update(sealed_at=timezone.now())
    with pytest.raises(services.NotNowError, match="record has ended"):
        services.start_attempt(assignment=assignment)


def test_a_quiz_without_questions_begins_nothing(record: TrainingRecord, quiz: Quiz) -> None:
    empty = services.ensure_quiz(school=quiz.school, code="E", title="Empty", questions=[])
    given = services.assign_quiz(record=record, quiz=empty, module="E", module_version=1)
    with pytest.raises(services.NotNowError, match="no questions yet"):
        services.start_attempt(assignment=given)


# ---- saving ----


def test_a_newer_answer_replaces_an_older_one_never(attempt: Attempt) -> None:
    first, newer, older = (response_to(attempt, "creep") for _copy in range(3))
    assert services.save_answer(response=first, answer=keys(first, "Spasm"), sequence=5).state == "saved"
    assert services.save_answer(response=newer, answer=keys(first, "Creep"), sequence=9).state == "saved"
    late = services.save_answer(response=older, answer=keys(first, "Spasm"), sequence=7)
    assert (late.state, late.answer, late.sequence) == ("older", keys(first, "Creep"), 9)
    assert response_to(attempt, "creep").answer == keys(first, "Creep")


def test_a_repeated_message_changes_nothing(attempt: Attempt) -> None:
    response = response_to(attempt, "creep")
    first = services.save_answer(response=response, answer=keys(response, "Creep"), sequence=3)
    again = services.save_answer(response=response_to(attempt, "creep"), answer=keys(response, "Creep"), sequence=3)
    assert again == first
    other = services.save_answer(response=response_to(attempt, "creep"), answer=keys(response, "Spasm"), sequence=3)
    assert other.state == "older"


def test_an_answer_can_be_taken_back(attempt: Attempt, answer: Callable[..., Any]) -> None:
    answer(attempt, "redflags", "A tender old scar")
    assert answer(attempt, "redflags").answer == []


def test_another_questions_key_is_no_answer(attempt: Attempt) -> None:
    foreign = keys(response_to(attempt, "redflags"), "A tender old scar")
    with pytest.raises(ValidationError, match="does not fit"):
        services.save_answer(response=response_to(attempt, "creep"), answer=foreign)


def test_answers_after_handing_in_are_refused_even_by_a_stale_object(attempt: Attempt) -> None:
    stale = response_to(attempt, "creep")
    services.submit_attempt(attempt=attempt)
    with pytest.raises(services.NotNowError, match="handed in on"):
        services.save_answer(response=stale, answer=keys(stale, "Creep"))
    with pytest.raises(services.NotNowError, match="handed in on"):
        services.save_answer(response=response_to(attempt, "creep"), answer=keys(stale, "Creep"))
    assert response_to(attempt, "creep").answer == []


def test_late_answers_are_refused_and_said(assignment: QuizAssignment, attempt: Attempt) -> None:
    assignment.closes_at = timezone.now() - HOUR
    assignment.save()
    response = response_to(attempt, "creep")
    with pytest.raises(services.NotNowError, match="closed on"):
        services.save_answer(response=response, answer=keys(response, "Creep"))
    assignment.extra_minutes = 61
    assignment.save()
    response = response_to(attempt, "creep")
    assert services.save_answer(response=response, answer=keys(response, "Creep")).state == "saved"


# ---- handing in ----


def test_passing_posts_one_milestone(
    attempt: Attempt, record: TrainingRecord, answer_all: Callable[[Attempt], None]
) -> None:
    answer_all(attempt)
    handed_in = services.submit_attempt(attempt=attempt)
    again = services.submit_attempt(attempt=attempt)
    assert (handed_in.passed, selectors.share_of(handed_in)) == (True, Fraction(1))
    assert again.submitted_at == handed_in.submitted_at
    milestone = Milestone.objects.get(record=record)
    assert (milestone.code, milestone.title) == ("quiz:MFR", "Quiz: myofascial release")
    assert milestone.occurred_at == handed_in.submitted_at
    assert "1/1" in milestone.detail
    assert not CourseResult.objects.exists()


def test_partial_credit_is_exact_and_falls_short(attempt: Attempt, answer: Callable[..., Any]) -> None:
    answer(attempt, "creep", "Creep")
    answer(attempt, "redflags", "Sudden severe headache")
    handed_in = services.submit_attempt(attempt=attempt)
    # 1 of 1 point and half of 2 points: 2/3, below 75 percent.
    assert selectors.share_of(handed_in) == Fraction(2, 3)
    assert handed_in.passed is False
    assert not Milestone.objects.exists()


def test_an_empty_attempt_scores_nothing(attempt: Attempt) -> None:
    handed_in = services.submit_attempt(attempt=attempt)
    assert selectors.share_of(handed_in) == 0
    assert handed_in.passed is False


def test_passing_at_the_second_attempt(
    assignment: QuizAssignment, attempt: Attempt, answer_all: Callable[[Attempt], None]
) -> None:
    services.submit_attempt(attempt=attempt)
    second = services.start_attempt(assignment=assignment).attempt
    answer_all(second)
    assert services.submit_attempt(attempt=second).passed
    assert Milestone.objects.filter(code="quiz:MFR").count() == 1


def test_a_fact_that_is_there_is_not_posted_again(
    attempt: Attempt, record: TrainingRecord, answer_all: Callable[[Attempt], None]
) -> None:
    Milestone.objects.create(
        record=record, source_key="desk:1", code="quiz:MFR", title="By hand", occurred_at=timezone.now()
    )
    answer_all(attempt)
    services.submit_attempt(attempt=attempt)
    assert Milestone.objects.filter(record=record, code="quiz:MFR").count() == 1


def test_grades_follow_the_best_attempt(assignment: QuizAssignment, answer: Callable[..., Any]) -> None:
    QuizAssignment.objects.filter(pk=assignment.pk).update(counts_as_grade=True, attempts_allowed=3)
    assignment.refresh_from_db()
    for texts in (["Sudden severe headache"], [], ["Sudden severe headache", "Loss of bladder control"]):
        attempt = services.start_attempt(assignment=assignment).attempt
        answer(attempt, "redflags", *texts)
        services.submit_attempt(attempt=attempt)
    # 1/3, 0 and 2/3 of the points: the worse one in the middle posts nothing.
    grades = CourseResult.objects.order_by("pk").values_list("course", "grade_hundredths")
    assert list(grades) == [("MFR@1", 3333), ("MFR@1", 6666)]


def test_a_record_that_ended_takes_no_result(attempt: Attempt, record: TrainingRecord) -> None:
    TrainingRecord.objects.filter(pk=record.pk).update(sealed_at=timezone.now())
    response = response_to(attempt, "creep")
    with pytest.raises(services.NotNowError, match="record has ended"):
        services.save_answer(response=response, answer=keys(response, "Creep"))
    with pytest.raises(services.NotNowError, match="record has ended"):
        services.submit_attempt(attempt=attempt)
    assert Attempt.objects.get().is_open


def test_what_is_overdue_is_handed_in_with_what_was_saved(
    assignment: QuizAssignment, attempt: Attempt, answer_all: Callable[[Attempt], None]
) -> None:
    answer_all(attempt)
    assert services.submit_overdue() == 0
    assignment.closes_at = timezone.now() - HOUR
    assignment.extra_minutes = 120
    assignment.save()
    assert services.submit_overdue() == 0
    assert services.submit_overdue(now=timezone.now() + 2 * HOUR) == 1
    assert services.submit_overdue(now=timezone.now() + 2 * HOUR) == 0
    assert Attempt.objects.get().passed


# ---- lists for other rooms ----


def test_the_list_of_a_records_quizzes_says_how_far_each_is(
    record: TrainingRecord,
    assignment: QuizAssignment,
    answer_all: Callable[[Attempt], None],
    django_assert_num_queries: Any,
) -> None:
    def state() -> str:
        with django_assert_num_queries(2):
            (line,) = selectors.assigned_quizzes(record)
        assert line.url == f"/quizzes/{assignment.uuid}/"
        return line.state

    assert state() == "open"
    attempt = services.start_attempt(assignment=assignment).attempt
    assert state() == "in_progress"
    services.submit_attempt(attempt=attempt)
    assert state() == "open"
    attempt = services.start_attempt(assignment=assignment).attempt
    answer_all(attempt)
    services.submit_attempt(attempt=attempt)
    assert state() == "passed"


@pytest.mark.parametrize(
    ("change", "state"),
    [({"attempts_allowed": 0}, "failed"), ({"opens_at": HOUR}, "not_open_yet"), ({"closes_at": -HOUR}, "closed")],
)
def test_states_in_which_nothing_can_begin(
    record: TrainingRecord, assignment: QuizAssignment, change: dict[str, Any], state: str
) -> None:
    for name, value in change.items():
        setattr(assignment, name, timezone.now() + value if isinstance(value, timedelta) else value)
    assignment.save()
    assert selectors.assigned_quizzes(record)[0].state == state


def test_a_question_without_versions_is_skipped(bank: QuestionBank, quiz: Quiz, assignment: QuizAssignment) -> None:
    bare = Question.objects.create(bank=bank, code="bare")
    quiz.items.create(question=bare, order=9)
    assert selectors.asks_of(quiz).questions == 2
