"""When a lesson opens and what finishing it takes: the catalog's pure rules."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.catalog.rules import (
    WAIVABLE,
    Done,
    Exemption,
    Gate,
    Node,
    Release,
    Requirement,
    Standing,
    gates_from,
    lacks,
    never_open,
    waits,
)
from tests.effort import examples

DAY = date(2026, 3, 2)
EMPTY = Standing(today=DAY, started_on=DAY)


@pytest.mark.parametrize(
    ("release", "standing", "expected"),
    [
        (Release(), EMPTY, []),
        (Release(on=DAY), EMPTY, []),
        (Release(on=DAY + timedelta(days=1)), EMPTY, [("day", DAY + timedelta(days=1))]),
        (Release(after_days=0), EMPTY, []),
        (Release(after_days=7), EMPTY, [("day", DAY + timedelta(days=7))]),
        (Release(after_days=7), Standing(today=DAY + timedelta(days=7), started_on=DAY), []),
        # Both days hold: the later one is said.
        (Release(on=DAY + timedelta(days=9), after_days=7), EMPTY, [("day", DAY + timedelta(days=9))]),
        (Release(on=DAY, after_days=7), EMPTY, [("day", DAY + timedelta(days=7))]),
    ],
)
def test_days(release: Release, standing: Standing, expected: list) -> None:
    assert [(wait.kind, wait.on) for wait in waits(release, standing)] == expected


@pytest.mark.parametrize(
    ("gate", "milestones", "minutes", "left"),
    [
        (Gate("lesson", "A-1"), set(), {}, 1),
        (Gate("lesson", "A-1"), {"lesson:A-1"}, {}, 0),
        (Gate("lesson", "A-1"), {"lesson:A-10", "quiz:A-1"}, {}, 1),
        (Gate("quiz", "A"), {"quiz:A"}, {}, 0),
        (Gate("quiz", "A"), {"lesson:A"}, {}, 1),
        (Gate("module", "A"), {"lesson:A-1"}, {}, 1),
        (Gate("module", "A"), {"lesson:A-1", "lesson:A-2"}, {}, 0),
        (Gate("module", "B"), set(), {}, 0),  # holds no lesson that could be finished
        (Gate("minutes", "", 60), set(), {"": 59}, 1),
        (Gate("minutes", "", 60), set(), {"": 60}, 0),
        (Gate("minutes", "mfr", 60), set(), {"": 600, "mfr": 20}, 40),
        (Gate("minutes", "nmt", 60), set(), {"": 600}, 60),
        (Gate("milestone", "check-off:palpation"), set(), {}, 1),
        (Gate("milestone", "check-off:palpation"), {"check-off:palpation"}, {}, 0),
    ],
)
def test_gates(gate: Gate, milestones: set, minutes: dict, left: int) -> None:
    standing = Standing(DAY, DAY, frozenset(milestones), minutes, {"A": ("A-1", "A-2")})
    found = waits(Release(gates=(gate,)), standing)
    assert [(wait.kind, wait.gate, wait.left) for wait in found] == ([("gate", gate, left)] if left else [])


def test_an_exemption_moves_the_day_or_opens_all() -> None:
    release = Release(on=DAY + timedelta(days=30), gates=(Gate("quiz", "A"),))
    own_day = waits(release, EMPTY, Exemption(opens_on=DAY))
    assert [wait.kind for wait in own_day] == ["gate"], "another day is no way through the gate"
    assert waits(release, EMPTY, Exemption(opens_on=DAY + timedelta(days=2)))[0].on == DAY + timedelta(days=2)
    assert waits(release, EMPTY, Exemption(opens_now=True)) == ()


@pytest.mark.parametrize(
    "data", [{"kind": "moon", "code": "x"}, {"kind": "lesson"}, {"kind": "minutes", "minutes": 0}, {}]
)
def test_what_is_no_gate_is_refused(data: dict) -> None:
    with pytest.raises(ValueError, match="no gate"):
        gates_from([data])


CODES = st.sampled_from(["A-1", "A-2", "B-1", "B-2", "C-1"])
GATES = st.one_of(
    st.builds(Gate, st.just("lesson"), CODES),
    st.builds(Gate, st.just("module"), st.sampled_from("ABC")),
    st.builds(Gate, st.just("quiz"), st.sampled_from("ABC")),
    st.builds(Gate, st.just("minutes"), st.sampled_from(["", "mfr"]), st.integers(1, 90)),
)


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(GATES, max_size=6))
def test_gates_come_back_as_they_were_stored(gates: list[Gate]) -> None:
    assert gates_from([gate.as_data() for gate in gates]) == tuple(gates)


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(GATES, max_size=4), st.sets(CODES), st.integers(0, 90), st.sets(CODES), st.integers(0, 90))
def test_more_on_the_record_never_closes_a_lesson(
    gates: list[Gate], done: set[str], minutes: int, more: set[str], more_minutes: int
) -> None:
    lessons = {"A": ("A-1", "A-2"), "B": ("B-1", "B-2"), "C": ("C-1",)}
    release = Release(gates=tuple(gates))

    def standing(codes: set[str], total: int) -> Standing:
        return Standing(DAY, DAY, frozenset(f"lesson:{code}" for code in codes), {"": total, "mfr": total}, lessons)

    before = waits(release, standing(done, minutes))
    after = waits(release, standing(done | more, minutes + more_minutes))
    assert {wait.gate for wait in after} <= {wait.gate for wait in before}


@pytest.mark.parametrize(
    ("requirement", "done", "expected"),
    [
        (Requirement(), Done(), []),
        (Requirement(minutes=20), Done(minutes=19), [("minutes", 1)]),
        (Requirement(minutes=20), Done(minutes=20), []),
        (Requirement(self_checks=True), Done(self_checks=1, self_checks_of=3), [("self_checks", 2)]),
        (Requirement(self_checks=True), Done(), []),  # the words hold none
        (Requirement(quiz_percent=80), Done(), [("quiz", 80)]),
        (Requirement(quiz_percent=80), Done(quiz_hundredths=7999), [("quiz", 80)]),
        (Requirement(quiz_percent=80), Done(quiz_hundredths=8000), []),
        (Requirement(mark=True), Done(), [("mark", 1)]),
        (Requirement(mark=True), Done(marked=True), []),
        (Requirement(5, True, 60, True), Done(self_checks_of=1), [("minutes", 5), ("self_checks", 1), ("quiz", 60), ("mark", 1)]),
    ],
)  # fmt: skip
def test_requirements(requirement: Requirement, done: Done, expected: list) -> None:
    assert [(lack.kind, lack.left) for lack in lacks(requirement, done)] == expected


@pytest.mark.parametrize("waived", WAIVABLE)
def test_each_requirement_can_be_waived_alone(waived: str) -> None:
    all_of_them = Requirement(5, self_checks=True, quiz_percent=60, mark=True)
    found = lacks(all_of_them, Done(self_checks_of=1), Exemption(waives=frozenset({waived})))
    assert [lack.kind for lack in found] == [kind for kind in WAIVABLE if kind != waived]


def test_lessons_that_wait_for_each_other_never_open() -> None:
    lessons = [
        Node("A-1", "A"),
        Node("A-2", "A", (Gate("lesson", "A-1"),)),
        Node("B-1", "B", (Gate("module", "A"),)),
        Node("C-1", "C", (Gate("lesson", "C-2"),)),
        Node("C-2", "C", (Gate("lesson", "C-1"),)),
        Node("D-1", "D", (Gate("module", "C"),)),
        Node("E-1", "E", (Gate("lesson", "E-1"),)),
        Node("F-1", "F", (Gate("quiz", "F"), Gate("minutes", "", 9), Gate("milestone", "x"))),
    ]
    assert never_open(lessons) == ("C-1", "C-2", "D-1", "E-1")


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(st.lists(GATES, max_size=2), min_size=5, max_size=5))
def test_what_can_open_opens_by_studying_alone(gates: list[list[Gate]]) -> None:
    codes = ["A-1", "A-2", "B-1", "B-2", "C-1"]
    nodes = [Node(code, code[0], tuple(own)) for code, own in zip(codes, gates, strict=True)]
    lessons = {"A": ("A-1", "A-2"), "B": ("B-1", "B-2"), "C": ("C-1",)}
    facts = {f"quiz:{module}" for module in "ABC"}
    for _round in codes:
        standing = Standing(DAY, DAY, frozenset(facts), {"": 90, "mfr": 90}, lessons)
        facts |= {f"lesson:{node.code}" for node in nodes if not waits(Release(gates=node.gates), standing)}
    unfinished = sorted(code for code in codes if f"lesson:{code}" not in facts)
    assert tuple(unfinished) == never_open(nodes)
