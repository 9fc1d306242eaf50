"""The short way for beats gives the answers of the usual way, and leaves to it whatever is not a plain answer."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from courses.catalog.services import change_program
from courses.study.lane import BeatLaneMiddleware
from tests.study.conftest import Classroom

LANE = "courses.study.lane.BeatLaneMiddleware"


def send(session: str, body: Any) -> Any:
    return Client().post(f"/api/v1/sessions/{session}/beats", body, content_type="application/json")


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"active": False, "why": "hidden"},
        {"media": {"position": 3.5, "playing": True}},
        {"sequence": 0},
        {"sequence": "x"},
        {"token": "forged"},
        {"token": None},
        {"why": "lazy"},
        {"active": None},
    ],
)
def test_both_ways_answer_alike(classroom: Classroom, settings: Any, change: dict[str, Any]) -> None:
    visit = classroom.open()
    classroom.wait(20)
    body = {"token": visit.opened["token"], "sequence": 1, "active": True, **change}
    short = send(visit.opened["session"], body)
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != LANE]
    usual = send(visit.opened["session"], body)
    assert (short.status_code, short.json()) == (usual.status_code, usual.json())
    assert short["Content-Type"].split(";")[0] == usual["Content-Type"].split(";")[0]


def test_a_question_goes_the_usual_way_in_the_readers_language(classroom: Classroom) -> None:
    change_program(program=classroom.program, by=classroom.school.registrar, presence_minutes=5)
    visit = classroom.open()
    classroom.study(visit, 270)
    classroom.wait(30)
    answer = send(visit.opened["session"], {"token": visit.opened["token"], "sequence": 99, "active": True})
    assert answer.json()["presence"]["question"] == 1
    assert "Content-Language" in answer, "it came through the whole stack"
    assert answer.json()["credited_seconds"] == 300, "and was counted once"


def test_a_beat_is_one_statement_and_passes_the_lane(classroom: Classroom) -> None:
    visit = classroom.open()
    with CaptureQueriesContext(connection) as captured:
        answer = send(visit.opened["session"], {"token": visit.opened["token"], "sequence": 1, "active": True})
    assert len(captured) == 1
    assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "X-Request-Id" in answer


def test_what_is_no_beat_is_none_of_its_business(classroom: Classroom, rf: Any) -> None:
    passed = []
    lane = BeatLaneMiddleware(lambda request: passed.append(request.path))  # type: ignore[arg-type, func-returns-value]
    session = classroom.open().opened["session"]
    lane(rf.get(f"/api/v1/sessions/{session}/beats"))
    lane(rf.post(f"/api/v1/sessions/{session}/close"))
    lane(rf.post("/api/v1/sessions/x/beats"))
    lane(rf.post(f"/x/api/v1/sessions/{session}/beats"))
    assert len(passed) == 4
