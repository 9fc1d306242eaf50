"""How a competency stands, what an examination comes to, what is said of a site: tables of cases, and laws."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.externships import rules
from certification.externships.rules import Item, Said, result_of, standing_of

P, F, N = rules.PASSED, rules.FAILED, rules.NOT_SEEN


@pytest.mark.parametrize(("rating", "outcome"), [(0, N), (1, F), (2, P), (3, P)])
def test_a_rating_comes_to(rating: int, outcome: str) -> None:
    assert rules.outcome_of(rating) == outcome


@pytest.mark.parametrize("rating", [-1, 4])
def test_no_other_rating(rating: int) -> None:
    with pytest.raises(ValueError):
        rules.outcome_of(rating)


@pytest.mark.parametrize(
    ("said", "repeats", "opens_after", "state", "missing"),
    [
        ([], 0, 0, "open", 0),
        ([], 0, 3, "closed", 3),
        ([], 2, 3, "closed", 1),
        ([], 3, 3, "open", 0),
        ([], 9, 3, "open", 0),
        # What was looked at once does not close again when a later version asks for more.
        ([Said(N, "a")], 0, 3, "open", 0),
        ([Said(P, "a")], 0, 3, "passed", 0),
        ([Said(F, "a")], 3, 3, "failed", 0),
        ([Said(F, "a", "planned")], 3, 3, "planned", 0),
        ([Said(F, "a", "done")], 3, 3, "retest", 0),
        ([Said(F, "a", "done"), Said(N, "b")], 3, 3, "retest", 0),
        ([Said(F, "a", "done"), Said(P, "b")], 3, 3, "passed", 0),
        ([Said(F, "a", "done"), Said(F, "b")], 3, 3, "failed", 0),
        ([Said(P, "a"), Said(N, "a")], 3, 3, "passed", 0),
        ([Said(P, "a"), Said(F, "a")], 3, 3, "failed", 0),
    ],
)
def test_a_competency_stands(said: list[Said], repeats: int, opens_after: int, state: str, missing: int) -> None:
    found = standing_of(said, repeats=repeats, opens_after=opens_after)
    assert (found.state, found.missing) == (state, missing)


@pytest.mark.parametrize(
    ("said", "evaluator", "reason"),
    [
        ([], "a", "closed"),
        ([Said(F, "a")], "b", "plan"),
        ([Said(F, "a", "planned")], "b", "undone"),
        ([Said(F, "a", "done")], "a", "other"),
        ([Said(F, "a", "done")], "b", ""),
        ([Said(F, "a", "done"), Said(F, "b", "done")], "a", ""),
        ([Said(F, "a", "done"), Said(F, "b", "done")], "b", "other"),
        ([Said(P, "a")], "a", ""),
        ([Said(N, "a")], "a", ""),
    ],
)
def test_who_may_rate(said: list[Said], evaluator: str, reason: str) -> None:
    assert rules.refusal_of(standing_of(said, repeats=0, opens_after=1), evaluator) == reason


said = st.builds(Said, st.sampled_from([P, F, N]), st.sampled_from("abc"), st.sampled_from(["", "planned", "done"]))


@given(st.lists(said, max_size=6), st.integers(0, 5), st.integers(0, 5), st.sampled_from("abc"))
def test_nobody_passes_a_failure_without_a_plan_and_another_person(
    history: list[Said], repeats: int, opens_after: int, who: str
) -> None:
    found = standing_of(history, repeats=repeats, opens_after=opens_after)
    words = [one for one in history if one.outcome != N]
    if rules.refusal_of(found, who) == "" and words and words[-1].outcome == F:
        assert words[-1].plan == "done" and words[-1].evaluator != who
    assert (found.state == "passed") == bool(words and words[-1].outcome == P)
    assert (found.missing > 0) == (found.state == "closed")


# ---- practical examinations ------------------------------------------------------------------------------------------

ITEMS = (Item("A", safety=False), Item("B", safety=False), Item("S", safety=True))


@pytest.mark.parametrize(
    ("one", "other", "pass_percent", "percent", "safe", "passed"),
    [
        ((3, 3, 1), (3, 3, 1), 100, Fraction(100), True, True),
        ((3, 3, 1), (3, 3, 0), 75, Fraction(100), False, False),
        ((0, 0, 1), (0, 0, 1), 1, Fraction(0), True, False),
        ((2, 2, 1), (2, 3, 1), 75, Fraction(75), True, True),
        # One half of a mark below: 74.999… is not 75.
        ((2, 2, 1), (2, 2, 1), 67, Fraction(200, 3), True, False),
        ((2, 2, 1), (2, 2, 1), 66, Fraction(200, 3), True, True),
        ((3, 0, 1), (0, 3, 1), 50, Fraction(50), True, True),
    ],
)
def test_two_sheets_come_to(
    one: tuple[int, ...], other: tuple[int, ...], pass_percent: int, percent: Fraction, safe: bool, passed: bool
) -> None:
    marks = [dict(zip("ABS", each, strict=True)) for each in (one, other)]
    found = result_of(ITEMS, marks[0], marks[1], pass_percent)
    assert (found.percent, found.safe, found.passed) == (percent, safe, passed)
    assert found.hundredths == int(percent * 100)


def test_safety_alone_decides_where_nothing_is_marked() -> None:
    only = (Item("S", safety=True),)
    assert result_of(only, {"S": 1}, {"S": 1}, 75).passed
    assert result_of(only, {"S": 1}, {"S": 1}, 75).hundredths is None
    assert not result_of(only, {"S": 1}, {"S": 0}, 75).passed


@pytest.mark.parametrize("sheet", [{}, {"A": 4, "B": 0, "S": 1}, {"A": 0, "B": 0, "S": 2}, {"A": 0, "B": True, "S": 1}])
def test_a_sheet_marks_every_item(sheet: dict[str, int]) -> None:
    assert rules.missing(ITEMS, sheet)
    with pytest.raises(ValueError):
        result_of(ITEMS, sheet, {"A": 0, "B": 0, "S": 1}, 75)
    with pytest.raises(ValueError):
        result_of((), {}, {}, 75)


@st.composite
def sheets(draw: st.DrawFn) -> tuple[tuple[Item, ...], dict[str, int], dict[str, int]]:
    items = tuple(Item(f"I{place}", draw(st.booleans())) for place in range(draw(st.integers(1, 8))))
    marks = [{item.code: draw(st.integers(0, 1 if item.safety else 3)) for item in items} for _ in range(2)]
    return items, marks[0], marks[1]


@given(sheets(), st.integers(1, 100))
def test_laws_of_an_examination(drawn: tuple[tuple[Item, ...], dict[str, int], dict[str, int]], limit: int) -> None:
    items, one, other = drawn
    found = result_of(items, one, other, limit)
    assert result_of(items, other, one, limit) == found, "who sits where makes no difference"
    if any(item.safety and not (one[item.code] and other[item.code]) for item in items):
        assert not found.passed
    if found.percent is not None:
        own = [result_of(items, each, each, limit).percent for each in (one, other)]
        assert found.percent == sum(own, Fraction()) / 2  # type: ignore[arg-type]
        assert 0 <= found.percent <= 100
        assert found.passed == (found.safe and found.percent >= limit)
        assert 0 <= found.percent * 100 - found.hundredths < 1  # type: ignore[operator]


# ---- what learners say of sites --------------------------------------------------------------------------------------


def test_nothing_is_said_of_fewer_than_three() -> None:
    two = [("a", {"x": 5}), ("b", {"x": 1})]
    assert rules.means_of(two) == []
    assert rules.means_of([*two, ("b", {"x": 1})]) == [], "the same learner twice is one"
    (mean,) = rules.means_of([*two, ("c", {"x": 2, "y": 5})])
    assert (mean.code, mean.mean, mean.count) == ("x", Fraction(8, 3), 3)


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.dictionaries(st.sampled_from("xy"), st.integers(1, 5)))))
def test_a_mean_stands_for_three_people_at_least(answers: list[tuple[str, dict[str, int]]]) -> None:
    for mean in rules.means_of(answers):
        assert len({who for who, given_ in answers if mean.code in given_}) == mean.count >= rules.LEAST
        assert 1 <= mean.mean <= 5
