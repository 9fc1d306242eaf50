"""The rule of pace: what is held against what, and when nothing is."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.study.rules.pace import Verdict, pace, week_of

TODAY = date(2026, 3, 16)
LONG_AGO = date(2026, 1, 5)


def test_a_week_is_seven_days_with_today() -> None:
    assert week_of(TODAY) == (date(2026, 3, 10), TODAY)


@pytest.mark.parametrize(
    ("week", "left", "started", "ends", "verdict", "needed"),
    [
        (0, 0, LONG_AGO, date(2026, 4, 1), "done", None),
        (90, 600, LONG_AGO, None, "open", None),
        (90, 600, LONG_AGO, date(2026, 3, 15), "past", None),
        (90, 600, LONG_AGO, TODAY, "short", 600),  # the last day itself is still a day
        (600, 600, LONG_AGO, TODAY, "enough", 600),
        (599, 600, LONG_AGO, date(2026, 3, 22), "short", 600),  # seven days: all of it
        (525, 600, LONG_AGO, date(2026, 3, 23), "enough", 525),  # eight days: seven eighths
        (99, 100, LONG_AGO, date(2026, 3, 23), "enough", 88),  # 87.5 is rounded up
        (87, 100, LONG_AGO, date(2026, 3, 23), "short", 88),
        (0, 600, date(2026, 3, 11), date(2026, 4, 30), "early", 92),
        (0, 600, date(2026, 3, 10), date(2026, 4, 30), "short", 92),
    ],
)
def test_what_is_said(week: int, left: int, started: date, ends: date | None, verdict: str, needed: int | None) -> None:
    said = pace(week=week, left=left, today=TODAY, started_on=started, ends_on=ends)
    assert (said.verdict, said.needed, said.week) == (verdict, needed, week)


@given(left=st.integers(1, 100_000), days=st.integers(1, 400), week=st.integers(0, 5000))
def test_who_keeps_the_pace_is_there_in_time(left: int, days: int, week: int) -> None:
    said = pace(week=week, left=left, today=TODAY, started_on=LONG_AGO, ends_on=TODAY + timedelta(days=days - 1))
    assert said.needed is not None and said.days_left == days
    assert said.needed * max(days, 7) >= left * 7, "at this pace all of it is done by the last day"
    assert (said.needed - 1) * max(days, 7) < left * 7, "and at a minute less it is not"
    assert (said.verdict is Verdict.ENOUGH) == (week >= said.needed)
