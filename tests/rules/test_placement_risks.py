"""When a placement calls for somebody: a table of courses, and what holds for all of them. No database."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.externships import rules
from certification.externships.rules import Course, Signer, Window

VALID = Signer(True, Window(date(2024, 1, 1), date(2028, 1, 1)))
# A hundred days for a hundred hours; the fiftieth has passed, everything is in order.
CALM = Course(
    day=date(2026, 4, 11),
    days=Window(date(2026, 2, 20), date(2026, 5, 30)),
    required=6000,
    signed=3000,
    last_shift=date(2026, 4, 10),
    papers=(Window(date(2026, 1, 1), date(2027, 1, 1)),),
    signers=(VALID,),
)


def codes(**changes: Any) -> list[str]:
    return [risk.code for risk in rules.outlook_of(replace(CALM, **changes)).risks]


def test_the_plan_is_even_work_from_the_first_to_the_last_day() -> None:
    days = CALM.days
    assert days.last and days.first and (days.last - days.first).days + 1 == 100
    assert rules.due_by(6000, days, days.first) == 0
    assert rules.due_by(6000, days, CALM.day) == 3000
    assert rules.due_by(6000, days, days.last) == 5940
    assert rules.due_by(6000, days, days.last + timedelta(days=400)) == 6000
    assert rules.due_by(6000, Window(), CALM.day) == 0


@pytest.mark.parametrize(
    "changes,expected",
    [
        ({}, []),
        # eighty percent of 3,000 minutes is the limit; what waits for a signature was worked
        ({"signed": 2400}, []),
        ({"signed": 2399}, ["behind"]),
        ({"signed": 1000, "waiting": 1400}, []),
        # nobody is behind or silent in the first fourteen days
        ({"signed": 0, "last_shift": None, "day": date(2026, 3, 5)}, []),
        ({"signed": 0, "last_shift": None, "day": date(2026, 3, 6)}, ["behind", "silent"]),
        ({"last_shift": date(2026, 3, 29)}, []),
        ({"last_shift": date(2026, 3, 28)}, ["silent"]),
        ({"last_shift": date(2026, 3, 1), "signed": 6000}, []),  # whoever has all her hours may be silent
        # forty hours a week until the last day, that day included
        ({"day": date(2026, 5, 24), "signed": 3600, "last_shift": date(2026, 5, 23)}, ["behind"]),
        ({"day": date(2026, 5, 24), "signed": 3599, "last_shift": date(2026, 5, 23)}, ["too_late", "behind"]),
        ({"day": date(2026, 5, 30), "signed": 6000}, []),
        ({"day": date(2026, 5, 31), "signed": 6000}, ["past_end"]),
        ({"day": date(2026, 6, 2), "signed": 5999, "last_shift": date(2026, 5, 30)}, ["past_end"]),
        ({"oldest_wait": 14}, []),
        ({"oldest_wait": 15}, ["waits"]),
        ({"oldest_return": 7}, []),
        ({"oldest_return": 8}, ["returned"]),
        ({"signers": ()}, ["no_signer"]),
        ({"signers": (Signer(False, VALID.licence),)}, ["no_signer"]),
        ({"signers": (Signer(True, Window(None, date(2026, 4, 10))),)}, ["no_signer"]),
        ({"signers": (Signer(True, Window(None, date(2026, 4, 10))), VALID)}, []),
        ({"papers": (Window(None, date(2026, 4, 10)), Window())}, ["paper_over"]),
        ({"papers": (Window(None, date(2026, 4, 11)), Window())}, ["paper_ends"]),
        ({"papers": (Window(None, date(2026, 5, 30)),)}, []),
        ({"papers": ()}, []),
        (
            {"signed": 0, "signers": (), "oldest_wait": 30, "oldest_return": 30, "papers": (Window(None, date(2026, 1, 2)),)},
            ["paper_over", "no_signer", "waits", "behind", "returned"],
        ),
    ],
)  # fmt: skip
def test_what_calls_for_somebody(changes: dict[str, Any], expected: list[str]) -> None:
    assert codes(**changes) == expected


@given(st.integers(0, 30000), st.integers(0, 30000), st.integers(-50, 400))
def test_more_hours_never_add_a_reason(required: int, more: int, day: int) -> None:
    at = {"day": date(2026, 2, 20) + timedelta(days=day), "required": required, "last_shift": None}
    assert set(codes(**at, signed=more)) <= set(codes(**at, signed=0))
    assert 0 <= rules.outlook_of(replace(CALM, **at)).due <= required


def test_waits_fall_into_one_age_each() -> None:
    day = timedelta(days=1)
    waits = [(0 * day, 10), (3 * day, 20), (3.5 * day, 40), (7 * day, 80), (14 * day, 160), (15 * day, 320)]
    ages = rules.by_age(waits)
    assert [(age.up_to, age.shifts, age.minutes) for age in ages] == [
        (3, 2, 30),
        (7, 2, 120),
        (14, 1, 160),
        (None, 1, 320),
    ]
    assert [(age.shifts, age.minutes) for age in rules.by_age([])] == [(0, 0)] * 4


@given(st.lists(st.tuples(st.timedeltas(timedelta(), timedelta(days=60)), st.integers(0, 900))))
def test_no_wait_is_lost(waits: list[tuple[timedelta, int]]) -> None:
    ages = rules.by_age(waits)
    assert sum(age.shifts for age in ages) == len(waits)
    assert sum(age.minutes for age in ages) == sum(minutes for _waited, minutes in waits)
