"""A mark is corrected with a reason: old and new stay, the score follows, and what stands in the record with it."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from certification.quizzes import selectors, services
from certification.quizzes.models import (
    Attempt,
    AwardChange,
    Mark,
    MarkCorrection,
    QuestionBank,
    Quiz,
    QuizAssignment,
    ScoreChange,
)
from certification.records.models import CourseResult, Milestone, MilestoneWithdrawal, TrainingRecord
from notices.models import Message
from tests.layers import layer
from tests.worlds import School

from .conftest import ESSAY, TEXT, hand_in_essay, response_to

FULL = {"safe": 2, "reasons": 4}
HALF = {"safe": 1, "reasons": 2}
NONE = {"safe": 0, "reasons": 0}


def mark(attempt: Attempt, school: School, points: Mapping[str, int], **more: Any) -> Mark:
    return services.mark_response(
        response=response_to(attempt, "report"), points=points, by=school.instructor, **more
    ).mark


@layer
def passed(waiting: Attempt, school: School) -> Mark:
    """The mark of an attempt with all points: 4 of 4."""
    return mark(waiting, school, FULL, remark="FIRST-WORDS")


def correct(mark: Mark, school: School, points: Mapping[str, int] = NONE, **more: Any) -> MarkCorrection:
    said: dict[str, Any] = {"uuid": uuid4(), "after": 0, "reason": "READ-ANEW", "by": school.registrar, **more}
    return services.correct_mark(mark=mark, points=points, **said)


def attempt_of(mark: Mark) -> Attempt:
    return Attempt.objects.get(pk=mark.response.attempt_id)


def grades(record: TrainingRecord) -> list[int | None]:
    return list(CourseResult.objects.filter(record=record).order_by("pk").values_list("grade_hundredths", flat=True))


# ---- what follows ----


def test_a_lost_pass_takes_the_milestone_back_and_posts_the_new_grade(
    passed: Mark, school: School, record: TrainingRecord
) -> None:
    before = attempt_of(passed)
    made = correct(passed, school, HALF)
    attempt = attempt_of(passed)
    # 1 of 1 point, and half of 3 points: 5/8, under the pass mark of 75.
    assert (selectors.share_of(attempt), attempt.passed, attempt.state) == (Fraction(5, 8), False, "submitted")
    assert attempt.submitted_at == before.submitted_at
    award = AwardChange.objects.get(correction=made)
    assert (award.old_numerator, award.old_denominator) == (3, 1)
    assert (award.new_numerator, award.new_denominator) == (3, 2)
    change = ScoreChange.objects.get(correction=made)
    assert (change.old_passed, change.new_passed, change.new_numerator, change.new_denominator) == (True, False, 5, 8)
    assert not Milestone.objects.filter(record=record).exists()
    assert MilestoneWithdrawal.objects.get().source_key == f"correction:{made.uuid}"
    assert grades(record) == [10000, 6250]
    result = CourseResult.objects.filter(record=record).order_by("pk").last()
    assert result is not None
    assert "mark corrected on" in result.evidence
    passed.refresh_from_db()
    assert (passed.points, passed.remark) == (FULL, "FIRST-WORDS"), "the mark stays as it was given"


def test_a_new_pass_is_posted(waiting: Attempt, school: School, record: TrainingRecord) -> None:
    given = mark(waiting, school, NONE)
    assert not Milestone.objects.exists()
    correct(given, school, FULL)
    assert Milestone.objects.get(record=record).code == "quiz:MFR"
    assert grades(record) == [2500, 10000]


def test_a_pass_that_was_lost_and_comes_back_is_a_milestone_of_its_own(
    passed: Mark, school: School, record: TrainingRecord
) -> None:
    correct(passed, school, NONE)
    correct(passed, school, FULL, after=1, reason="AND-BACK")
    assert Milestone.objects.filter(record=record).count() == 1
    assert Milestone.all_ever.filter(record=record).count() == 2
    assert [each.number for each in passed.corrections.all()] == [1, 2]
    assert grades(record) == [10000, 2500, 10000]


def test_another_attempt_that_passed_keeps_the_milestone(
    essay_assignment: QuizAssignment, school: School, record: TrainingRecord
) -> None:
    """The best counts: the first did not pass and is lowered, the second passed."""
    first = mark(hand_in_essay(essay_assignment), school, HALF)
    mark(hand_in_essay(essay_assignment), school, FULL)
    correct(first, school, NONE)
    assert Milestone.objects.filter(record=record).count() == 1
    assert not MilestoneWithdrawal.objects.exists()
    assert grades(record) == [6250, 10000], "the grade that counts is the same"


def test_the_learner_gets_a_mail_with_both_scores_and_the_reason(passed: Mark, school: School) -> None:
    made = correct(passed, school, HALF)
    mail = Message.objects.get(key=f"quiz-mark-corrected:{made.uuid}")
    assert mail.to == school.learner_user.email
    assert "A mark of your test was corrected" in mail.subject
    for words in ("100 %", "62.5 %", "READ-ANEW", "It is not passed any more.", str(attempt_of(passed).uuid)):
        assert words in mail.body, words
    assert school.registrar.legal_name not in mail.body


def test_words_alone_are_corrected_and_the_score_stays(passed: Mark, school: School, record: TrainingRecord) -> None:
    made = correct(passed, school, FULL, remark="OTHER-WORDS")
    assert not AwardChange.objects.exists()
    assert not ScoreChange.objects.exists()
    assert grades(record) == [10000]
    assert "Your score stays." in Message.objects.get(key=f"quiz-mark-corrected:{made.uuid}").body


def test_a_mark_is_corrected_while_other_answers_wait(
    record: TrainingRecord, school: School, bank: QuestionBank
) -> None:
    """No score yet, no mail: both come with the last mark."""
    essays = [services.ensure_question(bank=bank, **{**ESSAY, "code": code}) for code in ("report", "second")]  # type: ignore[arg-type]
    quiz = services.ensure_quiz(school=school.school, code="TWO", title="Two essays", questions=essays)
    given = services.assign_quiz(record=record, quiz=quiz, module="MFR", module_version=1)
    attempt = services.start_attempt(assignment=given).attempt
    for code in ("report", "second"):
        services.save_answer(response=response_to(attempt, code), answer=TEXT)
    first = mark(services.submit_attempt(attempt=attempt), school, FULL)
    correct(first, school, NONE)
    assert response_to(attempt, "report").awarded_numerator == 0
    assert not ScoreChange.objects.exists()
    assert not Message.objects.filter(key__startswith="quiz-mark-corrected").exists()
    services.mark_response(response=response_to(attempt, "second"), points=FULL, by=school.instructor)
    assert selectors.share_of(Attempt.objects.get(pk=attempt.pk)) == Fraction(1, 2)


# ---- once ----


def test_the_same_form_twice_is_one_correction(passed: Mark, school: School) -> None:
    uuid = uuid4()
    first = correct(passed, school, HALF, uuid=uuid)
    assert correct(passed, school, HALF, uuid=uuid) == first
    assert (MarkCorrection.objects.count(), ScoreChange.objects.count()) == (1, 1)
    assert Message.objects.filter(key__startswith="quiz-mark-corrected").count() == 1
    with pytest.raises(ValidationError, match="used already"):
        correct(passed, school, NONE, uuid=uuid)


def test_who_comes_second_sees_what_came_between(passed: Mark, school: School) -> None:
    correct(passed, school, HALF)
    with pytest.raises(services.CorrectedMeanwhileError, match="Somebody corrected this mark"):
        correct(passed, school, NONE, by=school.instructor)
    assert MarkCorrection.objects.count() == 1


# ---- what is refused ----


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"reason": "   "}, "reason", "Give the reason"),
        ({"reason": "x" * 501}, "reason", "at most 500"),
        ({"reason": "a\0b"}, "reason", "Give the reason"),
        ({"points": {"safe": 3, "reasons": 0}}, "safe", "whole points from 0 to 2"),
        ({"points": {"safe": 1}}, "reasons", "whole points from 0 to 4"),
        ({"remarks": {"style": "Nice."}}, "style", "no such criterion"),
        ({"remark": "x" * 4001}, "remark", "4000 signs at most"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(
    passed: Mark, school: School, more: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        correct(passed, school, **more)
    assert words in " ".join(refused.value.message_dict[field])
    assert not MarkCorrection.objects.exists()


def test_nobody_corrects_her_own_nothing_and_what_has_ended(
    passed: Mark, school: School, record: TrainingRecord
) -> None:
    with pytest.raises(ValidationError, match="your own answer"):
        correct(passed, school, by=school.learner_user)
    with pytest.raises(ValidationError, match="Nothing would change"):
        correct(passed, school, FULL, remark="FIRST-WORDS")
    TrainingRecord.objects.filter(pk=record.pk).update(sealed_at=timezone.now())
    with pytest.raises(services.NotNowError, match="has ended"):
        correct(passed, school)
    assert not MarkCorrection.objects.exists()


def test_points_that_a_regrade_gave_are_not_taken_by_a_mark(passed: Mark, school: School, essay_quiz: Quiz) -> None:
    correct(passed, school, HALF)
    question = passed.response.question_version.question
    services.apply_regrade(
        uuid=uuid4(), quiz=essay_quiz, question=question, how="full", reason="Unclear.", by=school.registrar
    )
    assert selectors.share_of(attempt_of(passed)) == 1
    with pytest.raises(services.NotNowError, match="graded again since"):
        correct(passed, school, NONE, after=1)


# ---- what is read ----


def test_learner_and_staff_see_old_and_new(passed: Mark, school: School) -> None:
    correct(passed, school, HALF, remark="NEW-WORDS", remarks={"safe": "WHY-LESS"})
    attempt = attempt_of(passed)
    for user in (school.learner_user, school.registrar):
        said = school.client(user).get(f"/quizzes/attempts/{attempt.uuid}/result/").content.decode()
        assert "100&nbsp;% until the mark of question" in said
        for words in ("READ-ANEW", "NEW-WORDS", "WHY-LESS", "FIRST-WORDS", "which stands no more", "Not passed"):
            assert words in said, words
        assert "It had 3 of 3 before its mark was corrected" in said
        assert "graded again" not in said
        assert said.index("NEW-WORDS") < said.index("FIRST-WORDS")
    learner = school.client(school.learner_user).get(f"/quizzes/attempts/{attempt.uuid}/result/").content.decode()
    for who in (school.registrar, school.instructor):
        assert who.legal_name not in learner


def test_corrections_are_read_in_so_many_queries(passed: Mark, school: School, django_assert_num_queries: Any) -> None:
    correct(passed, school, HALF)
    correct(passed, school, NONE, after=1)
    attempt = attempt_of(passed)
    with django_assert_num_queries(2):
        (given,) = selectors.marks_of(attempt).values()
    assert [each.number for each in (given, *given.earlier)] == [2, 1, 0]
    with django_assert_num_queries(2):
        changes = selectors.regrades_of(attempt)
    assert [(each.percent, each.by_mark) for each in changes] == [("100", True), ("62.5", True)]
    with django_assert_num_queries(2):
        told = selectors.history_of(selectors.mark_to_correct(attempt, passed.response.position))  # type: ignore[arg-type]
    assert [each.by for each in told] == ["Ines Instructor", "Helen Marsh", "Helen Marsh"]


def test_a_regrade_after_a_correction_reads_what_stands(passed: Mark, school: School, essay_quiz: Quiz) -> None:
    """Both kinds of change stand in one history, each with its own reason."""
    correct(passed, school, HALF)
    services.apply_regrade(
        uuid=uuid4(), quiz=essay_quiz, question=passed.response.question_version.question, how="full",
        reason="UNCLEAR", by=school.registrar,
    )  # fmt: skip
    history = selectors.regrades_of(attempt_of(passed))
    assert [(each.reason, each.by_mark, each.percent) for each in history] == [
        ("READ-ANEW", True, "100"),
        ("UNCLEAR", False, "62.5"),
    ]
