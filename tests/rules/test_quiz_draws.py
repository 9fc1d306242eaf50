"""Drawing questions: exactly the count, cases whole, none twice, the same everywhere, and everything has its chance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.quizzes.draws import Candidate, CannotDrawError, Pool, drawable, drawn, reachable


def pool(count: int, *names: str) -> Pool:
    """`name` stands alone, `name@case` comes with a case."""
    parts = [name.partition("@") for name in names]
    return Pool(tuple(Candidate(name, case) for name, _at, case in parts), count)


@pytest.mark.parametrize(
    ("pools", "can"),
    [
        ([], True),
        ([pool(2, "a", "b")], True),
        ([pool(3, "a", "b")], False),
        ([pool(2, "a@x", "b@x", "c@y", "d@y")], True),
        ([pool(3, "a@x", "b@x", "c@y", "d@y")], False),
        ([pool(3, "a@x", "b@x", "c@y", "d@y", "e")], True),
        ([pool(1, "a", "b"), pool(1, "b")], True),
        ([pool(2, "a", "b"), pool(1, "b")], False),
        # Three draws in a ring: each shares a question with the next.
        ([pool(1, "a", "b"), pool(1, "b", "c"), pool(1, "c", "a")], True),
        ([pool(1, "a", "b"), pool(2, "b", "c"), pool(1, "c", "a")], False),
        # The first may have the case only if the second, which needs its question, may not.
        ([pool(2, "a@x", "b@x", "c", "d"), pool(1, "b@x")], True),
        ([pool(2, "a@x", "b@x", "c"), pool(1, "b@x")], False),
        # Two draws part a case between them.
        ([pool(1, "a@x"), pool(1, "b@x")], True),
    ],
)
def test_what_can_be_drawn(pools: list[Pool], can: bool) -> None:
    assert drawable(pools) is can
    if can:
        assert [len(names) for names in drawn("seed", pools)] == [each.count for each in pools]
    else:
        with pytest.raises(CannotDrawError):
            drawn("seed", pools)


def test_what_a_pool_with_cases_adds_up_to() -> None:
    assert reachable(pool(1, "a@x", "b@x", "c@y", "d@y", "e@y")) == {0, 2, 3, 5}


def test_a_draw_is_the_same_on_every_machine_and_forgets_how_its_pool_was_given() -> None:
    names = "a", "b", "c@x", "d@x", "e", "f"
    assert drawn("seed", [pool(3, *names)]) == [("a", "b", "f")]
    assert drawn("seed", [pool(3, *reversed(names))]) == [("f", "b", "a")]


def test_every_question_comes_up() -> None:
    pools = [pool(3, "a", "b", "c@x", "d@x", "e"), pool(1, "a", "f")]
    seen = [drawn(str(seed), pools) for seed in range(200)]
    assert {name for first, _second in seen for name in first} == set("abcde")
    assert {name for _first, second in seen for name in second} == {"a", "f"}


names = st.lists(st.integers(0, 11), unique=True, max_size=9)
some_pools = st.lists(st.tuples(names, st.integers(1, 4)), min_size=1, max_size=4)


@given(some_pools, st.lists(st.sampled_from(["", "", "x", "y", "z"]), min_size=12, max_size=12), st.text(max_size=5))
def test_the_laws_of_drawing(given_pools: list[tuple[list[int], int]], cases: list[str], seed: str) -> None:
    pools = [
        Pool(tuple(Candidate(f"q{number}", cases[number]) for number in numbers), count)
        for numbers, count in given_pools
    ]
    if not drawable(pools):
        assert not _searched(pools)
        return
    found = drawn(seed, pools)
    assert found == drawn(seed, pools)
    assert [len(own) for own in found] == [each.count for each in pools]
    everything = [name for own in found for name in own]
    assert len(set(everything)) == len(everything)
    for own, each in zip(found, pools, strict=True):
        assert set(own) <= {one.name for one in each.candidates}
        taken_cases = {one.case for one in each.candidates if one.name in own and one.case}
        assert {one.name for one in each.candidates if one.case in taken_cases} <= set(own)


def _searched(pools: list[Pool], gone: frozenset[str] = frozenset()) -> bool:
    """The same question, answered by trying everything."""
    if not pools:
        return True
    first, rest = pools[0], pools[1:]
    units: dict[str, set[str]] = {}
    for one in first.candidates:
        units.setdefault(one.case or one.name, set()).add(one.name)
    free = [unit for unit in units.values() if not unit & gone]
    for mask in range(1 << len(free)):
        some = [unit for place, unit in enumerate(free) if mask >> place & 1]
        if sum(map(len, some)) == first.count and _searched(rest, gone.union(*some)):
            return True
    return False
