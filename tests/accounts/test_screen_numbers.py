"""Minutes, shares and names on screen."""

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from accounts.templatetags.palmar import hm, hm_clock, hm_text, initials, lost_arc, share, sieve, to_go, zone_words


@pytest.mark.parametrize(
    ("minutes", "text", "clock"),
    [
        (9750, "162 h 30 min", "162:30"),
        (2400, "40 h", "40:00"),
        (46, "46 min", "0:46"),
        (0, "0 min", "0:00"),
        (-165, "\N{MINUS SIGN}2 h 45 min", "\N{MINUS SIGN}2:45"),
        (74430, "1,240 h 30 min", "1240:30"),
        ("90", "1 h 30 min", "1:30"),
        (None, "", ""),
        ("soon", "", ""),
        (True, "", ""),
    ],
)
def test_minutes_are_written_as_hours(minutes: object, text: str, clock: str) -> None:
    assert hm_text(minutes) == text
    assert hm_clock(minutes) == clock


def test_an_hour_has_as_many_minutes_as_the_rules_say() -> None:
    assert hm_text(10_000, 50) == "200 h"
    assert hm_text(625, 50) == "12 h 25 min"
    assert hm(625, 50) == '<span class="hm">12<small>\N{THIN SPACE}h</small> 25<small>\N{THIN SPACE}min</small></span>'
    assert Template("{% load palmar %}{{ x|hm_text:50 }}").render(Context({"x": 100})) == "2 h"
    assert hm_clock(625, 50) == "12:25"
    drawn = sieve(500, 400, 400, 1000, 50)
    assert (drawn["ticks"], drawn["scale"]) == ([0, 5, 10, 15, 20], 1000)


def test_small_units_are_markup_and_the_rest_is_escaped() -> None:
    assert hm(9750) == '<span class="hm">162<small>\N{THIN SPACE}h</small> 30<small>\N{THIN SPACE}min</small></span>'
    assert Template("{% load palmar %}{{ x|hm }}").render(Context({"x": "<b>"})) == ""


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9))
def test_a_share_is_always_a_number_from_0_to_100(value: int, total: int) -> None:
    whole, _point, hundredths = share(value, total).partition(".")
    assert 0 <= int(whole) <= 100
    assert len(hundredths) == 2


def test_a_share_is_rounded_down_so_that_nearly_done_is_not_done() -> None:
    assert share(17999, 18000) == "99.99"
    assert share(18000, 18000) == "100.00"
    assert share(1, 3) == "33.33"
    assert share(5, 0) == "0.00"


@pytest.mark.parametrize(
    ("name", "two"),
    [("Daniela Reyes", "DR"), ("Jiří", "J"), ("", ""), ("ana maria de la paz", "AP"), ("a@b.example", "AB")],
)
def test_initials(name: str, two: str) -> None:
    assert initials(name) == two


@given(*[st.integers(-100, 200_000)] * 4)
def test_the_sieve_never_draws_outside_itself(attended: int, creditable: int, counted: int, required: int) -> None:
    s = sieve(attended, creditable, counted, required)
    assert 0 <= s["counted"] <= s["creditable"] <= s["attended"] <= s["scale"]
    assert s["counted"] + s["over_limit"] + s["not_creditable"] == s["attended"]
    assert s["ticks"][-1] * 60 == s["scale"]
    assert len(s["ticks"]) <= 42
    if s["lens"]:
        assert s["lens_from"] <= s["counted"] < s["attended"] <= s["lens_to"]
        assert s["lens_span"] > 0


def test_a_narrow_gap_is_enlarged_and_a_wide_one_is_not() -> None:
    assert sieve(10135, 9820, 9750, 18000)["lens"]
    assert not sieve(4200, 2700, 1800, 6000)["lens"]
    assert not sieve(9750, 9750, 9750, 18000)["lens"]


def test_lost_minutes_lie_behind_the_counted_ones() -> None:
    assert lost_arc(1140, 1400, 1800) == {"start": "63.33", "length": "14.44"}
    assert lost_arc(600, 600, 600) is None
    assert to_go(1140, 1800) == 660
    assert to_go(700, 600) == 0


@pytest.mark.parametrize(
    ("zone", "words"),
    [("America/New_York", "New York time"), ("America/Indiana/Knox", "Knox time"), ("UTC", "UTC"), ("", "")],
)
def test_a_zone_is_written_as_people_say_it(zone: str, words: str) -> None:
    assert zone_words(zone) == words
