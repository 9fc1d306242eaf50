"""Hours of one rule set under the categories of another, and which version of a rule set applies."""

import datetime as dt
from dataclasses import replace

import pytest

from certification.requirements import rules
from certification.requirements.rules import Crossing
from tests.rules.making import day, entry, spec

SOURCE = spec("categories: [{code: a, children: [{code: a1}, {code: a2}]}, {code: b}, {code: c}]")


def _crossed(
    *crossings: Crossing, rows: list[rules.Entry]
) -> tuple[list[tuple[int, str, tuple[str, ...]]], dict[str, int]]:
    crossed = rules.cross(rows, crossings, spec=SOURCE)
    told = [(row, there.category, there.tags) for row, there in zip(crossed.rows, crossed.entries, strict=True)]
    return told, dict(crossed.unplaced)


def test_the_nearest_word_holds() -> None:
    rows = [
        entry(10, "a1", course="X@1"),
        entry(20, "a1"),
        entry(30, "a2"),
        entry(40, "a", course="X@1"),
        entry(50, "b"),
        entry(60, "elective"),
    ]
    told, unplaced = _crossed(
        Crossing("a", "theory"),
        Crossing("a1", "anatomy", tags=("hands_on",)),
        Crossing("a1", "ethics", course="X@1"),
        Crossing("c", "nowhere"),
        rows=rows,
    )
    assert told == [(1, "ethics", ()), (2, "anatomy", ("hands_on",)), (3, "theory", ()), (4, "theory", ())]
    assert unplaced == {"b": 50, "elective": 60}


def test_a_course_of_the_parent_is_nearer_than_the_parent_alone_and_farther_than_the_child() -> None:
    rows = [entry(10, "a1", course="X@1"), entry(10, "a2", course="X@1")]
    told, _ = _crossed(
        Crossing("a", "parent"), Crossing("a", "course", course="X@1"), Crossing("a1", "child"), rows=rows
    )
    assert [to for _row, to, _tags in told] == ["child", "course"]


def test_tags_join_those_that_are_there_and_nothing_else_changes() -> None:
    row = entry(10, "a", tags=("x", "y"), start="09:00", end="10:00", school="S", course="X")
    crossed = rules.cross([row], [Crossing("a", "z", tags=("y", "w")), Crossing("elective", "z")], spec=SOURCE)
    assert crossed.entries == (
        rules.Entry(
            date=row.date, minutes=10, category="z", spans=row.spans, tags=("x", "y", "w"), school="S", course="X"
        ),
    )
    assert crossed.unplaced == ()


def test_electives_are_placed_only_by_name() -> None:
    told, unplaced = _crossed(Crossing("elective", "free"), rows=[entry(5, "elective"), entry(5, "b")])
    assert told == [(1, "free", ())]
    assert unplaced == {"b": 5}


def test_what_nobody_placed_is_summed_by_category() -> None:
    rows = [entry(5, "b"), entry(7, "c"), entry(11, "b")]
    crossed = rules.cross(rows, [], spec=SOURCE)
    assert crossed.unplaced == (("b", 16), ("c", 7))


def _version(
    number: int, axis: str = "program_start", start: str | None = None, end: str | None = None
) -> rules.RuleSetSpec:
    window = (f"valid_from: {start}\n" if start else "") + (f"valid_to: {end}\n" if end else "")
    text = spec(window, applies_by=axis)
    return replace(text, version=number)


OLD = _version(1, end="2021-08-31")
NEW = _version(2, start="2021-09-01")


@pytest.mark.parametrize(
    ("start", "version"),
    [("2021-08-31", 1), ("2021-09-01", 2), ("2015-01-01", 1), (None, 2)],
)
def test_the_programs_start_picks_the_version_not_the_graduation(start: str | None, version: int) -> None:
    context = rules.Context(program_start=day(start) if start else None, completed_on=day("2026-01-01"))
    for versions in ([OLD, NEW], [NEW, OLD]):
        found = rules.in_force(versions, context=context, as_of=day("2026-11-01"))
        assert found is not None
        assert found.version == version


def test_of_versions_in_force_the_highest_of_none_the_highest_at_all() -> None:
    day_ = dt.date(2026, 1, 1)
    first, second = _version(1), _version(2)
    assert rules.in_force([second, first], context=rules.Context(), as_of=day_) is second
    assert rules.in_force([OLD], context=rules.Context(), as_of=day_) is OLD
    assert rules.in_force([], context=rules.Context(), as_of=day_) is None


@pytest.mark.parametrize(
    ("axis", "known"),
    [("enrolment", "enrolled_on"), ("application", "applied_on"), ("program_start", "program_start")],
)
def test_each_version_looks_at_its_own_axis(axis: str, known: str) -> None:
    versions = [_version(1, axis, end="2025-12-31"), _version(2, axis, start="2026-01-01")]
    others = {name: day("2026-06-01") for name in ("enrolled_on", "applied_on", "program_start", "completed_on")}
    context = rules.Context(**{**others, known: day("2025-06-01")})
    found = rules.in_force(versions, context=context, as_of=day("2026-06-01"))
    assert found is versions[0]
    by_session = [_version(1, "session", end="2025-12-31"), _version(2, "session", start="2026-01-01")]
    assert rules.in_force(by_session, context=context, as_of=day("2026-06-01")) is by_session[1]
