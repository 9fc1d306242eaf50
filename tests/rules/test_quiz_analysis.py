"""Statistics of questions and quizzes: against tables worked by hand, and the laws that hold for any answers."""

import math
import statistics
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.quizzes import analysis
from certification.quizzes.analysis import Alike, Correlation, Given, Option, Sheet, TooFast

# Six people, four questions of one point each: 1 is right. Worked by hand below.
#            1  2  3  4   sum
TABLE = {
    "ann":  (1, 1, 1, 1),  # 4
    "bea":  (1, 1, 1, 0),  # 3
    "cora": (1, 1, 0, 0),  # 2
    "dora": (1, 0, 0, 1),  # 2
    "eva":  (1, 0, 0, 0),  # 1
    "fay":  (0, 0, 0, 0),  # 0
}  # fmt: skip


def sheet(number: int, right: tuple[int, ...], **change: Any) -> Sheet:
    answers = tuple(Given(item, 1, Fraction(one), ("r",) if one else ("w",)) for item, one in enumerate(right, start=1))
    score = Fraction(sum(right), len(right))
    told = {"attempt": number, "person": number, "score": score, "passed": score >= Fraction(3, 4), "seconds": 600}
    return Sheet(**{**told, "answers": answers, **change})


SHEETS = [sheet(number, right) for number, right in enumerate(TABLE.values(), start=1)]


@pytest.mark.parametrize(("item", "facility"), [(1, Fraction(5, 6)), (2, HALF := Fraction(1, 2)), (3, Fraction(1, 3))])
def test_facility_by_hand(item: int, facility: Fraction) -> None:
    told = analysis.item_statistics(item, SHEETS)
    assert told is not None
    assert (told.facility, told.asked, told.answered) == (facility, 6, 6)


def test_discrimination_by_hand() -> None:
    """Question 2 is (1,1,1,0,0,0); the rest scores of three are (3,2,1,2,1,0)/3.

    Both means are 1/2. The products of the distances add up to ½(½ + 1/6 - 1/6) + ½(-1/6 + 1/6 + ½) = 1/2, so
    cov = 1/12. var x = 1/4; var y = ((½)² + (1/6)² + (1/6)² + (1/6)² + (1/6)² + (½)²)/6 = (11/18)/6 = 11/108.
    r² = (1/144) / (1/4 · 11/108) = 3/11, r = 0.5222…
    """
    told = analysis.item_statistics(2, SHEETS)
    assert told is not None
    assert told.discrimination == Correlation(1, Fraction(3, 11))
    assert str(told.discrimination) == "0.52"


def test_alpha_by_hand() -> None:
    """Variances of the questions: 5/36 + 1/4 + 2/9 + 2/9 = 5/6. Sums (4,3,2,2,1,0): mean 2, variance 10/6 = 5/3.

    alpha = 4/3 · (1 - (5/6)/(5/3)) = 4/3 · 1/2 = 2/3; each question is right or wrong, so this is KR-20.
    """
    assert analysis.alpha(SHEETS) == Fraction(2, 3)
    assert sum(p * (1 - p) for p in (Fraction(5, 6), HALF, Fraction(1, 3), Fraction(1, 3))) == Fraction(5, 6)


def test_the_quiz_by_hand() -> None:
    told = analysis.quiz_statistics(SHEETS)
    assert told is not None
    assert (told.mean, told.passed) == (HALF, Fraction(1, 3))
    assert told.histogram == (1, 0, 1, 0, 0, 2, 0, 1, 0, 1), "0, 25, 50, 50, 75 and 100 percent"


def test_the_thirds_keep_equals_together() -> None:
    """g = 2: the second best has 3/4, the second worst 1/4."""
    assert analysis.thirds(SHEETS) == ({1, 2}, {5, 6})
    tied = [sheet(n, right) for n, right in enumerate([(1, 1), (1, 0), (1, 0), (1, 0), (1, 0), (0, 0)], start=1)]
    assert analysis.thirds(tied) == (frozenset(), frozenset()), "second best and second worst are equal"
    three = [sheet(n, right) for n, right in enumerate([(1, 1), (1, 1), (0, 0)], start=1)]
    assert analysis.thirds(three) == ({1, 2}, {3})
    assert analysis.thirds(SHEETS[:2]) == (frozenset(), frozenset())


OPTIONS = [Option("r", "Right", right=True), Option("w", "Wrong", right=False), Option("n", "Nobody's", right=False)]


def test_the_distractor_table_by_hand() -> None:
    """Question 3: right for ann and bea (the upper third), wrong for all others."""
    told = analysis.item_statistics(3, SHEETS, OPTIONS)
    assert told is not None
    assert [(row.option.key, row.all, row.upper, row.lower) for row in told.chosen] == [
        ("r", 2, 2, 0), ("w", 4, 0, 2), ("n", 0, 0, 0),
    ]  # fmt: skip
    assert (told.upper, told.lower) == (2, 2)
    assert told.flags == ("unchosen",)


@pytest.mark.parametrize(
    ("right", "flags"),
    [
        ((1, 0, 0, 0, 0, 0, 0, 0), ("hard", "unchosen", "misleading")),
        ((1, 1, 1, 1, 1, 1, 1, 1), ("easy", "unchosen")),
        ((0, 0, 0, 0, 1, 1, 1, 1), ("negative", "unchosen", "misleading")),
        ((1, 0, 1, 0, 0, 1, 0, 1), ("weak", "unchosen")),
    ],
)
def test_flags_of_a_first_question(right: tuple[int, ...], flags: tuple[str, ...]) -> None:
    """The second question, worth nine points, parts the eight people: the first four have all of it, then less."""
    rest = (9, 9, 9, 9, 1, 1, 1, 1)
    sheets = [
        Sheet(n, n, Fraction(one + other, 10), False, 600,
              (Given(1, 1, Fraction(one), ("r",) if one else ("w",)), Given(2, 9, Fraction(other))))
        for n, (one, other) in enumerate(zip(right, rest, strict=True), start=1)
    ]  # fmt: skip
    told = analysis.item_statistics(1, sheets, OPTIONS)
    assert told is not None
    assert told.flags == flags


def test_of_fewer_than_five_nothing_is_said() -> None:
    assert analysis.item_statistics(1, SHEETS[:4]) is None
    assert analysis.quiz_statistics(SHEETS[:4]) is None
    assert analysis.item_statistics(1, SHEETS[:5]) is not None


def test_only_who_was_asked_counts() -> None:
    """Drawn questions: four more people were asked another one in place of question 1."""
    others = [
        Sheet(n, n, Fraction(0), False, 600, (Given(9, 1, Fraction(0), ("w",)), Given(2, 1, Fraction(0), ("w",))))
        for n in range(10, 14)
    ]
    told, before = analysis.item_statistics(1, [*SHEETS, *others]), analysis.item_statistics(1, SHEETS)
    assert told == before
    assert analysis.item_statistics(9, [*SHEETS, *others]) is None
    assert analysis.alpha([*SHEETS, *others]) is None, "not all were asked the same"


@pytest.mark.parametrize(
    "pairs", [[], [(1, 1)], [(1, 1), (1, 2)], [(1, 2), (2, 2)]], ids=["none", "one", "left still", "right still"]
)
def test_where_nothing_varies_there_is_no_correlation(pairs: list[tuple[int, int]]) -> None:
    assert analysis.correlation([(Fraction(x), Fraction(y)) for x, y in pairs]) is None


def test_a_question_alone_has_no_rest() -> None:
    told = analysis.item_statistics(1, [sheet(n, (n % 2,)) for n in range(6)])
    assert told is not None
    assert told.discrimination is None
    assert analysis.alpha([sheet(n, (n % 2,)) for n in range(6)]) is None


@pytest.mark.parametrize(
    ("value", "said"),
    [(Fraction(1, 3), "0.33"), (Fraction(-1, 3), "-0.33"), (Fraction(-1, 300), "0.00"), (Fraction(7, 2), "3.50")],
)
def test_numbers_are_cut_toward_zero(value: Fraction, said: str) -> None:
    assert analysis.signed(value) == said


@pytest.mark.parametrize(
    ("r", "weak", "negative", "said"),
    [
        (Correlation(1, Fraction(1, 100)), False, False, "0.10"),
        (Correlation(1, Fraction(1, 101)), True, False, "0.09"),
        (Correlation(0, Fraction(0)), True, False, "0.00"),
        (Correlation(-1, Fraction(1, 4)), True, True, "-0.50"),
        (Correlation(1, Fraction(1)), False, False, "1.00"),
    ],
)
def test_a_correlation_is_compared_exactly(r: Correlation, weak: bool, negative: bool, said: str) -> None:
    assert (r.below(analysis.WEAK), r.below(Fraction(0)), str(r)) == (weak, negative, said)


# ---- times and patterns ----


def test_times_are_told_from_the_order_of_saves() -> None:
    """Began at 100; question 3 was saved first, at 130, then 1 at 135, then 2 at 200; 4 was never answered."""
    saved = [(1, 135.5), (2, 200.0), (3, 130.0), (4, None)]
    assert analysis.times(100.0, saved) == {3: 30, 1: 5, 2: 64}
    assert analysis.times(100.0, [(1, 90.0), (2, 101.0)]) == {1: 0, 2: 1}, "a clock that was set back takes nothing"


def test_the_middle_time_is_told() -> None:
    sheets = [
        Sheet(n, n, Fraction(0), False, 600, (Given(1, 1, Fraction(0), ("w",), seconds=seconds),))
        for n, seconds in enumerate([10, 20, 30, 4000, None, 25])
    ]
    told = analysis.item_statistics(1, sheets)
    assert told is not None
    assert told.seconds == 25


def test_too_fast_counts_answers_that_were_given() -> None:
    """Four answers need 20 seconds; an empty attempt handed in at once is no wonder."""
    fast = sheet(1, (0, 0, 1, 1), seconds=19)
    just = sheet(2, (0, 0, 1, 1), seconds=20)
    empty = Sheet(3, 3, Fraction(0), False, 1, (Given(1, 1, Fraction(0)),))
    faster = sheet(4, (0, 0, 1, 1), seconds=2)
    assert analysis.too_fast([fast, just, empty, faster]) == [TooFast(4, 4, 2), TooFast(1, 4, 19)]


def answers(*given: str) -> tuple[Given, ...]:
    """Answers of which a capital letter is right, a dash is empty."""
    return tuple(
        Given(item, 1, Fraction(letter.isupper()), () if letter == "-" else (letter,))
        for item, letter in enumerate(given)
    )


@pytest.mark.parametrize(
    ("first", "second", "same", "wrong"),
    [
        ("abcdE", "abcdE", 4, 4),
        ("abcEE", "abcEE", 0, 0),  # three only
        ("abcdE", "abcxE", 0, 0),  # three of four
        ("abcdef", "abcdxy", 0, 0),  # four of six: less than three quarters
        ("abcdeF", "abcdxF", 4, 5),
        ("ABCDE", "ABCDE", 0, 0),  # right answers alike prove nothing
        ("----a", "----a", 0, 0),  # neither do empty ones
    ],
)
def test_pairs_with_identical_wrong_answers(first: str, second: str, same: int, wrong: int) -> None:
    sheets = [Sheet(n, n, Fraction(0), False, 600, answers(*given)) for n, given in enumerate((first, second))]
    assert analysis.alike(sheets) == ([Alike(0, 1, same, wrong)] if same else [])


def test_one_persons_own_attempts_are_no_pair() -> None:
    sheets = [Sheet(n, 7, Fraction(0), False, 600, answers(*"abcde")) for n in (1, 2)]
    assert analysis.alike(sheets) == []


# ---- laws ----


@st.composite
def drawn(draw: Any) -> list[Sheet]:
    items = draw(st.integers(2, 6))
    points = [draw(st.integers(1, 3)) for _item in range(items)]
    sheets = []
    for number in range(draw(st.integers(analysis.LEAST_SHEETS, 14))):
        asked = draw(st.lists(st.integers(0, items - 1), min_size=1, max_size=items, unique=True))
        rows = tuple(
            Given(item, points[item], draw(st.fractions(0, 1, max_denominator=4)) * points[item],
                  draw(st.sampled_from([(), ("r",), ("w",), ("n",)])))
            for item in asked
        )  # fmt: skip
        possible = sum(row.points for row in rows)
        score = sum((row.earned for row in rows), Fraction(0)) / possible
        sheets.append(Sheet(number, draw(st.integers(0, 4)), score, score >= HALF, draw(st.integers(0, 99)), rows))
    return sheets


@given(sheets=drawn(), item=st.integers(0, 5))
def test_laws_of_a_question(sheets: list[Sheet], item: int) -> None:
    told = analysis.item_statistics(item, sheets, OPTIONS)
    asked = sum(answer.item == item for each in sheets for answer in each.answers)
    if asked < analysis.LEAST_SHEETS:
        assert told is None
        return
    assert told is not None
    assert told.asked == asked
    assert 0 <= told.facility <= 1
    assert sum(row.all for row in told.chosen) == told.answered <= asked
    for row in told.chosen:
        assert 0 <= row.upper + row.lower <= row.all
        assert row.upper <= told.upper
        assert row.lower <= told.lower
    if told.discrimination is not None:
        assert 0 <= told.discrimination.square <= 1
        pairs = [
            (float(a.share), float((s.earned - a.earned) / (s.points - a.points)))
            for s in sheets for a in s.answers if a.item == item
        ]  # fmt: skip
        known = statistics.correlation(*zip(*pairs, strict=True))
        mine = told.discrimination.sign * math.sqrt(told.discrimination.square)
        assert math.isclose(mine, known, abs_tol=1e-6)
    # The order in which people handed in says nothing.
    assert analysis.item_statistics(item, sheets[::-1], OPTIONS) == told


@given(sheets=drawn())
def test_laws_of_a_quiz(sheets: list[Sheet]) -> None:
    told = analysis.quiz_statistics(sheets)
    assert told is not None
    assert sum(told.histogram) == len(sheets)
    assert 0 <= told.mean <= 1
    assert 0 <= told.passed <= 1
    assert told.alpha is None or told.alpha <= 1
    upper, lower = analysis.thirds(sheets)
    assert not upper & lower
    assert bool(upper) == bool(lower)
    by_attempt = {each.attempt: each for each in sheets}
    for pair in analysis.alike(sheets):
        assert by_attempt[pair.first].person != by_attempt[pair.second].person
        assert analysis.SAME_WRONG <= pair.same <= pair.wrong


@given(st.lists(st.lists(st.booleans(), min_size=3, max_size=3), min_size=5, max_size=12))
def test_alpha_is_kr_20_where_each_question_is_right_or_wrong(rows: list[list[bool]]) -> None:
    """KR-20 = k/(k-1) · (1 - sum of p(1-p) / variance of the sums)."""
    sheets = [sheet(number, tuple(map(int, row))) for number, row in enumerate(rows)]
    sums = [Fraction(sum(row)) for row in rows]
    spread = analysis.variance(sums)
    shares = [Fraction(sum(row[place] for row in rows), len(rows)) for place in range(3)]
    if spread == 0:
        assert analysis.alpha(sheets) is None
    else:
        assert analysis.alpha(sheets) == Fraction(3, 2) * (1 - sum(p * (1 - p) for p in shares) / spread)
