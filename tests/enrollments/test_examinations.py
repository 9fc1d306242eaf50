"""Who enrolls gets the examinations of the program; who is enrolled gets them, and what is changed of them, by the due jobs."""

import re
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from certification.quizzes import services as quizzes
from certification.quizzes.models import Quiz, QuizAssignment
from certification.quizzes.selectors import assigned_quizzes, gates_of, start_page
from certification.quizzes.settings import QuizGate
from certification.records.models import CourseResult, Milestone, RecordRequirement, TrainingRecord
from certification.records.services import record_milestone
from courses.catalog.models import Examination, Program
from courses.catalog.services import remove_examination, set_examination
from courses.enrollments.models import Enrollment
from courses.enrollments.services import assign_new_quizzes, enroll
from tests.layers import layer
from tests.worlds import School

BARRIER = QuizGate("milestone", code="lesson:MFR-1", title="The barrier")


@layer
def final(program: Program) -> Quiz:
    """A quiz in use that no module asks; its own rules ask for the module's quiz."""
    asked = Quiz.objects.get(code="SMALL-MFR")
    gates = [{"kind": "milestone", "code": "quiz:MFR", "title": "Myofascial release"}]
    return quizzes.ensure_quiz(
        school=program.school,
        code="EX-FINAL",
        title="Forty questions",
        questions=[item.question for item in asked.items.all()],
        attempts_allowed=3,
        settings={"gates": gates},
    )


def examine(school: School, quiz: Quiz, **more: Any) -> Examination:
    """The program's final, after a lesson."""
    said: dict[str, Any] = {"title": "The final", "attempts_allowed": 2, "gates": [BARRIER], **more}
    return set_examination(program=Program.objects.get(), quiz=quiz, by=school.registrar, **said)


def enrolled(school: School, key: str = "a") -> TrainingRecord:
    return enroll(user=school.learner_user, program=Program.objects.get(), source_key=key).record


def given(record: TrainingRecord) -> QuizAssignment:
    return QuizAssignment.objects.get(record=record, quiz__code="EX-FINAL")


def fact(record: TrainingRecord, code: str) -> None:
    record_milestone(record=record, code=code, title=code, occurred_at=timezone.now(), source_key=code)


def sit(assignment: QuizAssignment) -> None:
    """All right."""
    attempt = quizzes.start_attempt(assignment=assignment).attempt
    for response in attempt.responses.select_related("question_version", "attempt__assignment__record"):
        (right,) = [choice["key"] for choice in response.question_version.choices if choice["correct"]]
        quizzes.save_answer(response=response, answer=right)
    quizzes.submit_attempt(attempt=attempt)


def test_enrolling_gives_the_examination_as_the_program_plans_it(school: School, final: Quiz) -> None:
    examine(school, final)
    record = enrolled(school)
    assignment = given(record)
    assert (assignment.course, assignment.counts_as_grade, assignment.allowed) == ("EX-FINAL@1", False, 2)
    assert (assignment.shown_title, assignment.attempts_allowed) == ("The final", None)
    assert [gate.code for gate in assignment.all_gates] == ["quiz:MFR", "lesson:MFR-1"], "the quiz's own hold besides"
    assert [(need.code, need.title) for need in record.requirements.all()] == [
        ("quiz:MFR", "Quiz passed: Myofascial release"),
        ("quiz:EX-FINAL", "Examination passed: The final"),
    ]


def test_one_that_is_not_required_is_no_condition_of_the_certificate(school: School, final: Quiz) -> None:
    examine(school, final, is_required=False)
    record = enrolled(school)
    assert given(record)
    assert not RecordRequirement.objects.filter(record=record, code="quiz:EX-FINAL").exists()


def test_all_conditions_are_met_before_it_begins_and_passing_is_a_milestone_alone(school: School, final: Quiz) -> None:
    examine(school, final)
    record = enrolled(school)
    assignment = given(record)
    for missing, code in (("Myofascial release", "quiz:MFR"), ("The barrier", "lesson:MFR-1")):
        with pytest.raises(quizzes.NotNowError, match=missing):
            quizzes.start_attempt(assignment=assignment)
        fact(record, code)
    sit(assignment)
    assert Milestone.objects.get(record=record, code="quiz:EX-FINAL").title == "The final"
    assert not CourseResult.objects.filter(record=record).exists()


def test_who_is_enrolled_gets_it_by_the_due_jobs_once(school: School, final: Quiz) -> None:
    record = enrolled(school)
    gone = enroll(user=school.other_learner_user, program=Program.objects.get(), source_key="b")
    Enrollment.objects.filter(pk=gone.pk).update(state="withdrawn")
    examine(school, final)
    assert assign_new_quizzes() == 1
    assert assign_new_quizzes() == 0
    assert given(record).shown_title == "The final"
    assert not QuizAssignment.objects.filter(record=gone.record, quiz=final).exists()
    assert [need.code for need in record.requirements.all()] == ["quiz:MFR"], "told at enrollment, and no more"


def test_what_is_changed_of_it_reaches_those_who_have_it(school: School, final: Quiz) -> None:
    examine(school, final)
    record = enrolled(school)
    first = given(record)
    quizzes.allow_otherwise(assignment=first, attempts_allowed=5, reason="Illness.", by=school.registrar)
    examine(school, final, title="Board examination", attempts_allowed=None, gates=[])
    assert assign_new_quizzes() == 1
    assert assign_new_quizzes() == 0
    changed = given(record)
    assert (changed.pk, changed.shown_title, changed.planned_attempts) == (first.pk, "Board examination", None)
    assert [gate.code for gate in changed.all_gates] == ["quiz:MFR"]
    assert changed.allowed == 5, "what was allowed to her alone stays"


def test_one_that_was_given_by_hand_becomes_the_programs(school: School, final: Quiz) -> None:
    record = enrolled(school)
    by_hand = quizzes.give_quiz(record=record, quiz=final)
    examine(school, final)
    assert assign_new_quizzes() == 1
    assert (given(record).pk, given(record).shown_title) == (by_hand.pk, "The final")


def test_who_had_it_as_the_quiz_of_a_module_keeps_it_so(school: School, final: Quiz) -> None:
    """The module asked it once and asks another now."""
    record = enrolled(school)
    kept = quizzes.assign_quiz(record=record, quiz=final, module="NMT", module_version=1, counts_as_grade=True)
    examine(school, final)
    assert assign_new_quizzes() == 0
    assert (given(record).pk, given(record).course, given(record).title) == (kept.pk, "NMT@1", "")
    assert quizzes.plan_quiz(record=record, quiz=final, title="Not this").title == ""


def test_taken_out_it_stays_with_those_who_have_it(school: School, final: Quiz) -> None:
    examination = examine(school, final)
    record = enrolled(school)
    remove_examination(examination=examination, by=school.registrar)
    assert assign_new_quizzes() == 0
    assert given(record).shown_title == "The final"
    later = enroll(user=school.other_learner_user, program=Program.objects.get(), source_key="b")
    assert not QuizAssignment.objects.filter(record=later.record, quiz=final).exists()


def test_records_that_have_ended_get_none(school: School, final: Quiz) -> None:
    record = enrolled(school)
    examine(school, final)
    TrainingRecord.objects.filter(pk=record.pk).update(sealed_at=timezone.now())
    assert assign_new_quizzes() == 0


# ---- the home ----


def home_of(school: School) -> str:
    shown = school.client(school.learner_user).get("/learn/").content.decode()
    (said,) = re.findall(r'<section aria-label="Examinations">(.*?)</section>', shown, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", said).split())


def test_home_says_what_must_come_before_it(school: School, final: Quiz) -> None:
    examine(school, final)
    record = enrolled(school)
    said = home_of(school)
    assert "The final" in said
    assert "Forty questions" not in said
    assert "Waits Comes before it: Myofascial release missing The barrier missing" in said
    fact(record, "lesson:MFR-1")
    assert "Comes before it: Myofascial release missing The barrier there" in home_of(school)
    fact(record, "quiz:MFR")
    assert "Open All that comes before it is there:" in home_of(school)
    sit(given(record))
    assert home_of(school) == "Examinations The final Passed"


def test_an_examination_that_waits_for_nothing_is_the_next_step(school: School, final: Quiz) -> None:
    """Where no lesson can be read, and only once what comes before it is there."""
    examine(school, final)
    record = enrolled(school)
    next_step = "All that comes before this examination is on your record."
    learner = school.client(school.learner_user)
    assert next_step not in learner.get("/learn/").content.decode()
    fact(record, "lesson:MFR-1")
    sit(QuizAssignment.objects.get(record=record, module="MFR"))
    assert next_step in learner.get("/learn/").content.decode()


def test_home_lists_examinations_in_the_programs_order(school: School, final: Quiz) -> None:
    examine(school, final, gates=[])
    question = final.items.get().question
    oral = quizzes.ensure_quiz(school=school.school, code="EX-ORAL", title="Oral", questions=[question])
    last = examine(school, oral, title="The oral", gates=[])
    enrolled(school)
    assert home_of(school).index("The final") < home_of(school).index("The oral")
    Examination.objects.filter(pk=last.pk).update(sort_order=0)
    assert home_of(school).index("The oral") < home_of(school).index("The final")


def test_many_examinations_cost_no_more_than_one(school: School, final: Quiz) -> None:
    examine(
        school, final, gates=[BARRIER, QuizGate("minutes", minutes=600), QuizGate("minutes", code="mfr", minutes=60)]
    )
    record = enrolled(school)

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            listed = assigned_quizzes(TrainingRecord.objects.select_related("rule_set").get(pk=record.pk))
        assert all(each.before for each in listed if each.module.startswith("EX-"))
        return len(seen)

    one = cost()
    for number in range(4):
        quiz = quizzes.ensure_quiz(
            school=school.school, code=f"EX-{number}", title="More", questions=[final.items.get().question]
        )
        examine(school, quiz)
    assert assign_new_quizzes() == 4
    assert cost() == one <= 7


def test_the_start_page_has_its_title_and_all_conditions(school: School, final: Quiz) -> None:
    examine(school, final, gates=[BARRIER, QuizGate("minutes", code="mfr", minutes=60)])
    assignment = given(enrolled(school))
    lines = start_page(assignment).gates
    assert [line.says for line in lines] == [
        "Myofascial release",
        "The barrier",
        "1 h attended in “Myofascial release”",
    ]
    assert lines[2].missing == "1 h attended in “Myofascial release”: 1 h missing."
    assert [state.met for state in gates_of(assignment)] == [False, False, False]
    shown = school.client(school.learner_user).get(f"/quizzes/{assignment.uuid}/").content.decode()
    assert '<h1 id="h1">The final</h1>' in shown


def test_the_database_refuses_a_plan_without_an_attempt(school: School, final: Quiz) -> None:
    examine(school, final)
    enrolled(school)
    with pytest.raises(IntegrityError), transaction.atomic():
        QuizAssignment.objects.update(planned_attempts=0)
