"""How full a site is, hours by kind and phone numbers: pure, and as a plain count of days would say."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.externships.rules import Window, full_day, kinds_wrong, phone_typed

FIRST = date(2026, 11, 1)
DAYS = st.integers(0, 12)


def period(first: int, last: int) -> Window:
    return Window(FIRST + timedelta(days=first), FIRST + timedelta(days=last))


PERIODS = st.tuples(DAYS, DAYS).map(lambda pair: period(min(pair), max(pair)))


@given(window=PERIODS, others=st.lists(PERIODS, max_size=8), capacity=st.integers(1, 3))
def test_the_first_full_day_is_what_counting_every_day_finds(
    window: Window, others: list[Window], capacity: int
) -> None:
    every = (FIRST + timedelta(days=n) for n in range(13))
    counted = [day for day in every if window.holds(day) and sum(other.holds(day) for other in others) >= capacity]
    assert full_day(window, others, capacity) == (counted[0] if counted else None)


def test_what_ended_before_it_began_takes_no_place() -> None:
    assert full_day(period(0, 9), [period(5, 3)], 1) is None
    assert full_day(Window(FIRST, None), [period(20, 30)], 1) == FIRST + timedelta(days=20)


@pytest.mark.parametrize(
    ("minutes", "required", "wrong"),
    [
        ({}, 0, ""),
        ({"observation": 60, "client_session": 540}, 600, ""),
        ({"observation": 61, "client_session": 540}, 600, "sum"),
        ({"idle": 10}, 600, "kind"),
        ({"dance": 10}, 600, "kind"),
        ({"observation": 0}, 600, "amount"),
        ({"observation": -5}, 600, "amount"),
        ({"observation": 1.5}, 600, "amount"),
        ({"observation": True}, 600, "amount"),
    ],
)
def test_minutes_by_kind(minutes: dict[str, int], required: int, wrong: str) -> None:
    assert kinds_wrong(minutes, required) == wrong


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("(912) 555-0143", "+19125550143"),
        ("912.555.0143", "+19125550143"),
        ("1 912 555 0143", "+19125550143"),
        ("+1 912 555 0143", "+19125550143"),
        ("+44 20 7946 0958", "+442079460958"),
        ("555-0143", None),
        ("112 555 0143", None),
        ("+0 912 555 0143", None),
        ("+123", None),
        ("912 555 0143 ext. 4", None),
        ("call me", None),
        ("", None),
    ],
)
def test_a_phone_number_has_one_form(typed: str, kept: str | None) -> None:
    assert phone_typed(typed) == kept
