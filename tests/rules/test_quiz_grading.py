"""Which score counts, what marks come to and what a regrade changes: tables and laws, all exact."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.quizzes.grading import (
    BadMarkError,
    How,
    Kept,
    Scored,
    Sitting,
    earned_again,
    kept,
    marked,
    regraded,
)
from certification.quizzes.settings import ScoreKept

HALF, THIRD = Fraction(1, 2), Fraction(1, 3)


@pytest.mark.parametrize(
    ("how", "counts", "passed"),
    [
        (ScoreKept.BEST, Fraction(3, 4), True),
        (ScoreKept.LAST, HALF, False),
        (ScoreKept.AVERAGE, Fraction(19, 36), False),
    ],
)
def test_which_of_several_scores_counts(how: ScoreKept, counts: Fraction, passed: bool) -> None:
    assert kept([Scored(share, 75) for share in (THIRD, Fraction(3, 4), HALF)], how) == Kept(counts, passed)


def test_each_passes_by_its_own_mark_and_the_average_by_that_of_the_last() -> None:
    scored = [Scored(HALF, 50), Scored(HALF, 75)]
    assert kept(scored, ScoreKept.BEST) == Kept(HALF, True)
    assert kept(scored, ScoreKept.LAST) == kept(scored, ScoreKept.AVERAGE) == Kept(HALF, False)
    assert kept(scored[::-1], ScoreKept.AVERAGE) == Kept(HALF, True)


def test_a_void_one_passes_nothing() -> None:
    """Not even where no points are needed."""
    void = Scored(Fraction(0), 0, void=True)
    assert [kept([void], how) for how in ScoreKept] == [Kept(Fraction(0), False)] * 3


def test_without_a_score_none_counts() -> None:
    assert kept([], ScoreKept.BEST) is None


@given(scores=st.lists(st.fractions(0, 1), min_size=1, max_size=6), how=st.sampled_from(ScoreKept))
def test_what_counts_lies_among_the_scores(scores: list[Fraction], how: ScoreKept) -> None:
    counts, best = (kept([Scored(share, 75) for share in scores], each) for each in (how, ScoreKept.BEST))
    assert counts is not None
    assert best is not None
    assert min(scores) <= counts.share <= max(scores) == best.share


RUBRIC = {"a": 2, "b": 4}


@pytest.mark.parametrize(
    ("points", "share"),
    [({"a": 0, "b": 0}, Fraction(0)), ({"a": 2, "b": 4}, Fraction(1)), ({"a": 1, "b": 3}, Fraction(2, 3))],
)
def test_what_marks_come_to(points: dict[str, int], share: Fraction) -> None:
    assert marked(RUBRIC, points) == share


@pytest.mark.parametrize(
    ("points", "criterion"),
    [({"a": 1}, "b"), ({"a": 3, "b": 0}, "a"), ({"a": -1, "b": 0}, "a"), ({"a": 1, "b": 1, "c": 0}, "c"),
     ({"a": True, "b": 0}, "a"), ({"a": "1", "b": 0}, "a"), ({"a": 1.0, "b": 0}, "a")],
)  # fmt: skip
def test_marks_that_do_not_fit_name_the_criterion(points: dict[str, Any], criterion: str) -> None:
    with pytest.raises(BadMarkError) as refused:
        marked(RUBRIC, points)
    assert refused.value.criterion == criterion


def sitting(**change: Any) -> Sitting:
    """An attempt of 4 points, 2 of them for the question; its answer was wrong, the rest right."""
    told: dict[str, Any] = {
        "attempt": 1, "answer": 11, "points": 2, "earned": Fraction(0), "by_key": Fraction(1), "possible": 4,
        "score": HALF, "passed": False, "pass_percent": 75,
    }  # fmt: skip
    return Sitting(**{**told, **change})


@pytest.mark.parametrize(
    ("how", "earned", "by_key", "again"),
    [
        (How.KEY, 0, Fraction(1), 2),
        (How.KEY, 2, Fraction(0), 0),
        (How.KEY, 2, None, 2),
        (How.KEY, 0, THIRD, Fraction(2, 3)),
        (How.EITHER, 0, Fraction(1), 2),
        (How.EITHER, 2, Fraction(0), 2),
        (How.EITHER, 1, THIRD, 1),
        (How.FULL, 0, None, 2),
        (How.FULL, 2, None, 2),
    ],
)
def test_what_an_answer_earns_again(how: How, earned: int, by_key: Fraction | None, again: Fraction) -> None:
    assert earned_again(sitting(earned=Fraction(earned), by_key=by_key), how) == again


def test_a_change_by_hand() -> None:
    """0 of 2 becomes 2 of 2: 2/4 becomes 4/4, and passes; who had it right before is left out."""
    (change,) = regraded([sitting(), sitting(attempt=2, earned=Fraction(2), score=Fraction(1), passed=True)], How.KEY)
    assert (change.attempt, change.old_earned, change.new_earned) == (1, 0, 2)
    assert (change.old_score, change.new_score, change.old_passed, change.new_passed) == (HALF, 1, False, True)


def test_a_pass_can_be_lost_exactly_below_the_mark() -> None:
    lost = sitting(earned=Fraction(2), by_key=Fraction(0), score=Fraction(1), passed=True, pass_percent=50)
    (change,) = regraded([lost], How.KEY)
    assert (change.new_score, change.new_passed) == (HALF, True)
    (change,) = regraded([sitting(earned=Fraction(2), by_key=Fraction(0), score=Fraction(3, 4), passed=True)], How.KEY)
    assert (change.new_score, change.new_passed) == (Fraction(1, 4), False)


@st.composite
def sittings(draw: Any) -> Sitting:
    points = draw(st.integers(1, 5))
    rest = draw(st.integers(0, 20))
    earned = draw(st.fractions(0, 1, max_denominator=12)) * points
    others = draw(st.fractions(0, 1, max_denominator=12)) * rest
    score = (earned + others) / (points + rest)
    mark = draw(st.integers(0, 100))
    return sitting(
        points=points, earned=earned, by_key=draw(st.none() | st.fractions(0, 1, max_denominator=12)),
        possible=points + rest, score=score, passed=score * 100 >= mark, pass_percent=mark,
    )  # fmt: skip


@given(one=sittings(), how=st.sampled_from(How))
def test_laws_of_a_regrade(one: Sitting, how: How) -> None:
    changes = regraded([one], how)
    new = changes[0].new_score if changes else one.score
    assert 0 <= new <= 1
    # The score moves by exactly what the answer moves.
    assert (new - one.score) * one.possible == earned_again(one, how) - one.earned
    if how in (How.EITHER, How.FULL):
        assert new >= one.score, "nobody loses"
        assert all(change.new_passed or not change.old_passed for change in changes)
    if how is How.FULL:
        assert earned_again(one, how) == one.points
    # Done again, it changes nothing more.
    again = sitting(
        points=one.points, earned=earned_again(one, how), by_key=one.by_key, possible=one.possible, score=new,
        passed=new * 100 >= one.pass_percent, pass_percent=one.pass_percent,
    )  # fmt: skip
    assert regraded([again], how) == ()
