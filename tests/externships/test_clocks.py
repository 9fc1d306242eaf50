"""The clock: in, taps, out, forgotten; by services, by plain forms, and attacked by raw SQL."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from certification.externships import rules
from certification.externships.models import Clock, ClockStretch, Placement, Shift, SignOffRow, Site
from certification.externships.services import clock_in, clock_out, close_forgotten, tap_activity, withdraw_shift
from certification.records.models import HourEntry, Presence
from certification.records.services import enter
from cms.jobs import run_due
from notices.models import Message

from .conftest import NOW, Clinic, answers, local, text_of
from .test_shifts import filled
from .test_signing import url_of

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 9, 14, 2, 13, tzinfo=UTC)  # 9:02 at the clinic
MINUTE = timedelta(minutes=1)


def at(minutes: float) -> datetime:
    return START + minutes * MINUTE


def taps(*told: tuple[str, float]) -> list[rules.Tap]:
    return [rules.Tap(activity, at(minutes)) for activity, minutes in told]


# ---- the rule --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "tapped,ends,worked",
    [
        ([("client_session", 0)], 60, [("client_session", 0, 60, 0)]),
        ([("client_session", 0)], 0.9, []),
        ([("client_session", 0), ("break", 60), ("client_session", 90)], 150, [("client_session", 0, 150, 30)]),
        ([("client_session", 0), ("break", 60)], 150, [("client_session", 0, 60, 0)]),
        ([("break", 0), ("observation", 5)], 65, [("observation", 5, 65, 0)]),
        (
            [("client_session", 0), ("intake_notes", 60), ("client_session", 75)],
            150,
            [("client_session", 0, 60, 0), ("intake_notes", 60, 75, 0), ("client_session", 75, 150, 0)],
        ),
        # A slip of half a minute is no shift of its own and costs what it lasted, rounded once.
        ([("client_session", 0), ("idle", 60), ("client_session", 60.5)], 120, [("client_session", 0, 120, 1)]),
        ([("idle", 0), ("client_session", 0.5)], 60, [("client_session", 0.5, 60, 0)]),
        ([("client_session", 0), ("break", 30.5), ("client_session", 45.2)], 60.1, [("client_session", 0, 60.1, 15)]),
    ],
)  # fmt: skip
def test_taps_become_stretches(tapped: list[Any], ends: float, worked: list[Any]) -> None:
    found = rules.stretches(taps(*tapped), at(ends))
    assert [(one.kind, one.starts_at, one.ends_at, one.break_minutes) for one in found] == [
        (kind, at(start), at(end), pause) for kind, start, end, pause in worked
    ]


def test_of_a_forgotten_clock_only_the_last_end_is_unknown() -> None:
    found = rules.stretches(taps(("client_session", 0), ("observation", 60)), at(960), forgotten=True)
    assert [(one.kind, one.known) for one in found] == [("client_session", True), ("observation", False)]
    assert all(one.known for one in rules.stretches(taps(("observation", 0), ("break", 60)), at(960), forgotten=True))


@given(st.lists(st.tuples(st.sampled_from(rules.ACTIVITIES), st.integers(1, 7200)), min_size=1, max_size=12))
def test_no_second_counts_twice_and_no_work_grows(told: list[tuple[str, int]]) -> None:
    moment, tapped, worked = START, [], timedelta()
    for activity, seconds in told:
        tapped.append(rules.Tap(activity, moment))
        moment += timedelta(seconds=seconds)
        worked += timedelta(seconds=seconds) if activity != rules.BREAK else timedelta()
    found = rules.stretches(tapped, moment)
    assert sum(rules.minutes_of(one.starts_at, one.ends_at, one.break_minutes) for one in found) <= worked // MINUTE
    for one, after in pairwise(found):
        assert one.ends_at <= after.starts_at
    for one in found:
        assert timedelta() <= one.break_minutes * MINUTE < one.ends_at - one.starts_at


@pytest.mark.parametrize(
    "latitude,longitude,accuracy,distance,away",
    [
        (38.25, -85.75, 10, 0, False),
        (38.2545, -85.75, 0, 500, False),
        (38.2546, -85.75, 0, 511, True),
        (38.2600, -85.75, 700, 1112, False),
        (38.2600, -85.75, 600, 1112, True),
        (-38.25, 94.25, 50, 20015087, True),
    ],
)
def test_a_position_becomes_a_distance(
    latitude: float, longitude: float, accuracy: float, distance: int, away: bool
) -> None:
    found = rules.sighting((38.25, -85.75), rules.Position(latitude, longitude, accuracy))
    assert found is not None
    assert (found.away, found.accuracy) == (away, accuracy)
    assert abs(found.distance - distance) <= 1


@pytest.mark.parametrize("bad", [(91, 0, 1), (0, 181, 1), (0, 0, -1), (float("nan"), 0, 1), (0, 0, float("inf"))])
def test_what_is_no_position_is_none(bad: tuple[float, float, float]) -> None:
    assert rules.sighting((0, 0), rules.Position(*bad)) is None
    assert rules.sighting(None, rules.Position(0, 0, 1)) is None


# ---- services --------------------------------------------------------------------------------------------------------


def start(clinic: Clinic, now: datetime = START, **fields: Any) -> Clock:
    values = {
        "placement": clinic.placement,
        "supervisor": clinic.supervisor,
        "activity": "client_session",
        "key": uuid.uuid4(),
    }
    return clock_in(**{**values, **fields}, now=now)


def test_a_day_by_the_clock_becomes_drafts_and_hours(clinic: Clinic) -> None:
    clock = start(clinic)
    tap_activity(clock=clock, activity="break", key=uuid.uuid4(), now=at(60))
    tap_activity(clock=clock, activity="client_session", key=uuid.uuid4(), now=at(75))
    tap_activity(clock=clock, activity="intake_notes", key=uuid.uuid4(), now=at(135))
    clock_out(clock=clock, now=at(150))
    session, notes = Shift.objects.all()
    assert [(one.kind, one.minutes, one.entered, one.state) for one in (session, notes)] == [
        ("client_session", 120, "clock", "draft"), ("intake_notes", 15, "clock", "draft"),
    ]  # fmt: skip
    assert (session.starts_at, session.ends_at, session.break_minutes) == (START, at(135), 15)
    said = text_of(clinic.learner().get(reverse("externships:shifts")))
    assert "Send it to Dr. Priya Raman, 15 min" in said, "the session lacks client and screen"
    assert "What still lacks something stays here" in said
    client, page = clinic.learner(), reverse("externships:shift", args=[session.uuid])
    assert "Clocked 9:02 AM to 11:17 AM, 15 min break." in text_of(client.get(page))
    form = filled(clinic, starts="09:02", ends="11:17", break_minutes="15", version="1")
    assert client.post(page, form).status_code == 302
    session.refresh_from_db()
    assert (session.entered, session.starts_at, session.ends_at) == ("clock", START, at(135)), (
        "to the second, as clocked"
    )
    assert session.client_code
    link = clinic.send()
    shown = json.loads(SignOffRow.objects.get(shift=session).shown)
    assert shown["entered"] == "clock"
    assert shown["clock"] == {
        "from": "2026-11-09T14:02:13Z",
        "to": "2026-11-09T16:17:13Z",
        "break_minutes": 15,
        "away": [],
    }
    said = text_of(client.get(url_of(link)))
    assert "By the clock." in said and "Clocked 9:02 AM to 11:17 AM" in said
    assert Client().post(url_of(link), answers(link)).status_code == 302
    assert sorted(HourEntry.objects.values_list("minutes", flat=True)) == [15, 120]


def test_other_times_are_changed_by_hand_and_the_clocks_stay(clinic: Clinic) -> None:
    clock = start(clinic)
    clock_out(clock=clock, now=at(60))
    shift = Shift.objects.get()
    form = filled(clinic, starts="09:02", ends="10:30", break_minutes="0", version="1")
    assert clinic.learner().post(reverse("externships:shift", args=[shift.uuid]), form).status_code == 302
    shift.refresh_from_db()
    assert (shift.entered, shift.minutes, shift.clocked_minutes) == ("changed", 87, 60)
    link = clinic.send()
    page = text_of(clinic.learner().get(url_of(link)))
    assert "Clocked 9:02 AM to 10:02 AM." in page
    assert "the times were changed by hand" in page
    school = clinic.school.client(clinic.school.coordinator)
    page = text_of(school.get(reverse("externships:desk_shift", args=[shift.uuid])))
    assert "Clocked, times changed by hand" in page and "Clocked 9:02 AM to 10:02 AM." in page
    assert "Clocked 9:02 AM" in text_of(school.get(reverse("externships:desk_shifts", args=[clinic.placement.uuid])))


def test_double_taps_and_retries_change_nothing(clinic: Clinic) -> None:
    key, second = uuid.uuid4(), uuid.uuid4()
    clock = start(clinic, key=key)
    assert start(clinic, key=key, now=at(1)).pk == clock.pk
    tapped = tap_activity(clock=clock, activity="break", key=second, now=at(10))
    assert tap_activity(clock=clock, activity="break", key=second, now=at(11)) == tapped
    assert tap_activity(clock=clock, activity="break", key=uuid.uuid4(), now=at(12)) == tapped, "it says so already"
    tap_activity(clock=clock, activity="idle", key=uuid.uuid4(), now=at(20))
    tap_activity(clock=clock, activity="break", key=second, now=at(21))
    assert [one.activity for one in clock.stretches.all()] == ["client_session", "break", "idle"], (
        "a late retry is no tap"
    )
    for moment in (30, 31):
        assert clock_out(clock=clock, now=at(moment)).ended_at == at(30)
    assert start(clinic, key=key, now=at(40)).ended_at == at(30), "nor does a late retry start it anew"
    assert tap_activity(clock=clock, activity="idle", key=uuid.uuid4(), now=at(41)) is None
    assert (Clock.objects.count(), Shift.objects.count()) == (1, 2)


def test_one_clock_at_a_time_and_a_lesson_ends_by_it(clinic: Clinic) -> None:
    learner = clinic.record.learner
    lesson = enter(learner=learner, source="lesson", source_key="session:1", at=at(-5))
    clock = start(clinic)
    lesson.refresh_from_db()
    assert lesson.until == START
    with pytest.raises(ValidationError, match=r"runs since 9 November, 9:02 AM\. Clock out there first"):
        start(clinic, now=at(5))
    clock_out(clock=clock, now=at(30))
    assert Presence.objects.get(source="shift").until == at(30)
    enter(learner=learner, source="class", source_key="class:1", at=at(31))
    with pytest.raises(ValidationError, match="You are in a class"):
        start(clinic, now=at(35))
    assert Clock.objects.count() == 1


def test_what_stands_against_a_shift_stands_against_the_clock(clinic: Clinic) -> None:
    cases: list[tuple[type, int, dict[str, Any], str]] = [
        (Site, clinic.site.pk, {"agreement_ends_on": "2026-11-08"}, "The agreement with Harborview"),
        (Placement, clinic.placement.pk, {"starts_on": "2026-11-10"}, "Your placement at Harborview"),
        (type(clinic.supervisor), clinic.supervisor.pk, {"valid_to": "2026-11-08"}, "The license of Dr. Priya Raman"),
        (Placement, clinic.placement.pk, {"state": "complete", "ended_on": "2026-11-08"}, "This placement has ended"),
    ]
    for model, pk, change, sentence in cases:
        before = {name: getattr(model.objects.get(pk=pk), name) for name in change}
        model.objects.filter(pk=pk).update(**change)
        with pytest.raises(ValidationError, match=sentence):
            start(clinic)
        model.objects.filter(pk=pk).update(**before)
    clinic.draft()
    with pytest.raises(ValidationError, match="No minute counts twice"):
        start(clinic)
    with pytest.raises(ValidationError, match="Choose what you do first"):
        start(clinic, activity="break")
    assert not Clock.objects.exists() and not Presence.objects.exists()


def test_while_it_runs_no_shift_by_hand_lies_over_it(clinic: Clinic) -> None:
    start(clinic, now=local("2026-11-09 12:00"))
    with pytest.raises(ValidationError, match="Your clock runs since 9 November, 12:00 PM"):
        clinic.draft()
    assert clinic.draft(end="2026-11-09 12:00").minutes == 150


# ---- forgotten -------------------------------------------------------------------------------------------------------


def test_a_forgotten_clock_is_closed_once_and_asks_for_the_end(clinic: Clinic) -> None:
    clock = start(clinic)
    tap_activity(clock=clock, activity="observation", key=uuid.uuid4(), now=at(60))
    assert close_forgotten(now=at(959)) == 0
    assert [close_forgotten(now=at(960)) for _time in range(2)] == [1, 0]
    clock.refresh_from_db()
    assert (clock.ended, clock.ended_at) == ("sweeper", at(960))
    first, last = Shift.objects.all()
    assert (first.needs_end, last.needs_end, last.clocked_to) == (False, True, None)
    assert Presence.objects.get().until == at(960)
    message = Message.objects.get(key=f"clock-forgotten:{clock.uuid}")
    assert "you clocked in at Harborview Rehabilitation on 9 November, 9:02 AM" in message.body
    assert "After 16 hours" in message.body
    with time_machine.travel(NOW, tick=False):
        client, page = clinic.learner(), reverse("externships:shift", args=[last.uuid])
        board = text_of(client.get(reverse("externships:shifts")))
        assert "never stopped" in board and "to 1:02 AM" not in board, "no list states an end that nobody knows"
        said = client.get(page)
        assert "nobody knows when you ended" in text_of(said)
        assert said.context["form"]["ends"].value() is None
        withdraw_shift(shift=first)
        with pytest.raises(ValidationError, match="the clock was never stopped"):
            clinic.send()
        with pytest.raises(DatabaseError, match=r"(?i)check|constraint"):
            run(f"UPDATE externships_shift SET state = 'sent', sent_at = created_at WHERE id = {last.pk}")
        form = filled(clinic, kind="observation", starts="10:02", ends="12:00", break_minutes="0", version="1")
        assert client.post(page, form).status_code == 302
        last.refresh_from_db()
        assert (last.entered, last.needs_end, last.minutes) == ("changed", False, 117)
        link = clinic.send()
        assert "Clocked in 10:02 AM, never out." in text_of(client.get(url_of(link)))


def test_out_too_late_is_forgotten_too_and_a_break_asks_nothing(clinic: Clinic) -> None:
    clock = start(clinic)
    tap_activity(clock=clock, activity="break", key=uuid.uuid4(), now=at(60))
    assert clock_out(clock=clock, now=at(961)).ended == "sweeper"
    assert [(one.minutes, one.needs_end) for one in Shift.objects.all()] == [(60, False)]
    assert "nothing is missing" in Message.objects.get(key=f"clock-forgotten:{clock.uuid}").body


def test_the_tick_closes_it(clinic: Clinic) -> None:
    start(clinic)
    assert run_due(force=True)["forgotten clocks"] == "1 done", "it is eleven days later"


# ---- by plain forms --------------------------------------------------------------------------------------------------


def test_the_whole_day_on_the_phone_without_a_script(clinic: Clinic) -> None:
    client = clinic.learner()
    with time_machine.travel(START, tick=False) as clock:
        page = client.get(reverse("externships:clock"))
        assert "write the shift down by hand afterwards" in text_of(page)
        form = {
            "placement": str(clinic.placement.uuid), "supervisor": str(clinic.supervisor.uuid),
            "activity": "client_session", "key": str(page.context["key"]),
        }  # fmt: skip
        bad = client.post(reverse("externships:clock_in"), {**form, "supervisor": ""})
        assert bad.status_code == 422
        assert "Choose who is on site with you." in text_of(bad)
        for _time in range(2):
            assert client.post(reverse("externships:clock_in"), form).status_code == 302
        clock.move_to(at(42))
        page = client.get(reverse("externships:clock"))
        assert "Client session" in text_of(page) and "42 min" in text_of(page)
        running = Clock.objects.get()
        tap = reverse("externships:clock_tap", args=[running.uuid])
        assert client.post(tap, {"activity": "break", "key": str(page.context["key"])}).status_code == 302
        assert '<h1 id="h1">Break' in client.get(reverse("externships:clock")).content.decode()
        refused = client.post(tap, {"activity": "party", "key": str(uuid.uuid4())}, follow=True)
        assert "Choose what you do now" in text_of(refused)
        clock.move_to(at(50))
        out = reverse("externships:clock_out", args=[running.uuid])
        assert "1 draft waits on your list" in text_of(client.post(out, follow=True))
        assert client.post(out).status_code == 302, "twice is once"
        assert "Add client and contraindications" in text_of(client.get(reverse("externships:shifts")))
    assert Shift.objects.get().minutes == 42


def test_anothers_clock_does_not_exist(clinic: Clinic) -> None:
    clock = start(clinic, now=NOW - timedelta(hours=1))
    other = clinic.school.client(clinic.school.other_learner_user)
    for name in ("clock_tap", "clock_out"):
        assert other.post(reverse(f"externships:{name}", args=[clock.uuid])).status_code == 404
    assert other.post(reverse("externships:clock_in"), {"placement": str(clinic.placement.uuid)}).status_code == 404
    assert "No placement is open" in text_of(other.get(reverse("externships:clock")))
    clock.refresh_from_db()
    assert clock.ended_at is None


# ---- where ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def placed(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    """The clinic stands on the map."""
    if "latitude" in {field.name for field in Site._meta.concrete_fields}:
        Site.objects.filter(pk=clinic.site.pk).update(latitude=Decimal("38.25"), longitude=Decimal("-85.75"))
    else:
        monkeypatch.setattr(Site, "latitude", Decimal("38.25"), raising=False)
        monkeypatch.setattr(Site, "longitude", Decimal("-85.75"), raising=False)
    return clinic


def test_a_position_is_asked_each_time_and_thrown_away(placed: Clinic) -> None:
    client = placed.learner()
    with time_machine.travel(START, tick=False) as clock:
        page = client.get(reverse("externships:clock"))
        assert 'name="locate" value="yes" aria' in page.content.decode() and "checked" not in page.content.decode()
        where = {"latitude": "38.3", "longitude": "-85.75", "accuracy": "20.4"}
        form = {
            "placement": str(placed.placement.uuid), "supervisor": str(placed.supervisor.uuid),
            "activity": "observation", "key": str(page.context["key"]), **where,
        }  # fmt: skip
        client.post(reverse("externships:clock_in"), {**form, "locate": "yes"})
        running = Clock.objects.get()
        assert (running.started_metres, running.started_accuracy, running.started_away) == (5560, 21, True)
        clock.move_to(at(60))
        client.post(reverse("externships:clock_out", args=[running.uuid]), where)
    running.refresh_from_db()
    assert (running.ended_metres, running.ended_away) == (None, False), "not ticked, so not looked at"
    assert not any("38.3" in str(value) for row in Clock.objects.values() for value in row.values())
    link = placed.send()
    assert json.loads(SignOffRow.objects.get().shown)["clock"]["away"] == ["in"]
    assert "Clocked in away from the site." in text_of(client.get(url_of(link)))
    school = placed.school.client(placed.school.coordinator)
    said = text_of(school.get(reverse("externships:desk_shifts", args=[placed.placement.uuid])))
    assert "In, 9 Nov 2026, 9:02 AM: 5560 m away, give or take 21 m" in said


def test_nonsense_of_a_device_refuses_nothing(placed: Clinic) -> None:
    client = placed.learner()
    form = {
        "placement": str(placed.placement.uuid), "supervisor": str(placed.supervisor.uuid), "activity": "observation",
        "key": str(uuid.uuid4()), "locate": "yes", "latitude": "north", "longitude": "", "accuracy": "1e999",
    }  # fmt: skip
    assert client.post(reverse("externships:clock_in"), form).status_code == 302
    assert Clock.objects.get().started_metres is None


# ---- the database ----------------------------------------------------------------------------------------------------

ATTACKS = {
    "move a start": "UPDATE externships_clock SET started_at = '2026-11-09 01:00:00+00:00' WHERE ended_at IS NULL",
    "another's clock": "UPDATE externships_clock SET learner_id = learner_id + 1 WHERE ended_at IS NULL",
    "come nearer": "UPDATE externships_clock SET started_metres = 0 WHERE ended_at IS NULL",
    "run on": "UPDATE externships_clock SET ended_at = NULL, ended = '' WHERE ended_at IS NOT NULL",
    "a longer end": "UPDATE externships_clock SET ended_at = '2026-12-09 01:00:00+00:00' WHERE ended_at IS NOT NULL",
    "forget a clock": "DELETE FROM externships_clock",
    "another activity": "UPDATE externships_clockstretch SET activity = 'idle'",
    "forget a tap": "DELETE FROM externships_clockstretch",
    "clocked longer": "UPDATE externships_shift SET clocked_to = '2026-11-09 23:00:00+00:00' WHERE entered = 'clock'",
    "hand becomes clock": "UPDATE externships_shift SET entered = 'clock' WHERE entered = 'hand'",
    "hand becomes changed": "UPDATE externships_shift SET entered = 'changed' WHERE entered = 'hand'",
    "clock becomes hand": "UPDATE externships_shift SET entered = 'hand' WHERE entered = 'clock'",
    "lend a clock": "UPDATE externships_shift SET clock_id = NULL WHERE entered = 'clock'",
}
REFUSED_BY_CHECK = {
    "times unlike the clock": "UPDATE externships_shift SET break_minutes = 5 WHERE entered = 'clock'",
    "away without a distance": "UPDATE externships_clock SET ended_away = {yes} WHERE ended_at IS NULL",
    "an end without a how": "UPDATE externships_clock SET ended_at = '2026-11-20 10:00:00+00:00' WHERE ended_at IS NULL",
    "an end before the start": "UPDATE externships_clock SET ended_at = '2026-01-20 10:00:00+00:00', ended = 'by_her' "
    "WHERE ended_at IS NULL",
}  # fmt: skip


@pytest.fixture
def clocked(clinic: Clinic) -> Clinic:
    """One clock that ended with a draft, one that runs, and a draft by hand."""
    clock_out(clock=start(clinic), now=at(60))
    clinic.draft("2026-11-10 09:00", "2026-11-10 12:00")
    start(clinic, now=NOW - timedelta(hours=1))
    return clinic


def run(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        assert cursor.rowcount, "the attack met no row"


@pytest.mark.parametrize("name", ATTACKS)
def test_what_was_clocked_never_changes(clocked: Clinic, name: str) -> None:
    with pytest.raises(DatabaseError, match="never"):
        run(ATTACKS[name])


@pytest.mark.parametrize("name", REFUSED_BY_CHECK)
def test_what_cannot_be_does_not_stand(clocked: Clinic, name: str) -> None:
    yes = "1" if connection.vendor == "sqlite" else "TRUE"
    with pytest.raises(DatabaseError, match=r"(?i)check|constraint"):
        run(REFUSED_BY_CHECK[name].format(yes=yes))


def test_a_second_open_clock_and_taps_after_the_end_do_not_stand(clocked: Clinic) -> None:
    ended, running = Clock.objects.order_by("started_at")
    with pytest.raises(DatabaseError), transaction.atomic():
        Clock(
            learner=running.learner, placement=running.placement, supervisor=running.supervisor, started_at=NOW
        ).save(force_insert=True)  # fmt: skip
    with pytest.raises(DatabaseError, match="while the clock runs"), transaction.atomic():
        ClockStretch.objects.create(clock=ended, activity="idle", started_at=at(30))
    with pytest.raises(DatabaseError, match="taps come in order"), transaction.atomic():
        ClockStretch.objects.create(clock=running, activity="idle", started_at=running.started_at - MINUTE)
    with pytest.raises(DatabaseError, match="never clocked but by a clock that ended"), transaction.atomic():
        Shift.objects.create(
            placement=clocked.placement, supervisor=clocked.supervisor, kind="idle", starts_at=at(0), ends_at=at(300),
            entered="clock", clock=ended, clocked_from=at(0), clocked_to=at(300), clocked_break=0,
        )  # fmt: skip
