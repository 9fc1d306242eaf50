"""Closing, finishing and sweeping: minutes reach the ledger once, whatever happens between."""

from datetime import timedelta

import pytest
from django.utils import timezone

from certification.records.models import Milestone, Posting, TrainingRecord
from courses.enrollments.models import Enrollment
from courses.enrollments.services import enroll
from courses.study.models import LessonProgress, StudySession
from courses.study.services import SeatRefusedError, complete_lesson, sweep_stale
from courses.study.services import seat as services
from tests.enrollments.making import make_program
from tests.study.conftest import Classroom, publish


def finish(classroom: Classroom, code: str = "MFR-1"):
    return classroom.client.post(f"/learn/lessons/{classroom.lesson(code).uuid}/finish/", follow=True)


def test_finishing_needs_the_least_minutes_and_changes_nothing_without(classroom: Classroom) -> None:
    visit = classroom.open()
    classroom.study(visit, 4 * 60)
    page = finish(classroom)
    assert "1 minute of this lesson is still missing" in page.content.decode()
    assert StudySession.objects.get().state == "open"
    assert classroom.posted() == 0
    classroom.study(visit, 60)
    page = finish(classroom)
    assert "“The barrier” is finished." in page.content.decode()
    assert page.redirect_chain[-1][0] == f"/learn/lessons/{classroom.lesson('MFR-2').uuid}/"
    assert classroom.posted() == 5
    progress = LessonProgress.objects.get(lesson__code="MFR-1")
    assert (progress.state, progress.seat_minutes) == ("finished", 5)
    assert progress.content_revision.startswith("en-")
    milestone = Milestone.objects.get(code="lesson:MFR-1")
    assert milestone.record == classroom.enrollment.record
    assert visit.beat()["reason"] == "completed"


def test_finishing_twice_is_finishing_once(classroom: Classroom) -> None:
    lesson = classroom.lesson("MFR-2")  # asks for no minutes
    first = complete_lesson(enrollment=classroom.enrollment, lesson=lesson)
    classroom.wait(60)
    again = complete_lesson(enrollment=classroom.enrollment, lesson=lesson)
    assert again.completed_at == first.completed_at
    assert Milestone.objects.filter(code="lesson:MFR-2").count() == 1


def test_after_the_last_lesson_comes_the_quiz(classroom: Classroom) -> None:
    answer = classroom.client.post(f"/learn/lessons/{classroom.lesson('MFR-2').uuid}/finish/")
    module = classroom.lesson().module
    assert answer.url == f"/learn/modules/{module.uuid}/quiz/"
    assert classroom.client.get(answer.url).url.startswith("/quizzes/")
    stranger = classroom.school.client(classroom.school.other_learner_user)
    assert stranger.get(answer.url).status_code == 404


def test_a_strangers_finish_is_not_found(classroom: Classroom) -> None:
    client = classroom.school.client(classroom.school.other_learner_user)
    assert client.post(f"/learn/lessons/{classroom.lesson().uuid}/finish/").status_code == 404
    assert client.get(f"/learn/lessons/{classroom.lesson().uuid}/finish/").status_code == 405


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda room: Enrollment.objects.update(state="suspended"), "paused"),
        (lambda room: Enrollment.objects.update(state="completed"), "ended"),
        (lambda room: TrainingRecord.objects.update(sealed_at=timezone.now()), "ended"),
    ],
)
def test_an_ended_place_counts_nothing(classroom: Classroom, change, words: str) -> None:
    change(classroom)
    with pytest.raises(SeatRefusedError, match=words):
        services.open_session(enrollment=classroom.enrollment, lesson=classroom.lesson())
    with pytest.raises(SeatRefusedError, match=words):
        complete_lesson(enrollment=classroom.enrollment, lesson=classroom.lesson())


def test_a_retired_lesson_counts_nothing(classroom: Classroom) -> None:
    lesson = classroom.lesson()
    lesson.retired_at = timezone.now()
    lesson.save()
    classroom.open(status=409)


def test_the_sweeper_closes_what_never_said_goodbye_once(classroom: Classroom) -> None:
    visit = classroom.open()
    classroom.study(visit, 120)
    classroom.wait(14 * 60)
    assert sweep_stale(now=timezone.now()) == 0
    classroom.wait(2 * 60)
    assert sweep_stale(now=timezone.now()) == 1
    assert sweep_stale(now=timezone.now()) == 0
    session = StudySession.objects.get()
    assert (session.close_reason, session.posted_minutes) == ("stale", 2)
    assert classroom.posted() == 2


def test_the_sweeper_closes_a_page_that_beats_on_with_nobody_there(classroom: Classroom) -> None:
    visit = classroom.open()
    classroom.study(visit, 60)
    for _ in range(10):
        classroom.wait(120)
        if _ == 5:
            visit.renew()
        visit.beat(active=False)
    assert sweep_stale(now=timezone.now()) == 1
    assert classroom.posted() == 1


def test_a_posting_that_the_ledger_refused_is_tried_again(classroom: Classroom, monkeypatch) -> None:
    visit = classroom.open()
    classroom.study(visit, 90)

    def refuse(**_rest: object) -> None:
        raise services.ValidationError("not now")

    with monkeypatch.context() as broken:
        broken.setattr(services, "post_hours", refuse)
        assert visit.close()["posted_minutes"] == 0
    session = StudySession.objects.get()
    assert (session.state, session.posted) == ("closed", False)
    assert classroom.posted() == 0
    # A later visit is not held up by it.
    later = classroom.open()
    classroom.study(later, 60)
    later.close()
    assert sweep_stale(now=timezone.now()) == 1
    assert classroom.posted() == 2
    assert LessonProgress.objects.get().seat_minutes == 2


def test_a_beat_between_look_and_close_is_not_lost(classroom: Classroom, monkeypatch) -> None:
    visit = classroom.open()
    classroom.study(visit, 60)
    session = StudySession.objects.get()
    classroom.wait(60)
    visit.beat()
    services.close_session(session=session)  # an object read before the last beat
    assert classroom.posted() == 2


def test_two_programs_share_one_clock(classroom: Classroom) -> None:
    other = publish(make_program(classroom.school.school, classroom.program.rule_set, code="OTHER"))
    second = enroll(user=classroom.school.learner_user, program=other, source_key="desk:second")
    visit = classroom.open()
    classroom.study(visit, 60)
    lesson = other.modules.get(code="MFR").lessons.get(code="MFR-1")
    opened = services.open_session(enrollment=second, lesson=lesson)
    classroom.wait(30)
    assert visit.beat()["state"] == "superseded"
    services.close_session(session=opened.session)
    assert classroom.posted() == 1
    with pytest.raises(SeatRefusedError, match="another program"):
        services.open_session(enrollment=classroom.enrollment, lesson=lesson)


def test_the_carried_seconds_fit_between_other_visits(classroom: Classroom) -> None:
    first = classroom.open()
    classroom.study(first, 90)
    other = classroom.open("MFR-2")
    classroom.study(other, 60)
    again = classroom.open()
    classroom.study(again, 90)
    again.close()
    entries = classroom.entries()
    assert [entry.minutes for entry in entries] == [1, 1, 2]
    assert Posting.objects.filter(left_out=[]).count() == 3
    assert len(entries[2].spans) == 2
    assert entries[2].ends_at - entries[2].starts_at == timedelta(seconds=180)
