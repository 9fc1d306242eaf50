"""Two phones clock in, tap and clock out at the same moment: one clock, one set of drafts, whoever wins."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError

from certification.externships.models import Clock, ClockStretch, Shift
from certification.externships.services import clock_in, clock_out, close_forgotten, save_shift, tap_activity
from certification.records.models import Presence
from notices.models import Message
from tests.externships.conftest import NOW, local, make_clinic

from .test_signoff import together

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture(autouse=True)
def _in_november() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def clinic(school: Any, record: Any) -> Any:
    return make_clinic(school, record)


def start(clinic: Any, key: uuid.UUID) -> Clock:
    return clock_in(placement=clinic.placement, supervisor=clinic.supervisor, activity="observation", key=key)


def test_one_page_tapped_four_times_and_two_phones_make_one_clock(clinic: Any) -> None:
    key, other = uuid.uuid4(), uuid.uuid4()
    done = together(*[lambda: start(clinic, key)] * 3, lambda: start(clinic, other))
    clock = Clock.objects.get()
    assert {one.pk for one in done if isinstance(one, Clock)} == {clock.pk}
    refused = [one for one in done if not isinstance(one, Clock)]
    assert len(refused) == (1 if clock.uuid == key else 3)
    assert all(isinstance(one, ValidationError) and "Clock out there first" in str(one) for one in refused)
    assert (ClockStretch.objects.count(), Presence.objects.count()) == (1, 1)


def test_taps_and_two_ends_make_one_set_of_drafts(clinic: Any) -> None:
    clock = clock_in(
        placement=clinic.placement, supervisor=clinic.supervisor, activity="observation", key=uuid.uuid4(),
        now=NOW - timedelta(hours=2),
    )  # fmt: skip
    key = uuid.uuid4()
    together(
        *[lambda: tap_activity(clock=clock, activity="instruction", key=key)] * 2, *[lambda: clock_out(clock=clock)] * 2
    )
    clock.refresh_from_db()
    assert clock.ended == "by_her"
    assert Shift.objects.filter(kind="observation").count() == 1
    assert ClockStretch.objects.filter(key=key).count() <= 1


def test_the_sweeper_and_she_close_it_once(clinic: Any) -> None:
    clock = clock_in(
        placement=clinic.placement, supervisor=clinic.supervisor, activity="observation", key=uuid.uuid4(),
        now=NOW - timedelta(hours=17),
    )  # fmt: skip
    together(lambda: close_forgotten(), lambda: close_forgotten(), lambda: clock_out(clock=clock))
    clock.refresh_from_db()
    assert clock.ended == "sweeper"
    assert Shift.objects.count() == 1
    assert Message.objects.filter(key__startswith="clock-forgotten").count() == 1


def test_a_clock_and_a_shift_by_hand_do_not_lie_over_each_other(clinic: Any) -> None:
    now = local("2026-11-19 09:00")

    def by_hand() -> Shift:
        return save_shift(
            placement=clinic.placement, supervisor=clinic.supervisor, kind="observation", starts_at=now,
            ends_at=now + timedelta(hours=1),
        )  # fmt: skip

    def by_clock() -> Clock:
        return clock_in(
            placement=clinic.placement, supervisor=clinic.supervisor, activity="observation", key=uuid.uuid4(),
            now=now + timedelta(minutes=30),
        )  # fmt: skip

    done = together(by_hand, by_clock)
    assert sum(isinstance(one, ValidationError) for one in done) == 1, done
    assert Shift.objects.count() + Clock.objects.count() == 1
