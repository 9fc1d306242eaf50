"""A question graded again: seen before it is decided, applied once, with the old score still there."""

from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services import ensure_user
from certification.quizzes import selectors, services
from certification.quizzes.grading import How
from certification.quizzes.models import (
    Attempt,
    AwardChange,
    Question,
    QuestionVersion,
    Quiz,
    QuizAssignment,
    Regrade,
    Response,
    ScoreChange,
)
from certification.quizzes.selectors import is_void
from certification.records.models import CourseResult, Milestone, MilestoneWithdrawal, TrainingRecord
from certification.records.selectors import milestone_codes, missing_requirements
from certification.records.services import ensure_learner, open_record
from notices.models import Message
from tests.worlds import School

from .conftest import response_to

Answer = Callable[..., Any]
NOW = timezone.now()


def corrected(question: Question, right: str = "Spasm") -> QuestionVersion:
    """The next version of the first question, with another choice as its key; choices keep their stored keys."""
    version = question.versions.latest("number")
    choices = [{**choice, "correct": choice["text"] == right} for choice in version.choices]
    services.write_question(
        bank=question.bank, question=question, kind="single", stem=version.stem, choices=choices, by=author()
    )
    return question.versions.latest("number")


def author() -> User:
    return User.objects.get(email="ines@example.org")


@pytest.fixture
def wrong(attempt: Attempt, answer: Answer) -> Attempt:
    """Handed in with “Spasm” and both red flags: 2/3, not passed."""
    answer(attempt, "creep", "Spasm")
    answer(attempt, "redflags", "Sudden severe headache", "Loss of bladder control")
    return services.submit_attempt(attempt=attempt)


@pytest.fixture
def right(attempt: Attempt, answer_all: Callable[[Attempt], None]) -> Attempt:
    """Handed in with all right by the old key: passed."""
    answer_all(attempt)
    return services.submit_attempt(attempt=attempt)


def decide(quiz: Quiz, question: Question, school: School, **change: Any) -> Regrade:
    told = {"uuid": uuid4(), "how": "key", "reason": "The key was wrong.", "by": school.registrar, **change}
    return services.apply_regrade(quiz=quiz, question=question, **told)


def plan(quiz: Quiz, question: Question, how: How = How.KEY, version: QuestionVersion | None = None) -> Any:
    return selectors.regrade_plan(quiz=quiz, question=question, how=how, by_version=version)


def test_what_would_change_is_seen_and_nothing_is_written(
    wrong: Attempt, quiz: Quiz, questions: list[Question], django_assert_num_queries: Any
) -> None:
    version = corrected(questions[0])
    with django_assert_num_queries(3):
        seen = plan(quiz, questions[0], version=version)
    (planned,) = seen.changes
    assert (planned.old_percent, planned.new_percent) == ("66.66", "100")
    assert (seen.gained, seen.lost, seen.same, seen.unfit, seen.waiting) == ((wrong.assignment_id,), (), 0, 0, 0)
    assert not ScoreChange.objects.exists()


def test_it_changes_points_score_pass_and_record_and_keeps_the_old(
    wrong: Attempt, quiz: Quiz, questions: list[Question], school: School, record: TrainingRecord
) -> None:
    QuizAssignment.objects.update(counts_as_grade=True)
    made = decide(quiz, questions[0], school, by_version=corrected(questions[0]))
    attempt = Attempt.objects.get()
    assert (selectors.share_of(attempt), attempt.passed, attempt.submitted_at) == (1, True, wrong.submitted_at)
    change = ScoreChange.objects.get(regrade=made)
    assert Fraction(change.old_numerator, change.old_denominator) == Fraction(2, 3)
    assert (change.old_passed, change.new_passed) == (False, True)
    award = AwardChange.objects.get(regrade=made)
    assert (award.old_numerator, award.new_numerator) == (0, 1)
    assert Milestone.objects.get(record=record).code == "quiz:MFR"
    result = CourseResult.objects.get(record=record)
    assert result.grade_hundredths == 10_000
    assert str(made.uuid) in result.source_key
    assert "graded again" in result.evidence
    mail = Message.objects.get(to=school.learner_user.email)
    assert "had 66.66 % and has 100 % now." in mail.body
    assert "It is passed now." in mail.body
    assert made.reason in mail.body


def test_twice_from_one_form_is_once(wrong: Attempt, quiz: Quiz, questions: list[Question], school: School) -> None:
    version, form = corrected(questions[0]), uuid4()
    first = decide(quiz, questions[0], school, by_version=version, uuid=form)
    assert decide(quiz, questions[0], school, by_version=version, uuid=form) == first
    assert Regrade.objects.count() == ScoreChange.objects.count() == 1
    with pytest.raises(ValidationError, match="used already"):
        decide(quiz, questions[0], school, how="full", uuid=form)
    with pytest.raises(ValidationError, match="No score would change"):
        decide(quiz, questions[0], school, by_version=version)


def test_a_lost_pass_is_withdrawn_from_the_record_and_the_lower_grade_posted(
    right: Attempt, quiz: Quiz, questions: list[Question], school: School, record: TrainingRecord
) -> None:
    QuizAssignment.objects.update(counts_as_grade=True)
    assert milestone_codes(record) == {"quiz:MFR"}
    version = corrected(questions[0])
    assert plan(quiz, questions[0], version=version).lost == (right.assignment_id,)
    made = decide(quiz, questions[0], school, by_version=version)
    assert not Attempt.objects.get().passed
    assert milestone_codes(record) == frozenset()
    assert [one.code for one in missing_requirements(record)] == ["quiz:MFR"]
    assert MilestoneWithdrawal.objects.get().source_key == f"regrade:{made.uuid}"
    assert Milestone.all_ever.count() == 1, "both rows stay"
    assert [row.grade_hundredths for row in CourseResult.objects.order_by("pk")] == [6666]
    assert "not passed any more" in Message.objects.get(to=school.learner_user.email).body


def test_a_pass_that_was_lost_comes_back_by_another_regrade(
    right: Attempt, quiz: Quiz, questions: list[Question], school: School, record: TrainingRecord
) -> None:
    decide(quiz, questions[0], school, by_version=corrected(questions[0]))
    decide(quiz, questions[0], school, how="full", reason="Both are right.")
    assert Attempt.objects.get().passed
    assert milestone_codes(record) == {"quiz:MFR"}
    assert Milestone.all_ever.count() == 2
    told = selectors.regrades_of(Attempt.objects.get())
    assert [(each.percent, each.passed, each.reason) for each in told] == [
        ("100", True, "The key was wrong."), ("66.66", False, "Both are right."),
    ]  # fmt: skip


def test_a_pass_that_was_lost_comes_back_by_another_attempt(
    right: Attempt, quiz: Quiz, questions: list[Question], school: School, record: TrainingRecord, answer: Answer
) -> None:
    decide(quiz, questions[0], school, by_version=corrected(questions[0]))
    second = services.start_attempt(assignment=right.assignment).attempt
    answer(second, "creep", "Creep")
    answer(second, "redflags", "Sudden severe headache", "Loss of bladder control")
    assert services.submit_attempt(attempt=second).passed
    assert milestone_codes(record) == {"quiz:MFR"}


def test_by_the_better_key_nobody_loses(right: Attempt, quiz: Quiz, questions: list[Question], school: School) -> None:
    seen = plan(quiz, questions[0], How.EITHER, corrected(questions[0]))
    assert (seen.changes, seen.same) == ((), 1)


def test_an_answer_that_the_new_version_does_not_know_keeps_its_points(
    right: Attempt, quiz: Quiz, questions: list[Question]
) -> None:
    version = questions[0].versions.get()
    choices = [choice for choice in version.choices if choice["text"] != "Creep"]
    choices[0]["correct"] = True
    services.write_question(
        bank=questions[0].bank, question=questions[0], kind="single", stem="Anew?", choices=choices,
        by=author(),
    )  # fmt: skip
    seen = plan(quiz, questions[0], version=questions[0].versions.latest("number"))
    assert (seen.changes, seen.unfit, seen.same) == ((), 1, 1)


def test_open_attempts_keep_their_version_and_are_graded_again_when_it_is_run_again(
    wrong: Attempt, quiz: Quiz, questions: list[Question], school: School, answer: Answer
) -> None:
    second = services.start_attempt(assignment=wrong.assignment).attempt
    answer(second, "creep", "Spasm")
    version = corrected(questions[0])
    assert plan(quiz, questions[0], version=version).waiting == 1
    decide(quiz, questions[0], school, by_version=version)
    second.refresh_from_db()
    assert second.is_open
    assert response_to(second, "creep").awarded_numerator is None
    handed_in = services.submit_attempt(attempt=second)
    assert selectors.share_of(handed_in) == 0, "by the version that it asked"
    decide(quiz, questions[0], school, by_version=version, reason="For those handed in later.")
    assert selectors.share_of(Attempt.objects.get(pk=second.pk)) == Fraction(1, 3)


def test_attempts_that_wait_for_a_mark_stay(
    waiting: Attempt, essay_quiz: Quiz, questions: list[Question], school: School
) -> None:
    seen = plan(essay_quiz, questions[0], version=corrected(questions[0]))
    assert (seen.changes, seen.waiting) == ((), 1)


def test_a_record_that_has_ended_stays_as_it_is(
    wrong: Attempt, quiz: Quiz, questions: list[Question], school: School, record: TrainingRecord
) -> None:
    TrainingRecord.objects.filter(pk=record.pk).update(sealed_at=timezone.now())
    version = corrected(questions[0])
    seen = plan(quiz, questions[0], version=version)
    assert (seen.changes, seen.ended) == ((), 1)
    with pytest.raises(ValidationError, match="No score would change"):
        decide(quiz, questions[0], school, by_version=version)


def test_other_quizzes_stay(wrong: Attempt, essay_quiz: Quiz, questions: list[Question]) -> None:
    assert plan(essay_quiz, questions[0], version=corrected(questions[0])).changes == ()


def test_what_was_seen_is_what_is_applied(
    wrong: Attempt, quiz: Quiz, questions: list[Question], school: School
) -> None:
    version = corrected(questions[0])
    with pytest.raises(services.StalePlanError, match="changed since you looked"):
        decide(quiz, questions[0], school, by_version=version, expected="0000")
    stamp = plan(quiz, questions[0], version=version).stamp
    assert decide(quiz, questions[0], school, by_version=version, expected=stamp).pk


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"reason": "  "}, "Give the reason"),
        ({"reason": "x" * 501}, "Give the reason"),
        ({"how": "luck"}, "Choose how"),
        ({"by_version": None}, "Choose the version"),
        ({"how": "full"}, "Choose the version"),
        ({"other": True}, "version of this question"),
        ({"own": True}, "Your own attempt"),
    ],
)
def test_what_is_refused(
    wrong: Attempt, quiz: Quiz, questions: list[Question], school: School, change: dict[str, Any], says: str
) -> None:
    told: dict[str, Any] = {"by_version": corrected(questions[0]), **change}
    if told.pop("other", False):
        told["by_version"] = questions[1].versions.get()
    if told.pop("own", False):
        told["by"] = school.learner_user
    with pytest.raises(ValidationError, match=says):
        decide(quiz, questions[0], school, **told)
    assert not Regrade.objects.exists()


def test_many_attempts_in_few_queries(
    quiz: Quiz, questions: list[Question], school: School, record: TrainingRecord, django_assert_max_num_queries: Any
) -> None:
    """Seeing costs the same for one and for many."""
    for number in range(5):
        user = ensure_user(email=f"l{number}@example.org", legal_name=f"Learner {number}")
        other = open_record(
            learner=ensure_learner(user=user), school=school.school, rule_set=record.rule_set,
            program_code="SMALL", program_title="Small", enrolled_on=record.enrolled_on, source_key=f"e:{number}",
        )  # fmt: skip
        assigned = services.assign_quiz(record=other, quiz=quiz, module="MFR", module_version=1)
        services.submit_attempt(attempt=services.start_attempt(assignment=assigned).attempt)
    with django_assert_max_num_queries(3):
        seen = plan(quiz, questions[0], How.FULL)
    assert len(seen.changes) == 5
    decide(quiz, questions[0], school, how="full")
    assert ScoreChange.objects.count() == 5


def test_her_page_says_what_it_was_and_why(
    wrong: Attempt, quiz: Quiz, questions: list[Question], school: School
) -> None:
    decide(quiz, questions[0], school, by_version=corrected(questions[0]), reason="REASON-OF-IT")
    page = f"/quizzes/attempts/{wrong.uuid}/result/"
    for user in (school.learner_user, school.registrar):
        client: Client = school.client(user)
        said = client.get(page).content.decode().replace("\xa0", " ").replace("&nbsp;", " ")
        assert "It was 66.66 % until question" in said
        assert "REASON-OF-IT" in said
        assert "It had 0 of 1 before" in said
        assert "100 %: 3 of 3 points" in said


@pytest.mark.parametrize(("counts", "lost"), [("best", False), ("last", True), ("average", False)])
def test_a_pass_is_lost_by_the_score_that_counts(
    assignment: QuizAssignment, quiz: Quiz, questions: list[Question], answer: Answer, counts: str, lost: bool
) -> None:
    """Two attempts, the second one passed alone; the first, all right by the corrected key, passes then."""
    settings = {} if counts == "best" else {"score_kept": counts}
    for choice in ("Spasm", "Creep"):
        attempt = Attempt.objects.create(
            assignment=assignment, number=1 if choice == "Spasm" else 2, pass_percent=75, settings=settings,
            started_at=timezone.now(),
        )  # fmt: skip
        for place, (question, points) in enumerate(zip(questions, (1, 2), strict=True), start=1):
            version = question.versions.get()
            Response.objects.create(
                attempt=attempt, question_version=version, position=place, points=points,
                choice_order=list(version.type.names(version.parsed)),
            )  # fmt: skip
        answer(attempt, "creep", choice)
        answer(attempt, "redflags", "Sudden severe headache", "Loss of bladder control")
        services.submit_attempt(attempt=attempt)
    # 2/3 and 1 become 1 and 2/3: the best stays 1, the last falls to 2/3, the average stays 5/6 and passes.
    seen = plan(quiz, questions[0], version=corrected(questions[0]))
    assert [str(each.change.new_score) for each in seen.changes] == ["1", "2/3"]
    assert bool(seen.lost) == lost


def test_a_void_attempt_stays_void(wrong: Attempt, quiz: Quiz, questions: list[Question]) -> None:
    seen = plan(quiz, questions[0], How.FULL)
    assert len(seen.changes) == 1
    late = Attempt(
        settings={"late_policy": "void", "grace_seconds": 10}, due_at=NOW, submitted_at=NOW + timedelta(seconds=10)
    )
    assert is_void(late)
    late.submitted_at = NOW + timedelta(seconds=9)
    assert not is_void(late)
    assert not is_void(Attempt(due_at=NOW, submitted_at=NOW + timedelta(days=1)))
