"""The pure rules of quizzes: grading, score, pass mark, attempts, order, sight and the merging of a page's answers."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.quizzes import rules
from certification.quizzes.rules import Part, Placed, Refusal, Scored
from certification.quizzes.settings import LatePolicy, QuizGate, ScoreKept, Shown
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
        ({"drawable": False}, Refusal.CANNOT_DRAW),
        ({"marking": True}, Refusal.MARKING),
        ({"marking": True, "used": 2}, Refusal.USED_UP),
        ({"again_at": NOW}, None),
        ({"again_at": NOW + MINUTE}, Refusal.WAIT),
        ({"gates_met": False}, Refusal.GATES),
        ({"passed": True, "used": 2, "closes_at": NOW}, Refusal.PASSED),
    ],
)
def test_who_may_start(changes: dict[str, object], refusal: Refusal | None) -> None:
    assert rules.why_not_start(**{**START, **changes}) is refusal  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("closes_at", "extra", "grace", "over"),
    [
        (None, 0, 0, False),
        (NOW, 0, 0, True),
        (NOW, 1, 0, False),
        (NOW - MINUTE, 1, 0, True),
        (NOW + MINUTE, 0, 0, False),
        (NOW, 0, 1, False),
        (NOW - MINUTE, 0, 60, True),
        (NOW - MINUTE, 0, 61, False),
    ],
)
def test_late_answers(closes_at: datetime | None, extra: int, grace: int, over: bool) -> None:
    assert rules.is_over(NOW, rules.deadline(closes_at, extra), grace) is over


@pytest.mark.parametrize(
    ("limit", "closes_at", "extra", "due"),
    [
        (0, None, 0, None),
        (0, None, 30, None),
        (40, None, 0, 40),
        (40, None, 20, 60),
        (0, 30, 0, 30),
        (0, 30, 20, 50),
        (40, 30, 0, 30),
        (40, 50, 0, 40),
        (40, 30, 20, 50),
    ],
)
def test_when_time_is_over(limit: int, closes_at: int | None, extra: int, due: int | None) -> None:
    found = rules.due_at(
        started_at=NOW,
        limit_minutes=limit,
        closes_at=None if closes_at is None else NOW + closes_at * MINUTE,
        extra_minutes=extra,
    )
    assert found == (None if due is None else NOW + due * MINUTE)


@given(st.integers(0, 300), st.one_of(st.none(), st.integers(-10, 300)), st.integers(0, 60), st.integers(0, 60))
def test_more_minutes_never_end_sooner(limit: int, closes: int | None, extra: int, more: int) -> None:
    def due(minutes: int) -> datetime | None:
        at = None if closes is None else NOW + closes * MINUTE
        return rules.due_at(started_at=NOW, limit_minutes=limit, closes_at=at, extra_minutes=minutes)

    before, after = due(extra), due(extra + more)
    if before is None:
        assert after is None
    else:
        assert after == before + more * MINUTE


@pytest.mark.parametrize(
    ("policy", "seconds", "void"),
    [
        (LatePolicy.HAND_IN, 500, False),
        (LatePolicy.VOID, -1, False),
        (LatePolicy.VOID, 0, False),
        (LatePolicy.VOID, 29, False),
        (LatePolicy.VOID, 30, True),
    ],
)
def test_what_nobody_handed_in(policy: LatePolicy, seconds: int, void: bool) -> None:
    at = NOW + timedelta(seconds=seconds)
    assert rules.is_void(handed_in_at=at, due=NOW, grace_seconds=30, policy=policy) is void
    assert not rules.is_void(handed_in_at=at, due=None, grace_seconds=30, policy=policy)


def test_the_waiting_time_counts_from_the_last_one() -> None:
    assert rules.again_at([], 60) is None
    assert rules.again_at([NOW, NOW - MINUTE], 60) == NOW + 60 * MINUTE


HALF, THIRD = Fraction(1, 2), Fraction(1, 3)


@pytest.mark.parametrize(
    ("scored", "how", "share", "passed"),
    [
        ([(HALF, 50), (THIRD, 50)], ScoreKept.BEST, HALF, True),
        ([(HALF, 50), (THIRD, 50)], ScoreKept.LAST, THIRD, False),
        ([(HALF, 50), (THIRD, 50)], ScoreKept.AVERAGE, Fraction(5, 12), False),
        ([(HALF, 75), (Fraction(1), 75)], ScoreKept.AVERAGE, Fraction(3, 4), True),
        ([(THIRD, 34), (THIRD, 33)], ScoreKept.BEST, THIRD, True),
        ([(THIRD, 34), (THIRD, 33)], ScoreKept.AVERAGE, THIRD, True),
        ([(THIRD, 33), (THIRD, 34)], ScoreKept.AVERAGE, THIRD, False),
        ([(THIRD, 33), (THIRD, 34)], ScoreKept.BEST, THIRD, True),
    ],
)
def test_the_score_that_counts(
    scored: list[tuple[Fraction, int]], how: ScoreKept, share: Fraction, passed: bool
) -> None:
    assert rules.kept([Scored(*one) for one in scored], how) == rules.Kept(share, passed)


@pytest.mark.parametrize("how", list(ScoreKept))
def test_what_is_void_never_passes(how: ScoreKept) -> None:
    assert rules.kept([], how) is None
    assert rules.kept([Scored(Fraction(0), 0, void=True)], how) == rules.Kept(Fraction(0), passed=False)


@given(st.lists(st.tuples(st.fractions(0, 1, max_denominator=9), st.integers(0, 100)), min_size=1, max_size=6))
def test_the_average_lies_between_and_the_best_above(given_scores: list[tuple[Fraction, int]]) -> None:
    scored = [Scored(*one) for one in given_scores]
    best, mean = rules.kept(scored, ScoreKept.BEST), rules.kept(scored, ScoreKept.AVERAGE)
    assert best and mean
    assert min(one.share for one in scored) <= mean.share <= best.share
    assert mean.share * len(scored) == sum(one.share for one in scored)


def test_gates_say_what_is_missing() -> None:
    gates = (
        QuizGate("minutes", "", 600),
        QuizGate("minutes", "mfr", 100),
        QuizGate("minutes", "nmt", 50),
        QuizGate("milestone", "lesson:A"),
        QuizGate("milestone", "lesson:B"),
    )
    states = rules.gate_states(gates, minutes={"": 600, "mfr": 99}, milestones={"lesson:A"})
    assert [(state.met, state.missing_minutes) for state in states] == [
        (True, 0), (False, 1), (False, 50), (True, 0), (False, 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("shown", "passed", "handed_in", "closed", "another_open", "key"),
    [
        (Shown.AFTER_CLOSING, True, 1, False, False, False),
        (Shown.AFTER_CLOSING, False, 2, False, False, False),
        (Shown.AFTER_CLOSING, False, 1, True, False, True),
        (Shown.AFTER_CLOSING, True, 1, True, True, False),
        (Shown.AFTER_LAST, False, 1, True, False, False),
        (Shown.AFTER_LAST, False, 2, False, False, True),
        (Shown.NEVER, True, 2, True, False, False),
    ],
)
def test_when_the_key_is_shown(
    shown: Shown, passed: bool, handed_in: int, closed: bool, another_open: bool, key: bool
) -> None:
    say = {"passed": passed, "handed_in": handed_in, "allowed": 2, "another_open": another_open, "closed": closed}
    assert rules.may_see(submitted=True, shown=shown, **say).key is key  # type: ignore[arg-type]
    assert not rules.may_see(submitted=False, shown=shown, **say).key  # type: ignore[arg-type]


placed = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["", "", "x", "y"])), min_size=1, max_size=12).map(
    lambda rows: [Placed(f"q{place}", section, case) for place, (section, case) in enumerate(rows)]
)


@given(placed, st.booleans(), st.text(max_size=5))
def test_an_attempts_order_keeps_sections_and_cases_together(asked: list[Placed], shuffle: bool, seed: str) -> None:
    found = rules.arranged(seed, asked, shuffle=shuffle)
    by_name = {one.name: one for one in asked}
    assert sorted(found) == sorted(by_name)
    sections = [by_name[name].section for name in found]
    assert list(dict.fromkeys(sections)) == list(dict.fromkeys(one.section for one in asked))
    runs = [(by_name[name].section, by_name[name].case) for name in found]
    for section, case in set(runs):
        own = [name for name in found if by_name[name].section == section]
        if case:
            hers = [name for name in own if by_name[name].case == case]
            begin = own.index(hers[0])
            assert own[begin : begin + len(hers)] == hers
            assert hers == [one.name for one in asked if (one.section, one.case) == (section, case)]
        assert sections == sorted(sections, key=sections.index)


def test_without_shuffling_questions_stand_as_they_were_written() -> None:
    asked = [Placed("a"), Placed("b", case="x"), Placed("c"), Placed("d", case="x"), Placed("e", 1)]
    assert rules.arranged("seed", asked, shuffle=False) == ("a", "b", "d", "c", "e")
    firsts = {rules.arranged(str(seed), asked, shuffle=True)[0] for seed in range(60)}
    assert firsts == {"a", "b", "c"}


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
