"""The rules of taking a quiz: scores, pass marks, attempts, order and what may be seen. Pure and exact.

No database, no clock, no float. How one question is graded is the business of its type (`types/`).
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

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
) -> Refusal | None:
    """Say why no new attempt may begin, or None. `used` counts attempts that were begun, open or handed in.

    Passing ends the attempts: from then on the key may be seen, so another try would prove nothing.
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
    return Refusal.EMPTY if questions == 0 else None


def deadline(closes_at: datetime | None, extra_minutes: int) -> datetime | None:
    """Give the moment from which an attempt that was begun in time takes no more answers; None if never."""
    return None if closes_at is None else closes_at + timedelta(minutes=extra_minutes)


def is_late(now: datetime, closes_at: datetime | None, extra_minutes: int) -> bool:
    """Say whether answers come too late."""
    last = deadline(closes_at, extra_minutes)
    return last is not None and now >= last


@dataclass(frozen=True, slots=True)
class Sight:
    """What may be seen of an attempt: points and feedback on what was chosen; the right answers and explanations."""

    feedback: bool
    key: bool


def may_see(*, submitted: bool, passed: bool, handed_in: int, allowed: int, another_open: bool) -> Sight:
    """Say what the learner may see of one attempt.

    Feedback once it is handed in. The key only when a retake cannot profit from it: some attempt of the assignment
    passed, or all attempts are handed in (`handed_in` of `allowed`), and no attempt is open.
    """
    no_retake = (passed or handed_in >= allowed) and not another_open
    return Sight(feedback=submitted, key=submitted and no_retake)


def order(seed: str, names: Iterable[str]) -> tuple[str, ...]:
    """Shuffle names by a seed: the same seed and names give the same order on any machine and version.

    The order depends on seed and name alone, never on the place in which the names were given, so it says nothing
    about how the author listed them.
    """
    return tuple(sorted(names, key=lambda name: (hashlib.sha256(f"{seed}/{name}".encode()).digest(), name)))


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
