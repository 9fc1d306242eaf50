"""The rules of taking a quiz: scores, pass marks, attempts, order and what may be seen. Pure and exact.

No database, no clock, no float. How one question is graded is the business of its type (`types/`).
"""

import hashlib
import re
import unicodedata
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from .settings import LatePolicy, QuizGate, ScoreKept, Shown
from .wording import plain

T = TypeVar("T")
LARGEST_SEQUENCE = 2**53 - 1
"""The largest whole number that a browser's JSON carries unchanged."""


@dataclass(frozen=True, slots=True)
class Part:
    """One answered question: which share of its points was earned (0 to 1), and how many points it is worth."""

    share: Fraction
    points: int

    @property
    def earned(self) -> Fraction:
        """Points earned, exact."""
        return self.share * self.points


def score(parts: Iterable[Part]) -> Fraction:
    """Give what was earned as a share of all points, in lowest terms. A quiz without points has no score."""
    listed = list(parts)
    possible = sum(part.points for part in listed)
    if possible <= 0:
        raise ValueError("A quiz without points cannot be scored.")
    if any(not 0 <= part.share <= 1 or part.points <= 0 for part in listed):
        raise ValueError("A question earns between nothing and all of its points.")
    return sum((part.earned for part in listed), Fraction(0)) / possible


def passes(share: Fraction, pass_percent: int) -> bool:
    """Say whether a share of all points reaches the pass mark; exactly on the mark passes."""
    return share * 100 >= pass_percent


def hundredths(share: Fraction) -> int:
    """Give a share as percent times 100, cut: what is not reached is never rounded up to."""
    return share.numerator * 10_000 // share.denominator


def cut(value: Fraction, places: int = 2) -> str:
    """Write a number that is not negative with at most so many decimals, cut, without idle zeros: 9/2 is "4.5"."""
    scaled = value.numerator * 10**places // value.denominator
    whole, rest = divmod(scaled, 10**places)
    decimals = f"{rest:0{places}d}".rstrip("0") if places else ""
    return f"{whole}.{decimals}" if decimals else str(whole)


def up(value: Fraction, places: int = 2) -> str:
    """Write a number as `cut` does, but never below it: a mark that one is told to reach must suffice."""
    scaled = -(-value.numerator * 10**places // value.denominator)
    return cut(Fraction(scaled, 10**places), places)


class Refusal(StrEnum):
    """Why no attempt may begin."""

    SEALED = "sealed"
    PASSED = "passed"
    NOT_OPEN_YET = "not_open_yet"
    CLOSED = "closed"
    USED_UP = "used_up"
    EMPTY = "empty"
    CANNOT_DRAW = "cannot_draw"
    MARKING = "marking"
    WAIT = "wait"
    GATES = "gates"


def why_not_start(
    *,
    now: datetime,
    opens_at: datetime | None,
    closes_at: datetime | None,
    used: int,
    allowed: int,
    passed: bool,
    sealed: bool,
    questions: int,
    drawable: bool = True,
    marking: bool = False,
    again_at: datetime | None = None,
    gates_met: bool = True,
) -> Refusal | None:
    """Say why no new attempt may begin, or None. `used` counts attempts that were begun, open or handed in.

    Passing ends the attempts: from then on the key may be seen, so another try would prove nothing. `marking`: an
    earlier attempt waits for its mark, and may pass. `again_at` is when the waiting time after the last one is over.
    """
    if passed:
        return Refusal.PASSED
    if sealed:
        return Refusal.SEALED
    if opens_at is not None and now < opens_at:
        return Refusal.NOT_OPEN_YET
    if closes_at is not None and now >= closes_at:
        return Refusal.CLOSED
    if used >= allowed:
        return Refusal.USED_UP
    if marking:
        return Refusal.MARKING
    if questions == 0:
        return Refusal.EMPTY
    if not drawable:
        return Refusal.CANNOT_DRAW
    if again_at is not None and now < again_at:
        return Refusal.WAIT
    return None if gates_met else Refusal.GATES


def again_at(handed_in: Iterable[datetime], wait_minutes: int) -> datetime | None:
    """Give the moment from which the next attempt may begin, after the last one; None where nothing is waited for."""
    last = max(handed_in, default=None)
    return None if last is None or not wait_minutes else last + timedelta(minutes=wait_minutes)


# ---- time ----


def deadline(closes_at: datetime | None, extra_minutes: int) -> datetime | None:
    """Give the moment from which an attempt that was begun in time takes no more answers; None if never."""
    return None if closes_at is None else closes_at + timedelta(minutes=extra_minutes)


def due_at(
    *, started_at: datetime, limit_minutes: int, closes_at: datetime | None, extra_minutes: int
) -> datetime | None:
    """Give the moment at which an attempt's time is over: its limit or the closing, whichever is earlier; None: never.

    Extra minutes lengthen both. A limit of 0 is none.
    """
    limit = started_at + timedelta(minutes=limit_minutes + extra_minutes) if limit_minutes else None
    return earliest(limit, deadline(closes_at, extra_minutes))


def earliest(*moments: datetime | None) -> datetime | None:
    """Give the earliest of those that are there."""
    return min((moment for moment in moments if moment is not None), default=None)


def is_over(now: datetime, due: datetime | None, grace_seconds: int = 0) -> bool:
    """Say whether an attempt's time is over, and so long after it."""
    return due is not None and now >= due + timedelta(seconds=grace_seconds)


def is_void(*, handed_in_at: datetime, due: datetime | None, grace_seconds: int, policy: LatePolicy) -> bool:
    """Say whether an attempt earns nothing because nobody handed it in before its time was over."""
    return policy is LatePolicy.VOID and is_over(handed_in_at, due, grace_seconds)


# ---- the score that counts ----


@dataclass(frozen=True, slots=True)
class Scored:
    """An attempt that was handed in and marked: its share of all points, and the pass mark that it was told."""

    share: Fraction
    pass_percent: int
    void: bool = False

    @property
    def passed(self) -> bool:
        """Whether it alone reaches its mark; a void one reaches none."""
        return not self.void and passes(self.share, self.pass_percent)


@dataclass(frozen=True, slots=True)
class Kept:
    """The score of several attempts that counts, and whether it passes."""

    share: Fraction
    passed: bool


def kept(scored: Sequence[Scored], how: ScoreKept) -> Kept | None:
    """Give the score that counts of the attempts in their order; None before the first.

    The best passes if one of them passed by its own mark; the last by its own; the average by that of the last.
    """
    if not scored:
        return None
    if how is ScoreKept.BEST:
        return Kept(max(one.share for one in scored), any(one.passed for one in scored))
    if how is ScoreKept.LAST:
        return Kept(scored[-1].share, scored[-1].passed)
    mean = sum((one.share for one in scored), Fraction(0)) / len(scored)
    return Kept(mean, not all(one.void for one in scored) and passes(mean, scored[-1].pass_percent))


# ---- what must have happened before ----


@dataclass(frozen=True, slots=True)
class GateState:
    """A condition, whether it is met, and how many minutes are missing."""

    gate: QuizGate
    met: bool
    missing_minutes: int = 0


def gate_states(
    gates: Iterable[QuizGate], *, minutes: Mapping[str, int], milestones: Container[str]
) -> tuple[GateState, ...]:
    """Say of each condition whether it is met. `minutes` by category with those below it; the empty code is all."""
    states = []
    for gate in gates:
        if gate.kind == "minutes":
            missing = max(gate.minutes - minutes.get(gate.code, 0), 0)
            states.append(GateState(gate, not missing, missing))
        else:
            states.append(GateState(gate, gate.code in milestones))
    return tuple(states)


# ---- what may be seen ----


@dataclass(frozen=True, slots=True)
class Sight:
    """What may be seen of an attempt: points and feedback on what was chosen; the right answers and explanations."""

    feedback: bool
    key: bool


def may_see(
    *,
    submitted: bool,
    passed: bool,
    handed_in: int,
    allowed: int,
    another_open: bool,
    shown: Shown = Shown.AFTER_LAST,
    closed: bool = False,
) -> Sight:
    """Say what the learner may see of one attempt. `submitted`: it was handed in and has its mark.

    Feedback once that is so. The key only when a retake cannot profit from it: no attempt is open and, by what the quiz
    says, some attempt of the assignment passed or all are handed in (`handed_in` of `allowed`); or the quiz has
    `closed` for her, so that she can begin none; or never.
    """
    over = {Shown.AFTER_LAST: passed or handed_in >= allowed, Shown.AFTER_CLOSING: closed, Shown.NEVER: False}[shown]
    return Sight(feedback=submitted, key=submitted and over and not another_open)


# ---- order ----


def order(seed: str, names: Iterable[str]) -> tuple[str, ...]:
    """Shuffle names by a seed: the same seed and names give the same order on any machine and version.

    The order depends on seed and name alone, never on the place in which the names were given, so it says nothing
    about how the author listed them.
    """
    return tuple(sorted(names, key=lambda name: (hashlib.sha256(f"{seed}/{name}".encode()).digest(), name)))


@dataclass(frozen=True, slots=True)
class Placed:
    """A question where its authors put it: its name, its section, and the case that it asks about (empty: none)."""

    name: str
    section: int = 0
    case: str = ""


def arranged(seed: str, asked: Sequence[Placed], *, shuffle: bool) -> tuple[str, ...]:
    """Give the names in the order in which an attempt asks them.

    Sections follow each other as they were written. In each, questions are shuffled or stand as they were written; the
    questions of one case stay together and in their order.
    """
    found: list[str] = []
    for section in dict.fromkeys(one.section for one in asked):
        units: dict[str, list[str]] = {}
        for one in asked:
            if one.section == section:
                units.setdefault(f"case/{one.case}" if one.case else one.name, []).append(one.name)
        keys = order(seed, units) if shuffle else tuple(units)
        found += [name for key in keys for name in units[key]]
    return tuple(found)


def merged(*, shown: T, sent: T, kept: T) -> T | None:
    """Say which answer of a page's form is to be saved, or None for none.

    `shown` is what the page held when it was made, `sent` what it holds now, `kept` what is stored. Only what was
    changed in this page is saved, so a page left open in another tab takes nothing back.
    """
    return sent if sent not in (shown, kept) else None


def split_stem(stem: str) -> tuple[str, str]:
    """Part a question's text into the case and what is asked: the last paragraph asks, those before it tell."""
    case, _gap, ask = stem.strip().replace("\r\n", "\n").rpartition("\n\n")
    return case.strip(), ask.strip()


def unanswered(answers: Sequence[object]) -> tuple[int, ...]:
    """Give the places (from 1) of the questions that have no answer yet."""
    return tuple(place for place, answer in enumerate(answers, 1) if not answer)


def normal(stem: str) -> str:
    """Write a question's text without what a second author would write otherwise: case, accents, marks, spaces.

    Two questions with the same normal form are likely the same question.
    """
    bare = "".join(c for c in unicodedata.normalize("NFKD", plain(stem).casefold()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", bare))


MOST_STEPS = 5
LONGEST_CATEGORY = 200


class BadCategoryError(ValueError):
    """The category has too many steps or is too long."""


def category_path(raw: str) -> str:
    """Write a category as it is kept: "red flags/neck", each step on one line, none empty.

    Refuses (BadCategoryError) more than five steps or 200 signs.
    """
    steps = [step for part in raw.split("/") if (step := " ".join(part.split()))]
    path = "/".join(steps)
    if len(steps) > MOST_STEPS or len(path) > LONGEST_CATEGORY:
        raise BadCategoryError(path)
    return path


def tag_name(raw: str) -> str:
    """Write a tag as it is kept: in small letters, on one line."""
    return " ".join(raw.casefold().split())
