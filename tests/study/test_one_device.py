"""Two learners who study at once from one address and browser: compared by a keyed hash, named by their visits alone."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.services import ensure_user
from certification.records.models import Anomaly
from certification.records.selectors import lines_behind
from cms.jobs import run_due
from courses.enrollments.services import enroll
from courses.study import rules
from courses.study.models import ORIGIN_LIFE, StudySession
from courses.study.rules import MINUTE, Sitting, at_once, shared
from courses.study.services import find_anomalies, forget_origins, open_session
from tests.study.conftest import Classroom, Visit

SPACE = UUID("00000000-0000-4000-8000-000000000000")


# ---- pure ------------------------------------------------------------------------------------------------------------


def sitting(who: str, *spans: tuple[int, int], origin: str = "here") -> Sitting:
    """A visit with spans in minutes."""
    times = tuple((start * MINUTE, end * MINUTE) for start, end in spans)
    return Sitting(uuid5(SPACE, f"{who} {spans} {origin}"), uuid5(SPACE, who), origin, times)


@pytest.mark.parametrize(
    ("one", "other", "minutes"),
    [
        ([(0, 10)], [(0, 10)], 10),
        ([(0, 10)], [(10, 20)], 0),
        ([(0, 4), (6, 10)], [(3, 7)], 2),
        ([(0, 10), (20, 30)], [(5, 25)], 10),
        ([], [(0, 10)], 0),
    ],
)
def test_shared_time(one: list[tuple[int, int]], other: list[tuple[int, int]], minutes: int) -> None:
    assert shared(one, other) == shared(other, one) == minutes


@pytest.mark.parametrize(
    ("others", "found"),
    [
        ([sitting("bea", (5, 15))], 1),
        ([sitting("bea", (6, 16))], 0),  # four minutes: the tablet was handed over
        ([sitting("bea", (5, 15), origin="there")], 0),
        ([sitting("ana", (5, 15))], 0),  # herself, in another window
        ([sitting("bea", (10, 20))], 0),
        ([sitting("bea", (0, 2), (30, 40)), sitting("bea", (4, 9))], 1),
        ([sitting("bea")], 0),
        ([sitting(who, (0, 10)) for who in "bcd"], 6),
        ([sitting(who, (0, 10)) for who in "bcde"], 0),  # five learners: a room
    ],
)
def test_at_once(others: list[Sitting], found: int) -> None:
    ana = sitting("ana", (0, 10))
    pairs = at_once([ana, *others])
    assert len(pairs) == found
    assert sorted(map(str, at_once([*reversed(others), ana]))) == sorted(map(str, pairs))
    assert all(one.spans[0] <= other.spans[0] for one, other in pairs)


# ---- through the lesson ----------------------------------------------------------------------------------------------


def _browser(classroom: Classroom, user: Any, agent: str = "Mozilla/5.0", address: str = "203.0.113.7") -> Client:
    client = classroom.school.client(user)
    client.defaults.update(HTTP_USER_AGENT=agent, REMOTE_ADDR=address)
    return client


def _together(classroom: Classroom, one: Client, other: Client, minutes: int = 10) -> tuple[Visit, Visit]:
    visits = classroom.open(client=one), classroom.open("MFR-2", client=other)
    for _half in range(2 * minutes):
        classroom.wait(30)
        for visit in visits:
            visit.beat()
    for visit in visits:
        visit.close()
    return visits


@pytest.fixture
def second(classroom: Classroom) -> Any:
    """Another learner in the program."""
    user = classroom.school.other_learner_user
    enroll(user=user, program=classroom.program, source_key="desk:jun")
    return user


def _since() -> Any:
    return timezone.now() - timedelta(days=8)


def test_two_learners_on_one_device(classroom: Classroom, second: Any) -> None:
    first = classroom.school.learner_user
    visits = _together(classroom, _browser(classroom, first), _browser(classroom, second))
    assert find_anomalies(_since()) == 1
    assert find_anomalies(_since()) == 0
    anomaly = Anomaly.objects.get()
    assert anomaly.kind == "one_device"
    assert anomaly.evidence == {"sessions": sorted(visit.opened["session"] for visit in visits)}
    assert {record.learner.user for record in anomaly.records.all()} == {first, second}
    assert len(lines_behind(anomaly)) == 2


def test_the_same_day_is_one_question_and_the_next_another(classroom: Classroom, second: Any) -> None:
    browsers = _browser(classroom, classroom.school.learner_user), _browser(classroom, second)
    _together(classroom, *browsers)
    _together(classroom, *browsers, minutes=6)
    assert find_anomalies(_since()) == 1
    classroom.wait(24 * 3600)
    _together(classroom, *browsers, minutes=6)
    assert find_anomalies(_since()) == 1


@pytest.mark.parametrize("changed", [{"agent": "Safari"}, {"address": "203.0.113.8"}])
def test_another_browser_or_address_is_another_origin(
    classroom: Classroom, second: Any, changed: dict[str, str]
) -> None:
    _together(classroom, _browser(classroom, classroom.school.learner_user), _browser(classroom, second, **changed))
    assert find_anomalies(_since()) == 0


def test_one_after_the_other_is_no_question(classroom: Classroom, second: Any) -> None:
    for user in (classroom.school.learner_user, second):
        visit = classroom.open(client=_browser(classroom, user))
        classroom.study(visit, 600)
        visit.close()
    assert find_anomalies(_since()) == 0


def test_no_address_is_kept_and_the_key_of_the_house_makes_the_hash(classroom: Classroom, settings: Any) -> None:
    lesson = classroom.lesson()

    def opened() -> StudySession:
        return open_session(
            enrollment=classroom.enrollment, lesson=lesson, address="203.0.113.7", browser="Mozilla/5.0"
        ).session

    visit = opened()
    first = visit.origin_hash
    assert first is not None
    assert len(first) == 64
    assert opened().origin_hash == first
    kept = StudySession.objects.filter(pk=visit.pk).values().get()
    assert "203.0.113" not in str(kept)
    assert "Mozilla" not in str(kept)
    settings.SECRET_KEY = "y" * 60
    assert opened().origin_hash != first


def test_a_server_that_names_no_address_keeps_nobody_from_studying(classroom: Classroom) -> None:
    visit = classroom.open(client=_browser(classroom, classroom.school.learner_user, address=""))
    assert StudySession.objects.get(uuid=visit.opened["session"]).origin_hash is None


def test_origins_are_forgotten_after_their_time(classroom: Classroom) -> None:
    visit = classroom.open(client=_browser(classroom, classroom.school.learner_user))
    visit.close()
    assert forget_origins(now=timezone.now() + ORIGIN_LIFE) == 0
    assert forget_origins(now=timezone.now() + ORIGIN_LIFE + timedelta(seconds=1)) == 1
    assert StudySession.objects.get().origin_hash is None
    assert run_due(force=True)["old origins of visits"] == "0 done"


def test_the_nightly_job_looks_here_too(classroom: Classroom, second: Any) -> None:
    _together(classroom, _browser(classroom, classroom.school.learner_user), _browser(classroom, second))
    assert run_due(force=True)["anomalies"] == "1 done"


def test_what_is_compared_is_asked_by_an_index(classroom: Classroom) -> None:
    with CaptureQueriesContext(connection) as captured:
        find_anomalies(_since())
    (asked,) = [query["sql"] for query in captured]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"{'EXPLAIN' if connection.vendor == 'postgresql' else 'EXPLAIN QUERY PLAN'} {asked}")
        plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
    # The outer half may go by the few learners whom the inner half found: what it must not do is read all visits.
    assert "sessions_with_origin" in plan, plan
    assert not re.search(r"^SCAN (U0|study_studysession)$|Seq Scan on study_", plan, re.MULTILINE), plan


def test_five_learners_of_one_origin_are_a_room(classroom: Classroom, second: Any) -> None:
    browsers = [_browser(classroom, classroom.school.learner_user), _browser(classroom, second)]
    for number in range(rules.ROOM - 2):
        user = ensure_user(email=f"room-{number}@example.org", legal_name=f"Room {number}")
        enroll(user=user, program=classroom.program, source_key=f"desk:room-{number}")
        browsers.append(_browser(classroom, user))
    visits = [classroom.open(client=browser) for browser in browsers]
    for _half in range(20):
        classroom.wait(30)
        for visit in visits:
            visit.beat()
    assert find_anomalies(_since()) == 0
