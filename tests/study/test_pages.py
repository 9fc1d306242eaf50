"""The learner's pages: what she sees, who may see it, and how many questions they ask the database."""

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from certification.quizzes.services import ensure_quiz
from certification.records.models import TrainingRecord
from courses.catalog.models import LessonPage, MediaUse, Module
from courses.catalog.services import ensure_media
from courses.enrollments.models import Enrollment
from tests.files import MP4
from tests.study.conftest import Classroom
from tests.worlds import School


def lesson_url(classroom: Classroom, code: str = "MFR-1") -> str:
    return f"/learn/lessons/{classroom.lesson(code).uuid}/"


def test_the_lesson_page_asks_at_most_eight_questions(classroom: Classroom, settings) -> None:
    # With the cache in the database, as it is installed by default.
    settings.CACHES = {
        **settings.CACHES,
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "django_cache"},
    }
    call_command("createcachetable")
    url = lesson_url(classroom)
    classroom.client.get(url)  # the body is rendered once per revision
    with CaptureQueriesContext(connection) as queries:
        page = classroom.client.get(url)
    assert page.status_code == 200
    assert len(queries) <= 8, "\n".join(query["sql"] for query in queries)


def test_the_lesson_page_shows_words_outline_clock_and_next_step(classroom: Classroom) -> None:
    visit = classroom.open()
    classroom.study(visit, 180)
    visit.close()
    html = classroom.client.get(lesson_url(classroom)).content.decode()
    assert "<h1>The barrier</h1>" in html
    assert "<p>The barrier.</p>" in html
    assert "The second barrier" in html
    assert "data-seat-minutes>3</span>" in html
    assert f"/learn/rules/{classroom.program.uuid}/" in html
    assert "The lesson is complete when 5 min are counted." in html
    assert "runs no script" in html
    assert "js/study.js" in html
    assert "style=" not in html
    assert "onclick" not in html


def test_a_full_lesson_counts_no_more(classroom: Classroom) -> None:
    visit = classroom.open("MFR-2")
    classroom.study(visit, 30 * 60, every=120)
    visit.close()
    html = classroom.client.get(lesson_url(classroom, "MFR-2")).content.decode()
    assert "All minutes of this lesson are counted." in html
    assert "data-open" not in html


def test_who_may_read_a_lesson(classroom: Classroom) -> None:
    url = lesson_url(classroom)
    people = classroom.school
    answer = Client().get(url)
    assert (answer.status_code, answer.url) == (302, f"/accounts/login/?next={url}")
    assert people.client(people.other_learner_user).get(url).status_code == 404
    assert people.client(people.foreign_registrar).get(url).status_code == 404
    missing = "/learn/lessons/00000000-0000-4000-8000-000000000000/"
    assert classroom.client.get(missing).status_code == 404
    assert people.client(people.instructor).get(missing).status_code == 404


def test_staff_read_it_as_a_preview_that_counts_nothing(classroom: Classroom) -> None:
    people = classroom.school
    html = people.client(people.instructor).get(lesson_url(classroom)).content.decode()
    assert "As learners see it" in html
    assert "<p>The barrier.</p>" in html
    assert "data-seat" not in html
    assert "js/study.js" not in html


def test_a_paused_place_opens_no_lesson_and_says_so(classroom: Classroom) -> None:
    Enrollment.objects.update(state="suspended")
    page = classroom.client.get(lesson_url(classroom), follow=True)
    assert page.redirect_chain[-1][0] == "/learn/"
    assert "Your place in this program is paused" in page.content.decode()


def test_a_finished_program_is_read_on_without_a_clock(classroom: Classroom) -> None:
    Enrollment.objects.update(state="completed")
    html = classroom.client.get(lesson_url(classroom)).content.decode()
    assert "<p>The barrier.</p>" in html
    assert "No time counts here now." in html
    assert "finish/" not in html


def test_a_lesson_without_words_says_so(classroom: Classroom) -> None:
    html = classroom.client.get(lesson_url(classroom, "NMT-1")).content.decode()
    assert "This lesson is in preparation" in html
    assert "data-open" not in html


def test_a_lesson_taken_back_in_the_cms_disappears(classroom: Classroom) -> None:
    LessonPage.objects.get(title="The barrier").unpublish()
    html = classroom.client.get(lesson_url(classroom)).content.decode()
    assert "This lesson is in preparation" in html
    assert "<p>The barrier.</p>" not in html


def test_home_without_a_program_teaches(classroom: Classroom) -> None:
    people = classroom.school
    html = people.client(people.other_learner_user).get("/learn/").content.decode()
    assert "You are in no program yet" in html
    assert Client().get("/learn/").status_code == 302


def test_home_leads_to_the_first_lesson_then_back_to_the_one_begun_then_to_the_quiz(classroom: Classroom) -> None:
    def step() -> object:
        return classroom.client.get("/learn/").context["homes"][0].step

    assert step().title == "The barrier"
    visit = classroom.open("MFR-2")
    classroom.study(visit, 120)
    visit.close()
    assert step().title == "The second barrier"
    assert "2 min of 30 min" in step().hint
    for code in ("MFR-1", "MFR-2"):
        visit = classroom.open(code)
        classroom.study(visit, 300)
        classroom.client.post(f"/learn/lessons/{classroom.lesson(code).uuid}/finish/")
    assert (step().kind, step().title) == ("quiz", "Quiz: myofascial release")
    html = classroom.client.get("/learn/").content.decode()
    assert "/shifts/" in html
    assert f"/hours/{classroom.enrollment.record.uuid}/" in html


def test_home_asks_no_more_for_more_lessons(classroom: Classroom) -> None:
    with CaptureQueriesContext(connection) as queries:
        classroom.client.get("/learn/")
    assert len(queries) <= 18, "\n".join(query["sql"] for query in queries)


def test_the_numbers_that_bind_are_readable_by_those_they_bind(classroom: Classroom) -> None:
    url = f"/learn/rules/{classroom.program.uuid}/"
    html = classroom.client.get(url).content.decode()
    for words in (">30 s<", ">2 min 30 s<", ">5 min<", "New York time", "The second barrier"):
        assert words in html
    people = classroom.school
    assert people.client(people.registrar).get(url).status_code == 200
    assert people.client(people.other_learner_user).get(url).status_code == 404
    assert people.client(people.foreign_registrar).get(url).status_code == 404
    assert Client().get(url).status_code == 302


@pytest.fixture
def clip(classroom: Classroom):
    """A clip that the published page of the first lesson shows."""
    clip = ensure_media(
        school=classroom.school.school,
        code="slack",
        title="Slack",
        file=ContentFile(MP4[:100], name="slack.mp4"),
        captions=ContentFile(b"WEBVTT\n\n00:00.000 --> 00:02.000\nSink.\n", name="slack.vtt"),
        transcript="Sink.",
        duration=2,
    )
    lesson = classroom.lesson()
    MediaUse.objects.create(page=lesson.pages.get(), lesson=lesson, media=clip)
    return clip


def test_clips_are_served_in_ranges_to_those_with_the_right(classroom: Classroom, clip) -> None:
    url = f"/learn/media/{clip.uuid}/file"
    answer = classroom.client.get(url, headers={"Range": "bytes=10-19"})
    assert answer.status_code == 206
    assert b"".join(answer.streaming_content) == MP4[10:20]
    captions = classroom.client.get(f"/learn/media/{clip.uuid}/captions")
    assert captions["Content-Type"].startswith("text/vtt")
    assert classroom.client.get(f"/learn/media/{clip.uuid}/poster").status_code == 404
    assert classroom.client.get(f"/learn/media/{clip.uuid}/passwd").status_code == 404
    people = classroom.school
    assert people.client(people.instructor).get(url).status_code == 200
    assert people.client(people.other_learner_user).get(url).status_code == 404
    assert people.client(people.foreign_registrar).get(url).status_code == 404
    assert Client().get(url).status_code == 302
    Enrollment.objects.update(state="suspended")
    assert classroom.client.get(url).status_code == 404


def test_own_enrollments_and_hours_over_the_api(classroom: Classroom) -> None:
    visit = classroom.open()
    classroom.study(visit, 300)
    visit.close()
    (mine,) = classroom.client.get("/api/v1/me/enrollments").json()
    assert mine["id"] == str(classroom.enrollment.uuid)
    assert mine["program"] == "A small program"
    assert [(line["title"], line["state"]) for line in mine["lessons"]] == [
        ("The barrier", "begun"),
        ("The second barrier", "not_begun"),
    ]
    assert [(quiz["title"], quiz["state"]) for quiz in mine["quizzes"]] == [("Quiz: myofascial release", "open")]
    hours = classroom.client.get(f"/api/v1/me/enrollments/{mine['id']}/hours").json()
    assert hours["results"][0]["rules"] == "small-sample@1"
    assert hours["results"][0]["total"]["counted"] == 5
    (entry,) = hours["entries"]
    assert (entry["minutes"], entry["category"], entry["date"], entry["row"]) == (5, "mfr", "2026-03-02", 1)
    assert (entry["evidence"], entry["reason"]) == ("measured", "")
    people = classroom.school
    assert people.client(people.other_learner_user).get("/api/v1/me/enrollments").json() == []
    for person, status in ((people.other_learner_user, 404), (people.registrar, 404)):
        answer = people.client(person).get(f"/api/v1/me/enrollments/{mine['id']}/hours")
        assert answer.status_code == status
    assert Client().get("/api/v1/me/enrollments").status_code == 401


def test_nothing_of_study_is_kept_by_a_cache_between(classroom: Classroom) -> None:
    for url in ("/learn/", lesson_url(classroom)):
        assert "no-store" in classroom.client.get(url)["Cache-Control"]
    assert TrainingRecord.objects.exists()


def test_a_quiz_that_is_still_being_written_is_no_dead_end(classroom: Classroom, school: School) -> None:
    """A module got its quiz after she enrolled, and nothing in it is in use yet: the way to it says so."""
    empty = ensure_quiz(school=school.school, code="LATER", title="Later", questions=[])
    module = classroom.lesson("NMT-1").module
    Module.objects.filter(pk=module.pk).update(quiz=empty)
    answer = classroom.client.get(reverse("study:quiz", args=[module.uuid]), follow=True)
    assert answer.redirect_chain == [(reverse("study:home"), 302)]
    assert "still being written" in answer.content.decode()
    other = school.client(school.other_learner_user)
    assert other.get(reverse("study:quiz", args=[module.uuid])).status_code == 404
