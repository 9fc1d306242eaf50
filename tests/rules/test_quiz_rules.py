"""The pure rules of quizzes: grading, score, pass mark, attempts, order, sight and the merging of a page's answers."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.quizzes import rules
from certification.quizzes.rules import Part, Refusal
from certification.quizzes.types import KINDS, BadAnswerError, BadQuestionError, Choice, Choices

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def listed(*marks: bool) -> tuple[Choice, ...]:
    return tuple(Choice(f"k{place}", f"choice {place}", mark) for place, mark in enumerate(marks))


def made(*marks: bool) -> Choices:
    return Choices(listed(*marks))


@pytest.mark.parametrize(
    ("chosen", "share"),
    [([], 0), (["k0"], 1), (["k1"], 0), (["k2"], 0)],
)
def test_single_is_all_or_nothing(chosen: list[str], share: int) -> None:
    assert KINDS["single"].share(chosen, made(True, False, False)) == share


@pytest.mark.parametrize(
    ("chosen", "share"),
    [
        ([], Fraction(0)),
        (["k0"], Fraction(1, 3)),
        (["k0", "k1"], Fraction(2, 3)),
        (["k0", "k1", "k2"], Fraction(1)),
        (["k0", "k1", "k2", "k3"], Fraction(2, 3)),
        (["k0", "k3"], Fraction(0)),
        (["k0", "k3", "k4"], Fraction(0)),  # below zero is zero
        (["k3", "k4"], Fraction(0)),
        (["k0", "k1", "k2", "k3", "k4"], Fraction(1, 3)),
    ],
)
def test_multiple_takes_wrong_from_right(chosen: list[str], share: Fraction) -> None:
    assert KINDS["multiple"].share(chosen, made(True, True, True, False, False)) == share


marks = st.lists(st.booleans(), min_size=2, max_size=8).filter(lambda given: 0 < sum(given) < len(given))


@given(marks, st.data())
def test_multiple_stays_within_bounds_and_a_wrong_choice_never_helps(
    given_marks: list[bool], data: st.DataObject
) -> None:
    asked = made(*given_marks)
    choices = asked.choices
    chosen = data.draw(st.lists(st.sampled_from([choice.key for choice in choices]), unique=True))
    share = KINDS["multiple"].share(chosen, asked)
    assert 0 <= share <= 1
    assert (share == 1) == ({c.key for c in choices if c.correct} == set(chosen))
    for choice in choices:
        if choice.key not in chosen:
            more = KINDS["multiple"].share([*chosen, choice.key], asked)
            assert more >= share if choice.correct else more <= share


@pytest.mark.parametrize(
    ("kind", "marks_given"),
    [
        ("single", (True,)),
        ("single", (False, False)),
        ("single", (True, True)),
        ("multiple", (True, True)),
        ("multiple", (False, False)),
        ("multiple", ()),
    ],
)
def test_a_kind_refuses_choices_that_it_cannot_ask(kind: str, marks_given: tuple[bool, ...]) -> None:
    with pytest.raises(BadQuestionError):
        KINDS[kind].parse(listed(*marks_given), {})


@pytest.mark.parametrize(
    ("kind", "raw", "read"),
    [
        ("single", "k1", ["k1"]),
        ("single", ["k1"], ["k1"]),
        ("single", None, []),
        ("single", [], []),
        ("single", "", []),
        ("multiple", ["k2", "k0", "k2"], ["k0", "k2"]),
        ("multiple", "k0", ["k0"]),
    ],
)
def test_reading_an_answer(kind: str, raw: object, read: list[str]) -> None:
    assert KINDS[kind].read(raw, made(True, False, False)) == read


@pytest.mark.parametrize("kind", ["single", "multiple"])
@pytest.mark.parametrize("raw", ["nope", ["nope"], ["k0", 1], [["k0"]], {"k0": True}, 7, True, 1.5, ["k0", None]])
def test_what_is_no_answer_is_refused(kind: str, raw: object) -> None:
    with pytest.raises(BadAnswerError):
        KINDS[kind].read(raw, made(True, False, False))


def test_single_refuses_two_answers() -> None:
    with pytest.raises(BadAnswerError):
        KINDS["single"].read(["k0", "k1"], made(True, False, False))


def test_score_is_the_exact_share_of_all_points() -> None:
    assert rules.score([Part(Fraction(1), 1), Part(Fraction(1, 3), 2)]) == Fraction(5, 9)


@pytest.mark.parametrize("parts", [[], [Part(Fraction(2), 1)], [Part(Fraction(-1), 1)], [Part(Fraction(1), 0)]])
def test_score_refuses_what_cannot_be(parts: list[Part]) -> None:
    with pytest.raises(ValueError):
        rules.score(parts)


parts_drawn = st.lists(
    st.builds(Part, st.fractions(0, 1, max_denominator=12), st.integers(1, 20)), min_size=1, max_size=12
)


@given(parts_drawn)
def test_score_lies_between_none_and_all_in_any_order(parts: list[Part]) -> None:
    score = rules.score(parts)
    assert 0 <= score <= 1
    assert score == rules.score(list(reversed(parts)))
    assert score * sum(part.points for part in parts) == sum(part.earned for part in parts)


@pytest.mark.parametrize(
    ("share", "mark", "passes"),
    [
        (Fraction(3, 4), 75, True),
        (Fraction(2, 3), 67, False),  # 66.67 rounded would pass
        (Fraction(67, 100), 67, True),
        (Fraction(7499999999, 10000000000), 75, False),
        (Fraction(0), 0, True),
        (Fraction(1), 100, True),
        (Fraction(99, 100), 100, False),
    ],
)
def test_the_pass_mark_is_compared_exactly(share: Fraction, mark: int, passes: bool) -> None:
    assert rules.passes(share, mark) is passes


@given(st.fractions(0, 1, max_denominator=10**9))
def test_hundredths_are_cut_never_rounded_up(share: Fraction) -> None:
    assert 0 <= share - Fraction(rules.hundredths(share), 10_000) < Fraction(1, 10_000)


@pytest.mark.parametrize(
    ("value", "cut", "up"),
    [
        (Fraction(9, 2), "4.5", "4.5"),
        (Fraction(2, 3), "0.66", "0.67"),
        (Fraction(5), "5", "5"),
        (Fraction(1, 100), "0.01", "0.01"),
    ],
)
def test_numbers_on_screen(value: Fraction, cut: str, up: str) -> None:
    assert (rules.cut(value), rules.up(value)) == (cut, up)


START = {
    "now": NOW, "opens_at": None, "closes_at": None, "used": 0, "allowed": 2, "passed": False, "sealed": False,
    "questions": 6,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({}, None),
        ({"used": 1}, None),
        ({"used": 2}, Refusal.USED_UP),
        ({"used": 3}, Refusal.USED_UP),
        ({"allowed": 0}, Refusal.USED_UP),
        ({"opens_at": NOW}, None),
        ({"opens_at": NOW + MINUTE}, Refusal.NOT_OPEN_YET),
        ({"closes_at": NOW + MINUTE}, None),
        ({"closes_at": NOW}, Refusal.CLOSED),
        ({"passed": True}, Refusal.PASSED),
        ({"sealed": True}, Refusal.SEALED),
        ({"questions": 0}, Refusal.EMPTY),
        ({"passed": True, "used": 2, "closes_at": NOW}, Refusal.PASSED),
    ],
)
def test_who_may_start(changes: dict[str, object], refusal: Refusal | None) -> None:
    assert rules.why_not_start(**{**START, **changes}) is refusal  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("closes_at", "extra", "late"),
    [(None, 0, False), (NOW, 0, True), (NOW, 1, False), (NOW - MINUTE, 1, True), (NOW + MINUTE, 0, False)],
)
def test_late_answers(closes_at: datetime | None, extra: int, late: bool) -> None:
    assert rules.is_late(NOW, closes_at, extra) is late


@pytest.mark.parametrize(
    ("submitted", "passed", "handed_in", "allowed", "another_open", "feedback", "key"),
    [
        (False, False, 0, 2, True, False, False),
        (True, False, 1, 2, False, True, False),
        (True, False, 1, 2, True, True, False),
        (True, False, 2, 2, False, True, True),
        (True, True, 1, 2, False, True, True),
        (True, False, 1, 1, True, True, False),  # attempts taken back while one is open: still nothing
        (False, True, 1, 2, False, False, False),
    ],
)
def test_what_may_be_seen(
    submitted: bool, passed: bool, handed_in: int, allowed: int, another_open: bool, feedback: bool, key: bool
) -> None:
    sight = rules.may_see(
        submitted=submitted, passed=passed, handed_in=handed_in, allowed=allowed, another_open=another_open
    )
    assert (sight.feedback, sight.key) == (feedback, key)


names = st.lists(st.text(min_size=1, max_size=8), unique=True, min_size=1, max_size=12)


@given(st.text(max_size=20), names)
def test_order_is_a_shuffle_that_forgets_how_it_was_given(seed: str, given_names: list[str]) -> None:
    shuffled = rules.order(seed, given_names)
    assert sorted(shuffled) == sorted(given_names)
    assert shuffled == rules.order(seed, reversed(given_names))


def test_order_depends_on_the_seed_and_is_the_same_on_every_machine() -> None:
    assert rules.order("seed", ["a", "b", "c", "d"]) == ("b", "a", "c", "d")
    firsts = {rules.order(str(seed), ["a", "b", "c", "d"])[0] for seed in range(100)}
    assert firsts == {"a", "b", "c", "d"}


@pytest.mark.parametrize(
    ("shown", "sent", "kept", "saved"),
    [
        ([], ["a"], [], ["a"]),  # chosen here
        (["a"], ["a"], ["b"], None),  # another window chose b since: this page takes nothing back
        (["a"], ["c"], ["b"], ["c"]),  # both changed: what is sent now is the newest
        (["a"], [], ["a"], []),  # unticked here
        (["a"], ["b"], ["b"], None),  # already kept
    ],
)
def test_a_page_saves_only_what_was_changed_in_it(
    shown: list[str], sent: list[str], kept: list[str], saved: list[str] | None
) -> None:
    assert rules.merged(shown=shown, sent=sent, kept=kept) == saved


def test_the_last_paragraph_asks() -> None:
    assert rules.split_stem("Case.\r\n\r\nMore.\n\nWhat now?") == ("Case.\n\nMore.", "What now?")
    assert rules.split_stem("What now?") == ("", "What now?")


def test_empty_questions_are_named_by_place() -> None:
    assert rules.unanswered([["a"], [], ["b"], []]) == (2, 4)
