"""The rules of the instructor's board as tables of cases."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.study import board_rules as rules
from courses.study.board_rules import Quartiles, Seen


@pytest.mark.parametrize(
    ("seen", "reasons"),
    [
        (Seen(), ()),
        (Seen(opened_days=2, failed=1, silent_days=6), ()),
        (Seen(opened_days=3), ("lesson",)),
        (Seen(failed=2), ("quiz",)),
        (Seen(silent_days=7), ("silent",)),
        (Seen(opened_days=4, failed=3, silent_days=30), ("lesson", "quiz", "silent")),
        (Seen(opened_days=4, failed=3, silent_days=30, paused=True), ()),
        (Seen(silent_days=30, done=True), ()),
    ],
)
def test_who_is_stuck(seen: Seen, reasons: tuple[str, ...]) -> None:
    assert rules.stuck(seen) == reasons


@pytest.mark.parametrize(
    ("histogram", "share", "value"),
    [
        ({}, Fraction(1, 2), None),
        ({7: 1}, Fraction(1, 4), 7),
        ({1: 1, 2: 1, 3: 1, 4: 1}, Fraction(1, 2), 2),
        ({1: 1, 2: 1, 3: 1, 4: 1}, Fraction(1, 4), 1),
        ({1: 1, 2: 1, 3: 1, 4: 1}, Fraction(3, 4), 3),
        ({1: 1, 2: 1, 3: 1}, Fraction(1, 2), 2),
        ({5: 99, 90: 1}, Fraction(3, 4), 5),
    ],
)
def test_quantile(histogram: dict[int, int], share: Fraction, value: int | None) -> None:
    assert rules.quantile(histogram, share) == value


@given(st.lists(st.integers(0, 500), min_size=1), st.fractions(min_value=Fraction(1, 100), max_value=1))
def test_a_quantile_is_reached_by_its_share_and_by_no_smaller_value(values: list[int], share: Fraction) -> None:
    histogram = {value: values.count(value) for value in values}
    found = rules.quantile(histogram, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values)
    assert sum(value < found for value in values) < share * len(values)


def test_the_quartiles_of_a_small_group_are_not_told() -> None:
    assert rules.quartiles({10: 2, 20: 2}) is None
    assert rules.quartiles({10: 2, 20: 2, 30: 1}) == Quartiles(10, 20, 20)


NONE = (0,) * 10


@pytest.mark.parametrize(
    ("given_", "found"),
    [
        ({}, ()),
        ({"spent": Quartiles(10, 29, 40)}, ("quick",)),
        ({"spent": Quartiles(10, 30, 40)}, ()),
        ({"spent": Quartiles(10, 59, 60)}, ()),
        ({"spent": Quartiles(60, 60, 60)}, ("slow",)),
        ({"opened": 15, "stopped": (5, *NONE[1:])}, ("lost",)),
        ({"opened": 16, "stopped": (5, *NONE[1:])}, ()),
        ({"opened": 15, "stopped": (*NONE[:5], 9, *NONE[6:])}, ()),
        ({"opened": 4, "stopped": (4, *NONE[1:])}, ()),
        ({"opened": 12, "stopped": (4, *NONE[1:])}, ()),
        ({"checks": [(2, 5)]}, ("blurred",)),
        ({"checks": [(3, 6), (5, 5)]}, ()),
        ({"checks": [(0, 4)]}, ()),
    ],
)
def test_what_asks_for_a_look(given_: dict, found: tuple[str, ...]) -> None:
    numbers = {"planned": 60, "spent": None, "opened": 0, "stopped": NONE, "checks": [], **given_}
    assert rules.flags(**numbers) == found


@pytest.mark.parametrize("text", ["Why?\n\tAnd how?", "Où? 🙂 naïve ½", "שלום", ""])
def test_what_people_write_is_not_odd(text: str) -> None:
    assert not rules.is_odd(text)


@pytest.mark.parametrize("text", ["a\0b", "\x1b[31m", "\u202eevil", "\u2066x", "\ud800", "\x7f"])
def test_what_no_keyboard_writes_is_odd(text: str) -> None:
    assert rules.is_odd(text)


@pytest.mark.parametrize(
    ("text", "tidy"),
    [("  a \r\n\r\n\r\n\r\nb  \r", "a\n\nb"), ("\n\n a", "a"), (" ", ""), ("a\n b", "a\n b")],
)
def test_tidied(text: str, tidy: str) -> None:
    assert rules.tidied(text) == tidy
    assert rules.tidied(tidy) == tidy
