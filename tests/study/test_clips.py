"""What a clip counts: its new seconds, at no more than real time, and where it goes on."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.base import ContentFile

from courses.catalog.models import LessonMedia, MediaUse
from courses.catalog.services import ensure_media
from courses.study.models import ClipWatch, StudySession
from courses.study.services import beats, clips
from tests.files import MP4
from tests.study.conftest import Classroom, Visit

CLIP = str(UUID(int=7))


@pytest.fixture(autouse=True)
def shown(classroom: Classroom) -> None:
    """The published page of the first lesson shows the clip."""
    show(classroom, UUID(CLIP))


def show(classroom: Classroom, uuid: UUID, code: str = "MFR-1") -> None:
    clip = ensure_media(
        school=classroom.school.school,
        code=f"clip-{uuid.hex[-4:]}",
        title="Slack",
        file=ContentFile(MP4[:100], name="slack.mp4"),
        captions=ContentFile(b"WEBVTT\n\n00:00.000 --> 00:02.000\nSink.\n", name="slack.vtt"),
        transcript="Sink.",
        duration=600,
    )
    LessonMedia.objects.filter(pk=clip.pk).update(uuid=uuid)
    lesson = classroom.lesson(code)
    MediaUse.objects.create(page=lesson.pages.get(), lesson=lesson, media=clip)


def play(classroom: Classroom, visit: Visit, seconds: int, *, at: float, rate: float = 1, **more: object) -> float:
    """Let a clip run for so long from a place on, reporting as the page does; where it stands then."""
    while seconds > 0:
        step = min(30, seconds)
        classroom.wait(step)
        at += step * rate
        visit.beat(active=False, media={"clip": CLIP, "position": at, "playing": True, "rate": rate}, **more)
        seconds -= step
    return at


def begin(classroom: Classroom, visit: Visit, at: float = 0) -> None:
    visit.beat(media={"clip": CLIP, "position": at, "playing": True})


def test_a_clip_counts_without_a_touch_but_only_once(classroom: Classroom) -> None:
    visit = classroom.open()
    begin(classroom, visit)
    play(classroom, visit, 300, at=0)
    assert visit.heard["credited_seconds"] == 300
    begin(classroom, visit)
    play(classroom, visit, 300, at=0)
    assert visit.heard["credited_seconds"] == 300
    assert (visit.heard["state"], visit.heard["reason"]) == ("idle", "seen")
    play(classroom, visit, 60, at=300)
    assert visit.heard["credited_seconds"] > 300, "what is new counts on"
    assert ClipWatch.objects.get().watched_ms == 360_000


def test_a_touch_does_not_make_old_seconds_new(classroom: Classroom) -> None:
    visit = classroom.open()
    begin(classroom, visit)
    play(classroom, visit, 120, at=0)
    begin(classroom, visit)
    for position in (30, 60, 90):
        classroom.wait(30)
        visit.beat(active=True, media={"clip": CLIP, "position": position, "playing": True})
    assert visit.heard["credited_seconds"] == 120
    classroom.wait(30)
    visit.beat(active=True, media={"clip": CLIP, "position": 90, "playing": False})
    classroom.wait(30)
    assert visit.beat(active=True)["credited_seconds"] >= 150, "who reads on beside the stopped clip is counted"


def test_twice_the_speed_counts_real_time(classroom: Classroom) -> None:
    visit = classroom.open()
    begin(classroom, visit)
    play(classroom, visit, 120, at=0, rate=2)
    assert visit.heard["credited_seconds"] == 120
    assert ClipWatch.objects.get().watched_ms == 240_000


def test_forged_positions_earn_no_more_than_the_clock(classroom: Classroom) -> None:
    visit = classroom.open()
    for number in range(1, 60):
        classroom.wait(0.5)
        visit.beat(active=False, media={"position": number * 1000, "playing": True, "rate": 16})
    assert visit.heard["credited_seconds"] <= 30


def test_a_report_sent_again_counts_once(classroom: Classroom) -> None:
    visit = classroom.open()
    begin(classroom, visit)
    classroom.wait(30)
    media = {"clip": CLIP, "position": 30, "playing": True}
    assert visit.beat(active=False, media=media)["credited_seconds"] == 30
    classroom.wait(3)
    assert visit.beat(active=False, media=media, sequence=visit.sequence)["credited_seconds"] == 30
    classroom.wait(27)
    assert visit.beat(active=False, media=media | {"position": 60})["credited_seconds"] == 60


def test_it_goes_on_to_the_second_where_it_stopped_on_another_day(classroom: Classroom) -> None:
    visit = classroom.open()
    begin(classroom, visit)
    play(classroom, visit, 75, at=0)
    visit.close()
    classroom.wait(90_000)
    (clip,) = classroom.open().opened["clips"]
    assert clip == {"clip": CLIP, "position": 75.0, "watched": 75}


def test_a_clip_of_another_name_is_another_clip(classroom: Classroom) -> None:
    visit = classroom.open()
    begin(classroom, visit)
    play(classroom, visit, 60, at=0)
    show(classroom, UUID(int=8))
    visit.beat(media={"clip": str(UUID(int=8)), "position": 0, "playing": True})
    assert ClipWatch.objects.count() == 2


def test_a_clip_that_the_lesson_does_not_show_keeps_and_counts_nothing(classroom: Classroom) -> None:
    show(classroom, UUID(int=8), code="MFR-2")
    visit = classroom.open()
    for clip in (str(uuid4()), str(UUID(int=8))):
        for position in (0, 30, 60):
            classroom.wait(30)
            visit.beat(active=False, media={"clip": clip, "position": position, "playing": True})
    assert not ClipWatch.objects.exists()
    assert visit.heard["credited_seconds"] == 0


def test_a_clip_that_was_begun_costs_no_more_questions(classroom: Classroom, django_assert_num_queries: Any) -> None:
    visit = classroom.open()
    begin(classroom, visit)
    classroom.wait(30)
    with django_assert_num_queries(8):  # two savepoints and their ends; visit, clip, what it holds now, the beat
        visit.beat(active=False, media={"clip": CLIP, "position": 30, "playing": True})


def test_a_first_watch_is_not_told_as_watched_before(classroom: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the time between two looks at the clock nor a player that runs a little late is taken off."""
    visit = classroom.open()
    begin(classroom, visit)
    ticking = beats.now_ms
    readings: list[int] = []

    def moves_on() -> int:
        readings.append(1)
        return ticking() + 7 * len(readings)

    monkeypatch.setattr(beats, "now_ms", moves_on)
    monkeypatch.setattr(clips, "now_ms", moves_on)
    at = 0.0
    for _number in range(10):
        at = play(classroom, visit, 30, at=at, rate=0.99)
    session = StudySession.objects.get()
    assert {part.reason for part in session.account()} == {""}
    assert session.credited_ms == session.last_seen_ms - session.opened_ms


def test_a_silence_while_a_clip_ran_is_told_as_a_silence(classroom: Classroom) -> None:
    visit = classroom.open()
    begin(classroom, visit)
    at = play(classroom, visit, 60, at=0)
    classroom.wait(200)
    visit.beat(active=False, media={"clip": CLIP, "position": at + 200, "playing": True})
    assert (visit.heard["credited_seconds"], visit.heard["reason"]) == (60, "gap")
    play(classroom, visit, 30, at=at + 200)
    assert visit.heard["credited_seconds"] == 90
    assert [part.reason for part in StudySession.objects.get().account()] == ["", "gap", ""]


def test_a_closed_visit_keeps_nothing_of_a_clip(classroom: Classroom) -> None:
    visit = classroom.open()
    visit.close()
    assert visit.beat(media={"clip": CLIP, "position": 9, "playing": True})["state"] == "closed"
    assert not ClipWatch.objects.exists()


def test_what_makes_no_sense_is_refused(classroom: Classroom) -> None:
    visit = classroom.open()
    for media in ({"position": -1, "playing": True}, {"position": 1, "playing": True, "clip": "x"}):
        visit.beat(media=media, status=422)
    visit.beat(why="lazy", status=422)
    visit.beat(quiet=-1, status=422)
