"""Seat time over the API, the clock in the test's hand."""

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from certification.records.models import Presence
from certification.records.services import enter, leave
from courses.enrollments.models import Enrollment
from courses.study.models import LessonProgress, SeatCarry, StudySession
from courses.study.services import resume_enrollment, suspend_enrollment
from tests.study.conftest import Classroom


def test_time_counts_while_beats_come_and_stops_when_they_stop(classroom: Classroom) -> None:
    visit = classroom.open()
    assert visit.opened["beat_seconds"] == 30
    assert visit.opened["credited_seconds"] == 0
    assert classroom.study(visit, 90)["credited_seconds"] == 90
    assert visit.heard["state"] == "counting"
    classroom.wait(3600)
    visit.renew()
    heard = visit.beat()
    assert (heard["credited_seconds"], heard["state"], heard["reason"]) == (90, "counting", "gap")
    assert classroom.study(visit, 30) | {"server_time": ""} == {
        "state": "counting",
        "credited_seconds": 120,
        "credited_ms": 120_000,
        "server_time": "",
    }


def test_a_beat_is_one_statement_without_session_or_user(classroom: Classroom) -> None:
    visit = classroom.open()
    classroom.wait(30)
    body = {"token": visit.opened["token"], "sequence": 1, "active": True}
    with CaptureQueriesContext(connection) as queries:
        answer = classroom.client.post(f"{visit.url}/beats", body, content_type="application/json")
    assert answer.json()["credited_seconds"] == 30
    assert len(queries) == 1
    assert queries[0]["sql"].count("UPDATE study_studysession") == 1


def test_a_beat_stays_one_statement_where_staff_need_a_second_factor(classroom: Classroom, settings) -> None:
    settings.STAFF_MFA_REQUIRED = True
    visit = classroom.open()
    body = {"token": visit.opened["token"], "sequence": 1, "active": True}
    with CaptureQueriesContext(connection) as queries:
        classroom.client.post(f"{visit.url}/beats", body, content_type="application/json")
    assert len(queries) == 1


def test_replays_and_old_numbers_earn_nothing_and_are_answered_alike(classroom: Classroom) -> None:
    visit = classroom.open()
    classroom.wait(30)
    first = visit.beat()
    for _ in range(60):
        assert visit.beat(sequence=1) == first
    classroom.wait(30)
    assert visit.beat(sequence=1)["credited_seconds"] == 30
    assert visit.beat(sequence=7)["credited_seconds"] == 60
    classroom.wait(30)
    assert visit.beat(sequence=6)["credited_seconds"] == 60


def test_sixty_beats_a_second_earn_a_second(classroom: Classroom) -> None:
    visit = classroom.open()
    for _ in range(60):
        classroom.wait(1 / 60)
        visit.beat()
    assert visit.heard["credited_seconds"] <= 1


def test_a_lost_beat_sent_again_keeps_the_time_within_the_gap(classroom: Classroom) -> None:
    visit = classroom.open()
    classroom.study(visit, 30)
    classroom.wait(140)  # the network was gone for more than two minutes
    assert visit.beat(sequence=2)["credited_seconds"] == 170


def test_idle_time_does_not_count_and_is_said(classroom: Classroom) -> None:
    visit = classroom.open()
    classroom.study(visit, 60)
    classroom.wait(20)
    visit.beat()
    heard = visit.beat(active=False)
    assert (heard["state"], heard["reason"], heard["credited_seconds"]) == ("idle", "idle", 80)
    classroom.wait(100)
    assert visit.beat()["credited_seconds"] == 80
    assert classroom.study(visit, 30)["credited_seconds"] == 110


def test_a_playing_clip_counts_as_somebody_there(classroom: Classroom) -> None:
    visit = classroom.open()
    classroom.wait(30)
    media = {"position": 12.5, "playing": True, "rate": 1}
    assert visit.beat(active=False, media=media)["credited_seconds"] == 30
    classroom.wait(30)
    assert visit.beat(active=False, media=media | {"playing": False})["credited_seconds"] == 30


def test_the_second_window_takes_over_and_the_first_says_so(classroom: Classroom) -> None:
    first = classroom.open()
    classroom.study(first, 60)
    second = classroom.open("MFR-2")
    classroom.wait(30)
    heard = first.beat()
    assert (heard["state"], heard["credited_seconds"]) == ("superseded", 60)
    assert second.beat()["credited_seconds"] == 30
    assert first.beat()["state"] == "superseded"
    # The first one's minute is on the record already.
    assert classroom.posted() == 1


def test_both_windows_together_stay_at_the_wall_clock(classroom: Classroom) -> None:
    earned = 0
    one, other = classroom.open(), classroom.open()
    for round_ in range(10):
        classroom.wait(10)
        one.beat()
        earned = one.heard["credited_seconds"] + other.beat()["credited_seconds"]
        if round_ == 4:
            one, other = other, classroom.open()
            before = one.heard["credited_seconds"]
    assert earned <= 100
    assert before == 50


def test_close_posts_whole_minutes_once_with_their_times(classroom: Classroom) -> None:
    visit = classroom.open()
    classroom.study(visit, 60)
    visit.beat(active=False)
    classroom.wait(200)
    visit.beat()
    classroom.study(visit, 75)
    closed = visit.close()
    assert closed["state"] == "closed"
    assert closed["posted_minutes"] == 2
    assert visit.close()["posted_minutes"] == 2
    (entry,) = classroom.entries()
    assert (entry.minutes, entry.category, entry.source, entry.evidence) == (2, "mfr", "lesson", "measured")
    assert (entry.course, entry.delivery, entry.title) == ("MFR@1", "asynchronous", "The barrier")
    assert entry.source_key.startswith(f"session:{visit.opened['session']}")
    assert entry.content_revision.startswith("en-")
    assert len(entry.spans) == 2
    heard = visit.beat()
    assert (heard["state"], heard["reason"]) == ("closed", "closed")


def test_seconds_left_over_join_the_next_visit(classroom: Classroom) -> None:
    visit = classroom.open()
    classroom.study(visit, 90)
    assert visit.close()["posted_minutes"] == 1
    assert SeatCarry.objects.get().carry_ms == 30_000
    classroom.wait(600)
    again = classroom.open()
    assert again.opened["counted_seconds"] == 90
    assert again.opened["credited_seconds"] == 0
    classroom.study(again, 30)
    assert again.close()["posted_minutes"] == 1
    assert classroom.posted() == 2
    assert SeatCarry.objects.get().carry_ms == 0
    assert LessonProgress.objects.get().seat_minutes == 2


def test_stop_and_come_back_keeps_the_place_in_the_text(classroom: Classroom) -> None:
    visit = classroom.open()
    classroom.wait(30)
    visit.beat(reading=420)
    visit.close()
    assert LessonProgress.objects.get().position == 420
    page = classroom.client.get(f"/learn/lessons/{classroom.lesson().uuid}/")
    assert 'data-reading="420"' in page.content.decode()


def test_a_leaving_page_closes_by_its_token_with_its_last_stretch(classroom: Classroom) -> None:
    visit = classroom.open()
    classroom.study(visit, 50)
    classroom.wait(10)
    body = {"token": visit.opened["token"], "sequence": 99, "active": True, "reading": 500}
    answer = Client(enforce_csrf_checks=True).post(f"{visit.url}/close", body, content_type="application/json")
    assert answer.status_code == 200
    assert answer.json()["posted_minutes"] == 1
    assert LessonProgress.objects.get().position == 500


def test_close_by_cookie_asks_for_csrf(classroom: Classroom) -> None:
    visit = classroom.open()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(classroom.school.learner_user, backend="accounts.backends.EmailBackend")
    assert strict.post(f"{visit.url}/close", content_type="application/json").status_code == 403
    assert Client().post(f"{visit.url}/close", content_type="application/json").status_code == 401
    assert StudySession.objects.get().state == "open"


def test_the_lesson_never_gives_more_than_its_minutes(classroom: Classroom) -> None:
    visit = classroom.open("MFR-2")
    heard = classroom.study(visit, 31 * 60, every=120)
    assert (heard["state"], heard["reason"], heard["credited_seconds"]) == ("capped", "lesson", 30 * 60)
    assert visit.close()["posted_minutes"] == 30
    again = classroom.open("MFR-2")
    assert again.opened["limit_seconds"] == 0
    classroom.wait(60)
    assert again.beat()["state"] == "capped"
    assert again.close()["posted_minutes"] == 0
    assert classroom.posted() == 30


def test_what_was_counted_is_told_to_the_millisecond_so_that_a_full_lesson_is_full(classroom: Classroom) -> None:
    visit = classroom.open("MFR-2")
    classroom.study(visit, 90.7)
    visit.close()
    again = classroom.open("MFR-2")
    heard = classroom.study(again, 31 * 60, every=120)
    assert heard["state"] == "capped"
    assert again.opened["counted_ms"] + heard["credited_ms"] == 30 * 60_000
    assert again.opened["counted_seconds"] + heard["credited_seconds"] < 30 * 60


def test_the_day_never_gives_more_than_its_cap_and_the_next_day_goes_on(classroom: Classroom) -> None:
    classroom.program.day_cap_minutes = 10
    classroom.program.save()
    visit = classroom.open()
    classroom.study(visit, 6 * 60)
    visit.close()
    other = classroom.open("MFR-2")
    heard = classroom.study(other, 6 * 60)
    assert (heard["state"], heard["reason"], heard["credited_seconds"]) == ("capped", "day", 4 * 60)
    other.close()
    assert other.opened["day_ends"] == "2026-03-03T05:00:00Z", "midnight in New York"
    classroom.wait(14 * 3600)
    tomorrow = classroom.open("MFR-2")
    assert classroom.study(tomorrow, 120)["state"] == "counting"
    tomorrow.close()
    assert [(str(entry.date), entry.minutes) for entry in classroom.entries()] == [
        ("2026-03-02", 6),
        ("2026-03-02", 4),
        ("2026-03-03", 2),
    ]


def test_midnight_in_the_records_zone_makes_two_entries(classroom: Classroom) -> None:
    classroom.wait(13 * 3600 + 55 * 60)  # 23:55 in New York; in UTC the day changed long ago
    visit = classroom.open()
    classroom.study(visit, 12 * 60)
    assert visit.close()["posted_minutes"] == 12
    assert [(str(entry.date), entry.minutes) for entry in classroom.entries()] == [
        ("2026-03-02", 5),
        ("2026-03-03", 7),
    ]


def test_a_token_opens_one_visit_for_a_quarter_of_an_hour(classroom: Classroom) -> None:
    visit = classroom.open()
    token = visit.opened["token"]
    other = classroom.open()
    visit.opened["token"] = other.opened["token"]
    visit.beat(status=401)
    for broken in ("", "x", token[:-1] + ("A" if token[-1] != "A" else "B"), token.replace(".", "")):
        visit.opened["token"] = broken
        visit.beat(status=401)
    classroom.wait(15 * 60 + 1)
    other.beat(status=401)
    other.renew()
    other.beat()


def test_renewing_asks_again_for_the_right(classroom: Classroom) -> None:
    visit = classroom.open()
    classroom.study(visit, 60)
    stranger = classroom.school.client(classroom.school.other_learner_user)
    assert stranger.post(f"{visit.url}/renew", content_type="application/json").status_code == 404
    assert Client().post(f"{visit.url}/renew", content_type="application/json").status_code in {401, 403}
    Enrollment.objects.update(state="suspended")
    visit.renew(status=409)
    session = StudySession.objects.get()
    assert (session.state, session.close_reason, session.posted_minutes) == ("closed", "suspended", 1)


def test_suspending_closes_the_visit_and_the_next_beat_changes_nothing(classroom: Classroom) -> None:
    visit = classroom.open()
    classroom.study(visit, 120)
    suspend_enrollment(enrollment=classroom.enrollment)
    classroom.wait(30)
    heard = visit.beat()
    assert (heard["state"], heard["reason"], heard["credited_seconds"]) == ("closed", "suspended", 120)
    assert classroom.posted() == 2
    url = f"/api/v1/lessons/{classroom.lesson().uuid}/sessions"
    refused = classroom.client.post(url, content_type="application/json")
    assert refused.status_code == 409
    assert refused.json()["title"].startswith("Your place is paused, so no time counts. Ask the school's office")
    assert StudySession.objects.count() == 1
    Enrollment.objects.update(state="withdrawn")
    classroom.open(status=404)
    Enrollment.objects.update(state="suspended")
    resume_enrollment(enrollment=classroom.enrollment)
    classroom.open()


def test_signing_out_closes_the_visit(classroom: Classroom) -> None:
    visit = classroom.open()
    classroom.study(visit, 60)
    classroom.client.post("/accounts/logout/")
    classroom.wait(30)
    heard = visit.beat()
    assert (heard["state"], heard["reason"]) == ("closed", "logout")
    assert classroom.posted() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"sequence": 0},
        {"sequence": 2**53},
        {"sequence": "many"},
        {"sequence": None},
        {"active": "perhaps"},
        {"token": None},
        {"token": "x" * 300},
        {"reading": 1001},
        {"media": {"position": -1, "playing": True}},
        {"media": {"playing": True}},
        {"media": "loud"},
    ],
)
def test_unreadable_beats_are_problems_not_errors(classroom: Classroom, change: dict[str, object]) -> None:
    visit = classroom.open()
    body = {"token": visit.opened["token"], "sequence": 1, "active": True} | change
    answer = Client().post(f"{visit.url}/beats", body, content_type="application/json")
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert StudySession.objects.get().sequence == 0


def test_broken_json_and_unknown_visits_are_problems(classroom: Classroom) -> None:
    visit = classroom.open()
    post = Client().post
    for body in ("", "{", "[]", "null", '{"token": "\ud800"}'.encode("utf-8", "surrogatepass")):
        assert post(f"{visit.url}/beats", body, content_type="application/json").status_code in {400, 422}
    nobody = f"/api/v1/sessions/{uuid.uuid4()}/beats"
    body = {"token": visit.opened["token"], "sequence": 1, "active": True}
    assert post(nobody, body, content_type="application/json").status_code == 401


def test_who_may_open_a_lesson(classroom: Classroom) -> None:
    people = classroom.school
    classroom.open(client=people.client(people.other_learner_user), status=404)
    classroom.open(client=people.client(people.instructor), status=404)
    classroom.open(client=Client(), status=401)
    nothing = classroom.client.post(f"/api/v1/lessons/{uuid.uuid4()}/sessions", content_type="application/json")
    assert nothing.status_code == 404
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people.learner_user, backend="accounts.backends.EmailBackend")
    classroom.open(client=strict, status=403)
    # Without published words there is nothing to count.
    assert "no published text" in classroom.open("NMT-1", status=409).opened["title"]


def test_another_writer_of_the_same_time_leaves_it_once(classroom: Classroom) -> None:
    """A class that was posted meanwhile holds its time; the lesson gets what is free, and the rest may be studied."""
    from datetime import timedelta

    from certification.records.services import HourPart, post_hours
    from tests.study.conftest import MONDAY

    visit = classroom.open()
    classroom.study(visit, 600)
    post_hours(
        record=classroom.enrollment.record,
        source_key="class:1",
        parts=[
            HourPart(
                category="mfr",
                minutes=4,
                source="class",
                delivery="in_person",
                evidence="measured",
                title="Lab",
                spans=((MONDAY + timedelta(minutes=3), MONDAY + timedelta(minutes=7)),),
            )
        ],
    )
    assert visit.close()["posted_minutes"] == 6
    assert LessonProgress.objects.get().seat_minutes == 6
    assert classroom.posted() == 10


def test_while_clocked_in_at_a_clinic_no_lesson_runs(classroom: Classroom) -> None:
    """A shift ends the lesson that is open; it counts nothing more, says where she is, and cannot be opened anew."""
    visit = classroom.open()
    assert classroom.study(visit, 60)["credited_seconds"] == 60
    learner = StudySession.objects.get().learner
    enter(learner=learner, source="shift", source_key="shift:1")
    classroom.wait(30)
    with CaptureQueriesContext(connection) as queries:
        heard = visit.beat()
    assert len(queries) == 1
    assert (heard["state"], heard["reason"], heard["credited_seconds"]) == ("superseded", "elsewhere", 60)
    lesson = StudySession.objects.get().lesson
    answer = classroom.client.post(f"/api/v1/lessons/{lesson.uuid}/sessions", content_type="application/json")
    assert answer.status_code == 409
    assert "Clock out there first" in answer.json()["title"]
    assert StudySession.objects.filter(state="open").count() == 1, "a refusal changes nothing"
    leave(learner=learner, source_key="shift:1")
    again = classroom.open()
    assert classroom.study(again, 60)["credited_seconds"] == 60
    assert StudySession.objects.get(state="closed").posted_minutes == 1


def test_a_closed_visit_leaves_no_presence(classroom: Classroom) -> None:
    visit = classroom.open()
    assert Presence.objects.filter(until=None).count() == 1
    classroom.study(visit, 60)
    classroom.client.post(f"{visit.url}/close", content_type="application/json")
    assert not Presence.objects.filter(until=None).exists()
