"""What a program sets for its seat time binds its visits: penalties, the question, caps, order, approved minutes."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Organisation
from accounts.templatetags.palmar import zone_words
from certification.quizzes.models import Quiz
from certification.records.models import HourEntry, Milestone
from certification.records.services import record_course_result
from courses.catalog.models import Lesson, Program
from courses.catalog.services import change_program
from courses.enrollments.services import enroll
from courses.study.models import LessonProgress, StudySession
from courses.study.services import beats, sweep_stale
from tests.enrollments.making import make_program
from tests.study.conftest import Classroom, Visit, publish


def settle(classroom: Classroom, **settings: Any) -> None:
    """Change the program as its registrar does."""
    change_program(program=classroom.program, by=classroom.school.registrar, **settings)
    classroom.program.refresh_from_db()


def finish(classroom: Classroom, code: str = "MFR-1") -> str:
    answer = classroom.client.post(f"/learn/lessons/{classroom.lesson(code).uuid}/finish/", follow=True)
    return answer.content.decode()


# ---- idle ----


@pytest.mark.parametrize(
    ("penalty", "minutes", "reason"), [("pause", 4, "idle"), ("idle", 2, "idle_lost"), ("unit", 0, "unit_lost")]
)
def test_an_idle_page_costs_what_the_program_says(
    classroom: Classroom, penalty: str, minutes: int, reason: str
) -> None:
    settle(classroom, idle_penalty=penalty)
    visit = classroom.open()
    classroom.study(visit, 120)
    for quiet in (30, 60, 90, 120):
        classroom.wait(30)
        visit.beat(quiet=quiet)
    heard = visit.beat(active=False)
    assert (heard["state"], heard["reason"], heard["credited_seconds"]) == ("idle", reason, minutes * 60)
    classroom.wait(400)
    visit.beat()
    assert visit.close()["posted_minutes"] == minutes
    assert classroom.posted() == minutes


@pytest.mark.parametrize(("away", "minutes"), [(300, 2), (301, 0)])
@pytest.mark.parametrize("by", ["close", "sweep", "another"])
def test_who_closes_a_page_that_was_hidden_for_too_long_loses_what_it_counted(
    classroom: Classroom, by: str, away: int, minutes: int
) -> None:
    settle(classroom, idle_penalty="unit")
    visit = classroom.open()
    classroom.study(visit, 120)
    visit.beat(active=False, why="hidden")
    classroom.wait(away)
    if by == "close":
        visit.close()
    elif by == "another":
        classroom.open("MFR-2")
    else:
        classroom.wait(601)
        sweep_stale(now=timezone.now())
        minutes = 0
    session = StudySession.objects.get(lesson__code="MFR-1")
    assert (session.posted_minutes, classroom.posted()) == (minutes, minutes)
    assert ("unit_lost" in {part.reason for part in session.account()}) is (minutes == 0)


def test_a_visit_keeps_the_rules_with_which_it_was_opened(classroom: Classroom) -> None:
    visit = classroom.open()
    classroom.study(visit, 120)
    settle(classroom, idle_penalty="unit", gap_seconds=60)
    classroom.wait(140)
    assert visit.beat()["credited_seconds"] == 260
    assert visit.beat(active=False)["credited_seconds"] == 260
    again = classroom.open()
    classroom.wait(70)
    assert again.beat()["credited_seconds"] == 0


def test_a_hidden_page_stands_still_whatever_plays(classroom: Classroom) -> None:
    visit = classroom.open()
    classroom.study(visit, 60)
    classroom.wait(30)
    media = {"position": 30, "playing": True}
    heard = visit.beat(active=False, why="hidden", media=media)
    assert (heard["state"], heard["reason"], heard["credited_seconds"]) == ("idle", "hidden", 60)


# ---- is somebody there? ----


def ask(classroom: Classroom, **settings: Any) -> tuple[Visit, dict[str, Any]]:
    """A visit in which the question waits."""
    settle(classroom, presence_minutes=5, **settings)
    visit = classroom.open()
    heard = classroom.study(visit, 300)
    assert (heard["state"], heard["reason"], heard["credited_seconds"]) == ("idle", "presence", 300)
    return visit, heard["presence"]


def choose(
    classroom: Classroom, visit: Visit, presence: dict[str, Any], *, right: bool = True, status: int = 200
) -> Any:
    """Answer as somebody who reads the sentence."""
    word = next(place for place, choice in enumerate(presence["choices"]) if f"“{choice}”" in presence["sentence"])
    choice = word if right else (word + 1) % len(presence["choices"])
    body = {"token": visit.opened["token"], "question": presence["question"], "choice": choice}
    answer = classroom.client.__class__().post(f"{visit.url}/presence", body, content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json()


def test_a_right_answer_in_time_counts_the_waiting(classroom: Classroom) -> None:
    visit, presence = ask(classroom)
    assert (len(set(presence["choices"])), presence["seconds_left"]) == (3, 120)
    classroom.wait(60)
    assert visit.beat()["presence"]["seconds_left"] == 60
    classroom.wait(40)
    heard = choose(classroom, visit, presence)
    assert (heard["state"], heard["credited_seconds"]) == ("counting", 400)
    assert choose(classroom, visit, presence)["credited_seconds"] == 400, "sent again it changes nothing"
    classroom.study(visit, 290)
    assert visit.heard["state"] == "counting"
    classroom.study(visit, 30)
    assert visit.heard["reason"] == "presence"


def test_a_late_answer_goes_on_and_no_answer_is_swept(classroom: Classroom) -> None:
    visit, presence = ask(classroom)
    classroom.wait(121)
    assert choose(classroom, visit, presence)["credited_seconds"] == 300
    classroom.study(visit, 300)
    assert visit.heard["credited_seconds"] == 600
    classroom.wait(1000)
    assert sweep_stale(now=timezone.now()) == 1
    assert classroom.posted() == 10


def test_wrong_answers_end_the_visit_with_what_was_counted(classroom: Classroom) -> None:
    visit, presence = ask(classroom, presence_tries=2)
    heard = choose(classroom, visit, presence, right=False)
    assert heard["presence"]["question"] == 2
    heard = choose(classroom, visit, heard["presence"], right=False)
    assert (heard["state"], heard["reason"]) == ("closed", "absent")
    assert classroom.posted() == 5
    assert StudySession.objects.get().close_reason == "absent"


def test_opening_the_lesson_anew_is_no_answer(classroom: Classroom) -> None:
    settle(classroom, presence_minutes=5)
    classroom.study(classroom.open(), 240)
    visit = classroom.open()
    classroom.study(visit, 60)
    assert visit.heard["reason"] == "presence"


def test_the_answer_asks_for_the_visits_token(classroom: Classroom) -> None:
    visit, presence = ask(classroom)
    visit.opened["token"] = visit.opened["token"][:-2]
    choose(classroom, visit, presence, status=401)
    assert StudySession.objects.get().idle_mark == "c"


def test_two_visits_are_not_asked_the_same(classroom: Classroom) -> None:
    questions = {
        (question.offered, question.right)
        for number in range(1, 40)
        for question in [beats.drawn(classroom.enrollment.uuid, number)]
    }
    assert len(questions) > 20


def test_a_question_is_shown_only_where_one_can_come(classroom: Classroom) -> None:
    page = f"/learn/lessons/{classroom.lesson().uuid}/"
    assert "data-presence " not in classroom.client.get(page).content.decode()
    settle(classroom, presence_minutes=60)
    assert "data-presence " in classroom.client.get(page).content.decode()


# ---- caps ----


def test_the_week_is_full_from_monday_to_sunday(classroom: Classroom) -> None:
    settle(classroom, week_cap_minutes=10)
    visit = classroom.open()
    heard = classroom.study(visit, 660)
    assert (heard["state"], heard["reason"], heard["credited_seconds"]) == ("capped", "week", 600)
    classroom.wait(6 * 86400 - 3600)
    assert classroom.open("MFR-2").opened["limit_seconds"] == 0
    classroom.wait(86400)
    assert classroom.open("MFR-2").opened["limit_seconds"] == 600


def test_a_day_holds_the_lessons_of_all_programs_together(classroom: Classroom, rule_set: Any) -> None:
    settle(classroom, day_cap_minutes=10)
    classroom.study(classroom.open(), 300)
    other = publish(make_program(classroom.school.school, rule_set, code="OTHER"))
    other.day_cap_minutes = 8
    other.save()
    enroll(user=classroom.school.learner_user, program=other, source_key="desk:other")
    lesson = Lesson.objects.filter(module__program=other, module__code="MFR").first()
    assert lesson is not None
    answer = classroom.client.post(f"/api/v1/lessons/{lesson.uuid}/sessions", content_type="application/json")
    assert answer.json()["limit_seconds"] == 180


# ---- order ----


def test_lessons_in_order_open_one_after_the_other(classroom: Classroom) -> None:
    settle(classroom, in_order=True)
    second = classroom.lesson("MFR-2")
    page = classroom.client.get(f"/learn/lessons/{second.uuid}/").content.decode()
    assert "Finish the lesson" in page
    assert classroom.lesson("MFR-1").title in page
    classroom.open("MFR-2", status=409)
    Lesson.objects.filter(code="MFR-1").update(min_seat_minutes=0)
    finish(classroom)
    classroom.open("MFR-2")


def test_order_is_refused_where_a_lesson_waits_for_a_later_one(classroom: Classroom) -> None:
    Lesson.objects.filter(code="MFR-1").update(gates=[{"kind": "lesson", "code": "MFR-2"}])
    with pytest.raises(ValidationError) as refused:
        settle(classroom, in_order=True)
    assert classroom.lesson("MFR-1").title in str(refused.value)
    assert not Program.objects.get(pk=classroom.program.pk).in_order


# ---- approved minutes ----


def award(classroom: Classroom) -> Lesson:
    Lesson.objects.filter(module__program=classroom.program).update(min_seat_minutes=3, minutes=20)
    settle(classroom, credit="awarded")
    return classroom.lesson()


def test_approved_minutes_are_awarded_once_in_place_of_seat_minutes(classroom: Classroom) -> None:
    lesson = award(classroom)
    visit = classroom.open()
    classroom.study(visit, 120)
    assert visit.close()["posted_minutes"] == 0
    assert "still missing" in finish(classroom)
    assert classroom.posted() == 0
    classroom.study(classroom.open(), 60)
    finish(classroom)
    (entry,) = classroom.entries()
    assert (entry.minutes, entry.evidence, entry.starts_at, entry.source) == (20, "awarded", None, "lesson")
    assert Milestone.objects.filter(code=f"lesson:{lesson.code}").count() == 1
    classroom.study(classroom.open(), 300)
    finish(classroom)
    Lesson.objects.filter(pk=lesson.pk).update(redo_since=classroom.enrollment.enrolled_at.replace(year=2027))
    finish(classroom)
    assert classroom.posted() == 20, "going through it again gives nothing twice"


def test_a_quiz_that_is_asked_for_must_be_passed_before_the_award(classroom: Classroom) -> None:
    lesson = award(classroom)
    quiz = Quiz.objects.create(school=classroom.school.school, code="MFR", title="MFR", pass_percent=70)
    lesson.module.quiz = quiz
    lesson.module.save()
    Lesson.objects.filter(pk=lesson.pk).update(needs_quiz_percent=70)
    classroom.study(classroom.open(), 240)
    assert "Reach 70 %" in finish(classroom)
    assert classroom.posted() == 0
    record_course_result(
        record=classroom.enrollment.record,
        course=lesson.module.course,
        source_key="quiz:1",
        grade_hundredths=7500,
        evidence="quiz",
    )
    finish(classroom)
    assert classroom.posted() == 20


def test_a_lesson_begun_by_the_clock_stays_with_the_clock(classroom: Classroom) -> None:
    classroom.study(classroom.open(), 240)
    award(classroom)
    classroom.study(classroom.open(), 60)
    finish(classroom)
    assert LessonProgress.objects.get().credit == "measured"
    assert classroom.posted() == 5
    assert {entry.evidence for entry in HourEntry.objects.all()} == {"measured"}


def test_approved_minutes_ask_something_of_each_lesson(classroom: Classroom) -> None:
    with pytest.raises(ValidationError) as refused:
        settle(classroom, credit="awarded")
    assert "least time or a quiz" in str(refused.value)


# ---- the database's part, and the page ----


@pytest.mark.parametrize(
    "change", ["answer_seconds = 5", "presence_minutes = 3", "idle_penalty = 'worse'", "credit = 'given'"]
)
def test_the_database_refuses_settings_that_make_no_sense(classroom: Classroom, change: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE catalog_program SET {change}")


def test_the_learner_reads_every_number_that_binds_her(classroom: Classroom) -> None:
    address = f"/learn/rules/{classroom.program.uuid}/"
    plain = classroom.client.get(address).content.decode()
    assert "not asked" in plain
    assert "no cap" in plain
    Lesson.objects.filter(module__program=classroom.program).update(min_seat_minutes=3)
    settle(
        classroom, idle_penalty="unit", presence_minutes=45, answer_seconds=90, presence_tries=2, week_cap_minutes=1260,
        in_order=True, counts_hidden_media=True, credit="awarded",
    )  # fmt: skip
    page = " ".join(classroom.client.get(address).content.decode().split())
    for words in (
        "every 45 min", "within 1 min 30 s", "2 wrong words end the visit", "is taken back, and you begin it again",
        "only a clip that plays counts", "one by one", "its approved minutes", "21<small>",
    ):  # fmt: skip
        assert words in page, words


def test_the_learner_reads_when_each_lesson_opens_and_what_finishes_it(classroom: Classroom) -> None:
    address = f"/learn/rules/{classroom.program.uuid}/"
    Lesson.objects.filter(code="MFR-2").update(
        needs_self_checks=True, needs_quiz_percent=80, needs_mark=True, release_on=date(2026, 3, 9),
        release_after_days=3, gates=[
            {"kind": "lesson", "code": "MFR-1"},
            {"kind": "module", "code": "NMT"},
            {"kind": "minutes", "code": "mfr", "minutes": 90},
            {"kind": "minutes", "minutes": 1},
        ],
    )  # fmt: skip
    Organisation.objects.update(zone="America/Los_Angeles")  # the school has moved; her record has not
    page = " ".join(classroom.client.get(address).content.decode().split())
    for words in (
        ", every self-check, quiz 80 %, your instructor’s mark", "at once", "It opens on 9 March 2026.",
        "It opens 3 days after your first day.", "Finish the lesson “The barrier” first.",
        "Finish the part “Neuromuscular technique” first.", "90 minutes of “Myofascial release” on your record open it.",
        "1 minute on your record opens it.", f"(here {zone_words('America/New_York')})",
    ):  # fmt: skip
        assert words in page, words
