"""Enrolling through the service: what it makes, what it refuses, and what the database refuses alone."""

import uuid
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from certification.quizzes.models import QuizAssignment
from certification.quizzes.services import ensure_bank, ensure_question, ensure_quiz
from certification.records.models import Learner, TrainingRecord
from certification.records.services import ensure_learner, open_record
from courses.catalog.models import Module, Program
from courses.enrollments.models import Cohort, Enrollment
from courses.enrollments.selectors import enrollment_for, running_enrollments
from courses.enrollments.services import assign_new_quizzes, enroll, resume, suspend
from notices.models import Message
from tests.enrollments.making import make_program
from tests.worlds import School


def test_enrolling_makes_learner_record_quizzes_and_one_mail(school: School, program: Program) -> None:
    enrollment = enroll(user=school.learner_user, program=program, source_key="desk:1", enrolled_on=date(2026, 3, 2))
    record = enrollment.record
    assert Learner.objects.get(user=school.learner_user) == enrollment.learner == record.learner
    assert (record.zone, record.enrolled_on, record.program_start_on) == (
        "America/New_York",
        date(2026, 3, 2),
        date(2026, 3, 2),
    )
    assert record.source_key == f"enrollment:{enrollment.uuid}"
    assert [(need.code, need.title) for need in record.requirements.all()] == [
        ("quiz:MFR", "Quiz passed: Myofascial release")
    ]
    assignment = QuizAssignment.objects.get(record=record)
    assert (assignment.module, assignment.module_version) == ("MFR", 1)
    mail = Message.objects.get(key=f"enrolled:{enrollment.uuid}")
    assert mail.to == school.learner_user.email
    assert "/learn/" in mail.body


def test_the_same_key_and_a_running_place_give_the_same_enrollment(school: School, program: Program) -> None:
    first = enroll(user=school.learner_user, program=program, source_key="order:1")
    assert enroll(user=school.learner_user, program=program, source_key="order:1") == first
    assert enroll(user=school.learner_user, program=program, source_key="invitation:2") == first
    assert TrainingRecord.objects.count() == 1
    assert Message.objects.filter(key__startswith="enrolled:").count() == 1


def test_a_key_serves_one_person(school: School, program: Program) -> None:
    enroll(user=school.learner_user, program=program, source_key="order:1")
    with pytest.raises(ValidationError, match="somebody else"):
        enroll(user=school.other_learner_user, program=program, source_key="order:1")
    assert Enrollment.objects.count() == 1


def test_after_a_withdrawal_a_new_place_is_a_new_record(school: School, program: Program) -> None:
    first = enroll(user=school.learner_user, program=program, source_key="order:1")
    Enrollment.objects.update(state="withdrawn")
    second = enroll(user=school.learner_user, program=program, source_key="order:2")
    assert second.pk != first.pk
    assert second.record != first.record
    assert enroll(user=school.learner_user, program=program, source_key="order:1") == first


def test_a_group_sets_the_first_day_and_must_be_of_the_program(school: School, program: Program) -> None:
    cohort = Cohort.objects.create(program=program, name="Spring", starts_on=date(2026, 4, 1))
    place = enroll(
        user=school.learner_user, program=program, source_key="a", cohort=cohort, enrolled_on=date(2026, 3, 2)
    )
    assert (place.cohort, place.record.program_start_on) == (cohort, date(2026, 4, 1))
    other = make_program(school.school, program.rule_set, code="OTHER")
    with pytest.raises(ValidationError, match="another program"):
        enroll(user=school.other_learner_user, program=other, source_key="b", cohort=cohort)


def test_the_database_refuses_a_second_running_place(school: School, program: Program) -> None:
    place = enroll(user=school.learner_user, program=program, source_key="a")
    for state in ("active", "suspended"):
        record = open_record(
            learner=ensure_learner(user=school.learner_user),
            school=school.school,
            rule_set=program.rule_set,
            program_code="X",
            program_title="X",
            enrolled_on=date(2026, 1, 1),
            source_key=f"enrollment:{state}",
        )
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO enrollments_enrollment (uuid, learner_id, program_id, record_id, state, source_key, "
                "enrolled_at) VALUES (%s, %s, %s, %s, %s, %s, '2026-01-01 00:00:00+00:00')",
                [str(uuid.uuid4()), place.learner_id, program.pk, record.pk, state, state],
            )
    with pytest.raises(IntegrityError), transaction.atomic():
        Enrollment.objects.update(state="lost")


def test_pausing_and_resuming(school: School, program: Program) -> None:
    place = enroll(user=school.learner_user, program=program, source_key="a")
    lesson = program.modules.get(code="MFR").lessons.first()
    assert enrollment_for(school.learner_user, lesson) == place
    assert suspend(enrollment=place).state == "suspended"
    assert suspend(enrollment=place).state == "suspended"
    assert enrollment_for(school.learner_user, lesson) is None
    assert list(running_enrollments(school.learner_user)) == [place]
    assert resume(enrollment=place).state == "active"
    Enrollment.objects.update(state="withdrawn")
    with pytest.raises(ValidationError, match="ended"):
        suspend(enrollment=place)
    assert list(running_enrollments(school.learner_user)) == []
    assert enrollment_for(school.other_learner_user, lesson) is None


def test_a_quiz_that_a_module_gets_later_is_given_to_those_who_are_there(school: School, program: Program) -> None:
    enrollment = enroll(user=school.learner_user, program=program, source_key="order:1")
    gone = enroll(user=school.other_learner_user, program=program, source_key="order:2")
    Enrollment.objects.filter(pk=gone.pk).update(state="withdrawn")
    bank = ensure_bank(school=school.school, code="NMT", title="Points")
    empty = ensure_quiz(school=school.school, code="NMT-Q", title="Points", questions=[])
    Module.objects.filter(program=program, code="NMT").update(quiz=empty)
    assert assign_new_quizzes() == 0, "a quiz that asks nothing is not given"
    choices = [{"text": "A band", "correct": True}, {"text": "A bone"}]
    question = ensure_question(bank=bank, code="Q", kind="single", stem="What is taut?", choices=choices)
    ensure_quiz(school=school.school, code="NMT-Q", title="Points", questions=[question])
    assert assign_new_quizzes() == 1
    assert assign_new_quizzes() == 0
    given = QuizAssignment.objects.get(record=enrollment.record, module="NMT")
    assert (given.quiz, given.module_version) == (empty, 1)
    assert [need.code for need in enrollment.record.requirements.all()] == ["quiz:MFR"]
    # Another quiz of the module comes to those who enroll from now on; who has one keeps it.
    other = ensure_quiz(school=school.school, code="NMT-2", title="Points anew", questions=[question])
    Module.objects.filter(program=program, code="NMT").update(quiz=other)
    assert assign_new_quizzes() == 0
