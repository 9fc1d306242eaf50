"""Before it is sent a draft says what the ledger will not take and what her rules will not count; and so it comes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from certification.externships.models import Placement, Shift
from certification.externships.selectors import explained_for
from certification.externships.services import open_placement
from certification.records.models import HourEntry, OccupiedTime
from certification.records.selectors import transcript_for
from certification.records.services import HourPart, ensure_learner, open_record, post_hours
from certification.requirements.services import import_rules
from tests.worlds import SMALL_PACK

from .conftest import Clinic, answers, local, text_of
from .test_shifts import filled, save
from .test_signing import url_of

pytestmark = pytest.mark.django_db


def lesson(clinic: Clinic, start: str, end: str, key: str = "session:1", **fields: Any) -> None:
    """A lesson that stands in the ledger."""
    spans = ((local(start), local(end)),)
    values: dict[str, Any] = {
        "category": "mfr", "minutes": (spans[0][1] - spans[0][0]) // timedelta(minutes=1), "source": "lesson",
        "delivery": "asynchronous", "evidence": "measured", "title": "The thoracolumbar fascia", "spans": spans,
    }  # fmt: skip
    post_hours(record=clinic.record, source_key=key, parts=[HourPart(**{**values, **fields})])


def sign(clinic: Clinic) -> None:
    link = clinic.send()
    assert Client().post(url_of(link), answers(link)).status_code == 302


def by_shift() -> dict[date, int]:
    return {entry.date: entry.minutes for entry in HourEntry.objects.filter(source="externship").order_by("date")}


def test_nothing_is_said_where_nothing_is_lost(clinic: Clinic) -> None:
    clinic.draft()
    assert "would count" not in text_of(clinic.learner().get(reverse("externships:shifts")))


def test_a_lesson_holds_its_time_and_the_page_says_which(clinic: Clinic) -> None:
    lesson(clinic, "2026-11-09 12:00", "2026-11-09 13:00")
    assert save(clinic).status_code == 302
    shift = Shift.objects.get()
    client = clinic.learner()
    sentence = (
        "9 November, 12:00 PM to 1:00 PM is held by “The thoracolumbar fascia”. Left out: 1 h, no minute counts twice."
    )
    for address in (reverse("externships:shifts"), reverse("externships:shift", args=[shift.uuid])):
        said = text_of(client.get(address))
        assert sentence in said
        assert "3 h of 4 h would count." in said
    sign(clinic)
    assert by_shift() == {date(2026, 11, 9): 180}
    said = text_of(client.get(reverse("externships:shift", args=[shift.uuid])))
    assert "1 h: that time is held by “The thoracolumbar fascia”" in said
    assert OccupiedTime.objects.count() == 3, "before the lesson, the lesson, and after it"


@pytest.fixture
def capped(clinic: Clinic) -> Clinic:
    """The same clinic under rules of six hours a day and ten a week from Sunday."""
    rule_set = import_rules(
        text=SMALL_PACK.replace("id: small-sample", "id: capped-sample")
        + "pace: {max_hours_per_day: 6, max_hours_per_week: 10, week_starts: sunday}\n",
        filename="capped-sample@1.yaml",
    )
    clinic.record = open_record(
        learner=ensure_learner(user=clinic.school.learner_user), school=clinic.school.school, rule_set=rule_set,
        program_code="CAPPED", program_title="A capped program", enrolled_on=date(2026, 1, 5), source_key="enrollment:9",
    )  # fmt: skip
    clinic.placement = open_placement(
        record=clinic.record, site=clinic.site, starts_on=date(2026, 9, 1), ends_on=date(2027, 2, 28),
        required_minutes=600, approved_by=clinic.school.coordinator, although_clash=True,
    )  # fmt: skip
    return clinic


def test_caps_of_day_and_week_with_what_stands_there(capped: Clinic) -> None:
    lesson(capped, "2026-11-09 18:00", "2026-11-09 21:00")
    capped.draft()
    first = text_of(capped.learner().get(reverse("externships:shifts")))
    assert "9 November: your rules count at most 6 h a day. Standing or waiting there already: 3 h." in first
    assert "Left: 3 h. Over: 1 h of this shift, which would stand and not count." in first
    capped.draft("2026-11-10 09:00", "2026-11-10 14:30")
    said = text_of(capped.learner().get(reverse("externships:shifts")))
    assert "Week of 8 November: your rules count at most 10 h a week. Standing or waiting there already: 6 h." in said
    assert "Left: 4 h. Over: 1 h of this shift, which would stand and not count." in said
    told = explained_for(
        capped.record, list(Shift.objects.select_related("supervisor", "placement__site__organisation"))
    )
    counted = sum(one.counted for one in told.values())
    sign(capped)
    assert by_shift() == {date(2026, 11, 9): 240, date(2026, 11, 10): 300}, "all of it stands"
    assert transcript_for(capped.record).evaluation.total.creditable == 180 + counted == 600


def test_what_waits_for_a_signature_fills_a_day_too(capped: Clinic) -> None:
    capped.draft("2026-11-09 06:00", "2026-11-09 11:30")
    capped.send()
    capped.draft("2026-11-09 12:00", "2026-11-09 14:30")
    said = text_of(capped.learner().get(reverse("externships:shifts")))
    assert "9 November: your rules count at most 6 h a day. Standing or waiting there already: 5 h." in said
    assert "Left: 1 h. Over: 1 h of this shift, which would stand and not count." in said


def test_overnight_each_day_gets_its_minutes(clinic: Clinic) -> None:
    assert (
        save(clinic, day="2026-11-12", starts="22:30", ends="06:00", next_day="on", break_minutes="").status_code == 302
    )
    shift = Shift.objects.get()
    said = text_of(clinic.learner().get(reverse("externships:shift", args=[shift.uuid])))
    assert "It falls on two days: 12 November 1 h 30 min, 13 November 6 h." in said
    sign(clinic)
    assert by_shift() == {date(2026, 11, 12): 90, date(2026, 11, 13): 360}


@pytest.mark.parametrize(
    "night,minutes,days",
    [
        ("2026-10-31", 540, {date(2026, 10, 31): 120, date(2026, 11, 1): 420}),
        ("2027-03-13", 420, {date(2027, 3, 13): 120, date(2027, 3, 14): 300}),
    ],
)
def test_over_a_change_of_clocks_and_a_lesson_to_the_rows(
    clinic: Clinic, night: str, minutes: int, days: dict[date, int]
) -> None:
    with time_machine.travel(local("2027-03-20 10:00"), tick=False):
        Placement.objects.filter(pk=clinic.placement.pk).update(ends_on=date(2027, 4, 30))
        first, second = days
        held = f"{second} 05:00", f"{second} 05:30"
        lesson(clinic, *held)
        form = filled(clinic, day=night, starts="22:00", ends="06:00", next_day="on", break_minutes="")
        client = clinic.learner()
        assert client.post(reverse("externships:new_shift"), form).status_code == 302
        shift = Shift.objects.get()
        assert shift.minutes == minutes
        said = text_of(client.get(reverse("externships:shift", args=[shift.uuid])))
        assert "The clocks changed that night. What really passed is counted" in said
        assert "5:00 AM to 5:30 AM is held by" in said
        sign(clinic)
        assert by_shift() == {first: days[first], second: days[second] - 30}
        spans = OccupiedTime.objects.filter(entry__source="externship").values_list("starts_at", "ends_at")
        assert sum(((end - start) for start, end in spans), timedelta()) == timedelta(minutes=minutes - 30)
        assert min(start for start, _end in spans) == datetime.fromisoformat(f"{night}T22:00").replace(
            tzinfo=local("2026-01-01").tzinfo
        ).astimezone(UTC)


def test_a_gate_that_is_shut_is_named(clinic: Clinic) -> None:
    rule_set = import_rules(
        text=SMALL_PACK.replace("id: small-sample", "id: gated-sample")
        + "gates: [{before: externship, requires: {mfr: 2}}]\n",
        filename="gated-sample@1.yaml",
    )
    clinic.record = open_record(
        learner=ensure_learner(user=clinic.school.learner_user), school=clinic.school.school, rule_set=rule_set,
        program_code="GATED", program_title="A gated program", enrolled_on=date(2026, 1, 5), source_key="enrollment:8",
    )  # fmt: skip
    clinic.placement = open_placement(
        record=clinic.record, site=clinic.site, starts_on=date(2026, 9, 1), ends_on=date(2027, 2, 28),
        required_minutes=600, approved_by=clinic.school.coordinator, although_clash=True,
    )  # fmt: skip
    shift = clinic.draft(kind="observation")  # a client would be refused at once
    (told,) = explained_for(clinic.record, [shift]).values()
    assert (told.posted, told.counted, told.refused) == (240, 0, (("gate", 240),))
    lesson(clinic, "2026-11-01 09:00", "2026-11-01 11:00")
    (told,) = explained_for(clinic.record, [shift]).values()
    assert (told.counted, told.loses) == (240, False)


def test_explaining_costs_the_same_whatever_the_number(clinic: Clinic, django_assert_max_num_queries: Any) -> None:
    for day in range(1, 7):
        clinic.draft(f"2026-11-{day:02d} 09:00", f"2026-11-{day:02d} 12:00")
    shifts = list(Shift.objects.select_related("supervisor", "placement__site__organisation"))
    with django_assert_max_num_queries(10):
        assert len(explained_for(clinic.record, shifts)) == 6
    assert explained_for(clinic.record, []) == {}
    idle = clinic.draft("2026-11-08 09:00", "2026-11-08 12:00", kind="idle")
    assert explained_for(clinic.record, [idle]) == {}, "idle time never counts, and that is said where it is chosen"
