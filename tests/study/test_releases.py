"""A lesson opens for a learner when its day has come and its gates are met, and is finished by what it asks."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from certification.quizzes.models import QuizAssignment
from certification.quizzes.services import save_answers, start_attempt, submit_attempt
from certification.records.models import CourseResult, HourEntry, Milestone, TrainingRecord
from certification.records.services import record_course_result, record_milestone
from cms.desk.services import erase_person, plan_erasure
from courses.catalog.models import Lesson, LessonChange, LessonPage, Module
from courses.catalog.services import decide_change, sync_cms_groups
from courses.enrollments.models import LessonException
from courses.enrollments.services import end_exception, enroll, except_from
from courses.study.models import LessonProgress, SelfCheckAnswer
from courses.study.selectors import lacks_of
from courses.study.services import SeatRefusedError, complete_lesson, mark_lesson

from .conftest import MONDAY, Classroom


def plan(code: str = "MFR-2", **fields: object) -> None:
    Lesson.objects.filter(code=code).update(**fields)


def page_of(room: Classroom, code: str = "MFR-2") -> str:
    answer = room.client.get(reverse("study:lesson", args=[room.lesson(code).uuid]))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def milestone(room: Classroom, code: str) -> None:
    record_milestone(
        record=room.enrollment.record, code=code, title=code, occurred_at=MONDAY, source_key=f"test:{code}"
    )


WORDS = "The second barrier.</p>"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"release_on": date(2026, 3, 9)}, "It opens on 9 March 2026."),
        ({"release_after_days": 3}, "It opens on 5 March 2026."),
        ({"gates": [{"kind": "lesson", "code": "MFR-1"}]}, "Finish the lesson “The barrier” first."),
        (
            {"gates": [{"kind": "module", "code": "MFR"}]},
            "Finish the part “Myofascial release” first: 2 lessons are left.",
        ),
        ({"gates": [{"kind": "quiz", "code": "MFR"}]}, "Pass the quiz of “Myofascial release” first."),
        (
            {"gates": [{"kind": "minutes", "code": "mfr", "minutes": 90}]},
            "90 more minutes of “Myofascial release” on your record open it.",
        ),
        ({"gates": [{"kind": "minutes", "minutes": 1}]}, "1 more minute on your record opens it."),
        (
            {"gates": [{"kind": "milestone", "code": "check-off:palpation"}]},
            "It opens when your school has entered “check-off:palpation” on your record.",
        ),
    ],
)
def test_a_closed_lesson_says_why_and_shows_nothing(classroom: Classroom, fields: dict, sentence: str) -> None:
    assert WORDS in page_of(classroom)
    plan(**fields)
    page = page_of(classroom)
    assert sentence in page
    assert "Not open yet" in page
    assert WORDS not in page
    assert "data-seat" not in page
    refused = classroom.client.post(
        f"/api/v1/lessons/{classroom.lesson('MFR-2').uuid}/sessions", content_type="application/json"
    )
    assert refused.status_code == 409
    assert sentence in " ".join(str(value) for value in refused.json().values())
    with pytest.raises(SeatRefusedError):
        complete_lesson(enrollment=classroom.enrollment, lesson=classroom.lesson("MFR-2"))
    assert not LessonProgress.objects.exists()


def test_a_closed_lesson_is_not_what_to_do_next(classroom: Classroom) -> None:
    plan("MFR-1", gates=[{"kind": "milestone", "code": "x"}])
    home = classroom.client.get(reverse("study:home")).content.decode()
    assert "not open yet" in home
    assert reverse("study:lesson", args=[classroom.lesson("MFR-2").uuid]) in home


def test_it_opens_by_the_day_in_the_records_zone(classroom: Classroom) -> None:
    plan(release_on=date(2026, 3, 3))
    assert "Not open yet" in page_of(classroom)
    classroom.wait(13.9 * 3600)  # 23:54 in New York, already Tuesday in UTC
    assert "Not open yet" in page_of(classroom)
    classroom.wait(0.2 * 3600)
    assert WORDS in page_of(classroom)


def test_it_opens_by_its_gates(classroom: Classroom) -> None:
    plan(gates=[{"kind": "lesson", "code": "MFR-1"}, {"kind": "quiz", "code": "MFR"}])
    milestone(classroom, "lesson:MFR-1")
    assert "Not open yet" in page_of(classroom)
    milestone(classroom, "quiz:MFR")
    assert WORDS in page_of(classroom)


def test_the_gates_of_a_module_hold_for_its_lessons(classroom: Classroom) -> None:
    Module.objects.filter(code="MFR").update(gates=[{"kind": "milestone", "code": "x"}])
    assert "Not open yet" in page_of(classroom, "MFR-1")
    assert "Not open yet" in page_of(classroom, "MFR-2")


def test_what_she_has_begun_stays_open(classroom: Classroom) -> None:
    visit = classroom.open("MFR-2")
    classroom.study(visit, 120)
    visit.close()
    plan(release_on=date(2027, 1, 1))
    assert WORDS in page_of(classroom)
    classroom.open("MFR-2")


def test_staff_read_what_is_closed(classroom: Classroom) -> None:
    plan(release_on=date(2027, 1, 1))
    client = classroom.school.client(classroom.school.instructor)
    answer = client.get(reverse("study:lesson", args=[classroom.lesson("MFR-2").uuid]))
    assert WORDS in " ".join(answer.content.decode().split())


def test_gates_cost_one_query_and_all_kinds_of_them_four(classroom: Classroom, django_assert_max_num_queries) -> None:
    page_of(classroom, "MFR-1")
    with django_assert_max_num_queries(8):
        page_of(classroom, "MFR-1")
    plan(gates=[{"kind": "lesson", "code": "MFR-1"}], release_after_days=3)
    with django_assert_max_num_queries(9):
        assert "not open yet" in page_of(classroom, "MFR-1")
    plan(gates=[{"kind": "module", "code": "NMT"}, {"kind": "minutes", "code": "mfr", "minutes": 9}])
    with django_assert_max_num_queries(12):
        assert "not open yet" in page_of(classroom, "MFR-1")


# ---- exceptions ----


def staff_page(room: Classroom, data: dict | None = None, code: str = "MFR-2") -> str:
    client = room.school.client(room.school.instructor)
    address = reverse("study:lesson_learners", args=[room.lesson(code).uuid])
    answer = client.get(address) if data is None else client.post(address, data, follow=True)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_an_exception_for_many_is_made_read_and_ended(classroom: Classroom) -> None:
    plan(release_on=date(2027, 1, 1), gates=[{"kind": "milestone", "code": "x"}])
    other = enroll(user=classroom.school.other_learner_user, program=classroom.program, source_key="desk:other")
    chosen = [str(classroom.enrollment.uuid), str(other.uuid)]
    assert "Choose at least one learner" in staff_page(classroom, {"do": "except", "opens_now": "on", "reason": "x"})
    refused = staff_page(classroom, {"do": "except", "learner": chosen, "opens_now": "on", "reason": " "})
    assert "Write a reason. The learner reads it." in refused
    assert refused.count(" checked") >= 3, "what was chosen stays chosen"
    assert "waive a requirement" in staff_page(classroom, {"do": "except", "learner": chosen, "reason": "She was ill."})
    assert not LessonException.objects.exists()
    done = staff_page(classroom, {"do": "except", "learner": chosen, "opens_now": "on", "reason": "She was ill."})
    assert "The exception holds for 2 learners." in done
    page = page_of(classroom)
    assert WORDS in page
    assert "Your school made an exception for you here: She was ill." in page
    mine = LessonException.objects.get(enrollment=classroom.enrollment)
    assert "The exception has ended" in staff_page(classroom, {"do": f"end:{mine.uuid}"})
    assert "Not open yet" in page_of(classroom)
    assert LessonException.objects.count() == 2, "ended, not deleted"


def test_another_day_is_no_way_through_a_gate(classroom: Classroom) -> None:
    plan(release_on=date(2027, 1, 1), gates=[{"kind": "milestone", "code": "x"}])
    wanted = {"lesson": classroom.lesson("MFR-2"), "enrollments": [classroom.enrollment], "reason": "Asked."}
    first = except_from(by=classroom.school.registrar, opens_on=MONDAY.date(), **wanted)
    page = page_of(classroom)
    assert "It opens on" not in page
    assert "entered “x”" in page
    again = except_from(by=classroom.school.registrar, opens_on=MONDAY.date(), **wanted)
    assert again == first, "the same decision again is the same row"
    later = except_from(by=classroom.school.instructor, opens_on=MONDAY.date() + timedelta(days=1), **wanted)
    assert LessonException.objects.filter(ended_at=None).get() == later[0]


def test_who_may_not_except(classroom: Classroom) -> None:
    wanted = {
        "lesson": classroom.lesson("MFR-2"),
        "enrollments": [classroom.enrollment],
        "opens_now": True,
        "reason": "x",
    }
    for by in (classroom.school.learner_user, classroom.school.foreign_registrar):
        with pytest.raises(ValidationError, match="Only staff of the school"):
            except_from(by=by, **wanted)
    with pytest.raises(ValidationError, match="cannot be waived"):
        except_from(by=classroom.school.registrar, waives=["hours"], **wanted)
    row = except_from(by=classroom.school.registrar, **wanted)[0]
    with pytest.raises(ValidationError, match="Only staff"):
        end_exception(exception=row, by=classroom.school.learner_user)


@pytest.mark.parametrize(
    "fields",
    [{}, {"opens_now": True, "reason": ""}, {"waives": [], "reason": "x"}],
    ids=["empty", "no reason", "nothing"],
)
def test_the_database_keeps_exceptions_whole(classroom: Classroom, fields: dict) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        LessonException.objects.create(
            enrollment=classroom.enrollment, lesson=classroom.lesson(), granted_by=classroom.school.registrar, **fields
        )


def test_one_open_exception_a_lesson(classroom: Classroom) -> None:
    for number in (1, 2):
        row = LessonException(
            enrollment=classroom.enrollment,
            lesson=classroom.lesson(),
            granted_by=classroom.school.registrar,
            opens_now=True,
            reason=str(number),
        )
        if number == 1:
            row.save()
        else:
            with pytest.raises(IntegrityError), transaction.atomic():
                row.save()


# ---- what finishing takes ----


def finish(room: Classroom, code: str = "MFR-2") -> LessonProgress:
    return complete_lesson(enrollment=room.enrollment, lesson=room.lesson(code))


def test_each_requirement_says_what_is_missing(classroom: Classroom) -> None:
    page = LessonPage.objects.get(lesson__code="MFR-2")
    check = {"question": "?", "choices": [{"text": "a", "correct": True}, {"text": "b", "correct": False}]}
    page.body = [*page.body.get_prep_value(), {"type": "self_check", "value": check}]
    page.save_revision().publish()
    block = LessonPage.objects.get(pk=page.pk).body[-1].id
    plan(min_seat_minutes=2, needs_self_checks=True, needs_quiz_percent=80, needs_mark=True)
    with pytest.raises(SeatRefusedError) as refused:
        finish(classroom)
    assert refused.value.messages == [
        "2 minutes of this lesson are still missing. Stay with it that long, then finish it. "
        "1 self-check is not answered yet. Any answer will do. "
        "Reach 80 % in the quiz of this part, then finish the lesson. "
        "Your instructor has to mark it as done. Ask for it in class or by a question under the lesson."
    ]
    visit = classroom.open("MFR-2")
    classroom.study(visit, 150)
    SelfCheckAnswer.objects.create(
        enrollment=classroom.enrollment,
        lesson=classroom.lesson("MFR-2"),
        block=block,
        right_at_first=False,
        right=False,
    )
    record_course_result(
        record=classroom.enrollment.record, course="MFR@1", source_key="q:1", grade_hundredths=7999, evidence="quiz"
    )
    marked = staff_page(classroom, {"do": "mark", "learner": [str(classroom.enrollment.uuid)]})
    assert "Marked as done for 1 learner." in marked
    with pytest.raises(SeatRefusedError) as refused:
        finish(classroom)
    assert refused.value.messages == ["Reach 80 % in the quiz of this part, then finish the lesson."]
    record_course_result(
        record=classroom.enrollment.record, course="MFR@1", source_key="q:2", grade_hundredths=8000, evidence="quiz"
    )
    assert finish(classroom).state == LessonProgress.State.FINISHED


def take_quiz(room: Classroom, *, right: bool) -> None:
    """One attempt at the quiz of her first module, handed in."""
    tried = start_attempt(assignment=QuizAssignment.objects.get(record=room.enrollment.record)).attempt
    (asked,) = tried.responses.select_related("question_version")
    choice = next(each["key"] for each in asked.question_version.choices if each["correct"] is right)
    save_answers(changes=[(asked, choice)])
    submit_attempt(attempt=tried)


def test_the_quiz_of_the_part_meets_what_a_lesson_asks(classroom: Classroom) -> None:
    plan(needs_quiz_percent=80)
    take_quiz(classroom, right=False)
    with pytest.raises(SeatRefusedError, match="Reach 80 %"):
        finish(classroom)
    take_quiz(classroom, right=True)
    grades = classroom.enrollment.record.course_results.order_by("pk").values_list("course", "grade_hundredths")
    assert list(grades) == [("MFR@1", 0), ("MFR@1", 10_000)], "its best score is the grade of the part"
    assert finish(classroom).state == LessonProgress.State.FINISHED


def test_a_score_of_a_quiz_that_is_no_grade_counts_too(classroom: Classroom, django_assert_num_queries: Any) -> None:
    plan(needs_quiz_percent=80)
    QuizAssignment.objects.update(counts_as_grade=False)
    take_quiz(classroom, right=False)
    progress = LessonProgress(enrollment=classroom.enrollment, lesson=classroom.lesson("MFR-2"))
    with django_assert_num_queries(3):  # exemption, grade, attempts
        lacking = lacks_of(classroom.enrollment, progress.lesson, progress, None)
    assert [lack.kind for lack in lacking] == ["quiz"]
    take_quiz(classroom, right=True)
    assert not CourseResult.objects.exists()
    assert finish(classroom).state == LessonProgress.State.FINISHED


def test_a_requirement_is_waived_and_minutes_stay_measured(classroom: Classroom) -> None:
    plan(min_seat_minutes=20)
    except_from(
        lesson=classroom.lesson("MFR-2"),
        enrollments=[classroom.enrollment],
        by=classroom.school.registrar,
        waives=["minutes"],
        reason="Read on paper.",
    )
    assert finish(classroom).seat_minutes == 0
    assert not HourEntry.objects.exists()


def test_a_mark_is_given_once_by_staff(classroom: Classroom) -> None:
    lesson = classroom.lesson("MFR-2")
    one = mark_lesson(enrollment=classroom.enrollment, lesson=lesson, by=classroom.school.instructor)
    assert mark_lesson(enrollment=classroom.enrollment, lesson=lesson, by=classroom.school.registrar) == one
    assert Milestone.objects.get(code="mark:MFR-2").detail == classroom.school.instructor.get_full_name()
    with pytest.raises(ValidationError, match="Only staff"):
        mark_lesson(enrollment=classroom.enrollment, lesson=lesson, by=classroom.school.learner_user)


# ---- a change to what she studied ----


def change(room: Classroom, kind: str, note: str) -> None:
    registrar = room.school.registrar
    page = LessonPage.objects.get(lesson__code="MFR-2")
    page.lede = note
    page.save_revision(user=registrar)
    page = LessonPage.objects.get(pk=page.pk)
    from courses.catalog.services import open_program_page

    open_program_page(page.get_parent().specific)
    sync_cms_groups(registrar)
    decide_change(page=page, kind=kind, note=note, by=registrar)
    page.get_latest_revision().publish(user=registrar)


def studied(room: Classroom) -> tuple[int, str]:
    visit = room.open("MFR-2")
    room.study(visit, 300)
    revision = finish(room).content_revision
    return room.posted(), revision


def test_added_is_told_and_asks_nothing(classroom: Classroom) -> None:
    minutes, _revision = studied(classroom)
    classroom.wait(60)
    change(classroom, "added", "A test for the hip.")
    page = page_of(classroom)
    assert "Added since you finished" in page
    assert "A test for the hip." in page
    assert "You have finished this lesson." in page
    assert classroom.posted() == minutes


def test_cosmetic_is_not_told(classroom: Classroom) -> None:
    studied(classroom)
    classroom.wait(60)
    change(classroom, "cosmetic", "Commas.")
    assert "Added since" not in page_of(classroom)
    assert "go through this lesson again" not in page_of(classroom)


def test_redo_asks_again_and_credits_nothing_twice(classroom: Classroom) -> None:
    minutes, before = studied(classroom)
    entries = [(entry.minutes, entry.content_revision, entry.leaf_hash) for entry in classroom.entries()]
    classroom.wait(60)
    change(classroom, "redo", "The dose was wrong.")
    page = page_of(classroom)
    assert "Please go through this lesson again" in page
    assert "The dose was wrong. Your hours stay as they are." in page
    assert "Finish this lesson" in page
    assert [(entry.minutes, entry.content_revision, entry.leaf_hash) for entry in classroom.entries()] == entries
    # Those who never finished it simply read the new words.
    progress = finish(classroom)
    assert progress.content_revision != before
    assert Milestone.objects.filter(code="lesson:MFR-2").count() == 2
    assert finish(classroom).completed_at == progress.completed_at
    assert classroom.posted() == minutes
    assert "go through this lesson again" not in page_of(classroom)
    assert LessonChange.objects.get().kind == "redo"


def test_no_part_of_a_closed_lesson_is_given_out(classroom: Classroom) -> None:
    """Neither its questions nor its reflections; the same addresses answer while it is open."""
    page = LessonPage.objects.get(lesson__code="MFR-2")
    check = {"question": "?", "choices": [{"text": "a", "correct": True}, {"text": "b", "correct": False}]}
    page.body = [
        *page.body.get_prep_value(),
        {"type": "self_check", "value": check},
        {"type": "reflection", "value": {"question": "What did you feel?"}},
    ]
    page.save_revision().publish()
    blocks = {child.block_type: child.id for child in LessonPage.objects.get(pk=page.pk).body}
    lesson = classroom.lesson("MFR-2")
    asked = [
        (reverse("study:answer_check", args=[lesson.uuid, blocks["self_check"]]), {"chosen": "0", "answer": "0"}),
        (reverse("study:reflect", args=[lesson.uuid, blocks["reflection"]]), {"text": "Warmth."}),
    ]
    for address, data in asked:
        assert classroom.client.post(address, data).status_code != 404
    plan(release_on=date(2027, 1, 1))
    for address, data in asked:
        assert classroom.client.post(address, data).status_code == 404


def test_why_an_exception_was_made_goes_with_the_person(classroom: Classroom) -> None:
    """The reason may tell of an illness; the decision stays, and so do the hours."""
    user = classroom.school.learner_user
    wanted = {
        "lesson": classroom.lesson("MFR-2"),
        "enrollments": [classroom.enrollment],
        "by": classroom.school.registrar,
    }
    row = except_from(reason="She was ill.", opens_now=True, **wanted)[0]
    TrainingRecord.objects.filter(pk=classroom.enrollment.record_id).update(sealed_at=MONDAY)
    assert any("exceptions" in str(line.what) for line in plan_erasure(user, today=MONDAY.date()).lines)
    erase_person(user=user, today=MONDAY.date())
    row.refresh_from_db()
    assert "ill" not in row.reason
    assert row.opens_now
