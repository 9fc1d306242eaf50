"""The rules of the instructor's board: when a learner is stuck, what numbers say of a lesson, what a text may hold. Pure.

No database, no clock, no float. Each number here is stated on the page that uses it.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

# ---- who is stuck ----

OPENED_DAYS = 3
"""A lesson opened on so many days and not finished keeps its learner."""
FAILED_ATTEMPTS = 2
"""So many failed attempts at one quiz, and none passed."""
SILENT_DAYS = 7
"""So many days without a sign of study."""

LESSON, QUIZ, SILENT = "lesson", "quiz", "silent"


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of one learner: her hardest lesson, her worst open quiz, her silence."""

    opened_days: int = 0
    """Most days on which one unfinished lesson was opened."""
    failed: int = 0
    """Most failed attempts at one quiz that she has not passed."""
    silent_days: int = 0
    paused: bool = False
    done: bool = False
    """Nothing is left that she could do: all lessons that can be read are finished, all quizzes passed."""


def stuck(seen: Seen) -> tuple[str, ...]:
    """Why a learner is stuck, most telling first; empty where she is not. Who is paused or done is never stuck."""
    if seen.paused or seen.done:
        return ()
    reasons = (
        (LESSON, seen.opened_days >= OPENED_DAYS),
        (QUIZ, seen.failed >= FAILED_ATTEMPTS),
        (SILENT, seen.silent_days >= SILENT_DAYS),
    )
    return tuple(name for name, holds in reasons if holds)


# ---- what numbers say of a lesson ----

SMALL_GROUP = 5
"""Of fewer learners only counts are shown: minutes and answers of a small group tell of persons."""
STEPS = 10
"""Parts into which a lesson is cut to show where learners stopped."""


def quantile(histogram: Mapping[int, int], share: Fraction) -> int | None:
    """The smallest value that at least `share` of all have, from how many have each value; None of nothing.

    With `share` 1/2 it is the lower median: a value that somebody really has.
    """
    total = sum(histogram.values())
    if not total:
        return None
    below = 0
    for value in sorted(histogram):
        below += histogram[value]
        if below >= share * total:
            return value
    return None


@dataclass(frozen=True, slots=True)
class Quartiles:
    """Lower quartile, median and upper quartile, in whole minutes."""

    low: int
    middle: int
    high: int


def quartiles(histogram: Mapping[int, int]) -> Quartiles | None:
    """The quartiles of a group that is large enough to be shown; None of a small one."""
    if sum(histogram.values()) < SMALL_GROUP:
        return None
    low, middle, high = (quantile(histogram, Fraction(part, 4)) for part in (1, 2, 3))
    if low is None or middle is None or high is None:
        return None
    return Quartiles(low, middle, high)


QUICK, SLOW, LOST, BLURRED = "quick", "slow", "lost", "blurred"


def flags(
    *,
    planned: int,
    spent: Quartiles | None,
    opened: int,
    stopped: Sequence[int],
    checks: Iterable[tuple[int, int]],
) -> tuple[str, ...]:
    """What asks for a look at a lesson.

    `planned` and `spent` in minutes; `stopped` is how many unfinished learners stand in each of the STEPS parts;
    `checks` are (right at first, answered) of each self-check. `quick`: half of those who finished needed less than half
    of the planned minutes. `slow`: half needed all of them. `lost`: a third or more of those who opened it stopped in
    its first half. `blurred`: fewer than half were right at first in some self-check. A small group raises none.
    """
    found = []
    if spent is not None and planned:
        if 2 * spent.middle < planned:
            found.append(QUICK)
        elif spent.middle >= planned:
            found.append(SLOW)
    if opened >= SMALL_GROUP and sum(stopped) >= SMALL_GROUP and 3 * sum(stopped[: len(stopped) // 2]) >= opened:
        found.append(LOST)
    if any(answered >= SMALL_GROUP and 2 * right < answered for right, answered in checks):
        found.append(BLURRED)
    return tuple(found)


# ---- texts that people write to each other ----

TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn the direction of what follows, so that a text reads otherwise than it is written."""


def is_odd(text: str) -> bool:
    """Whether a text holds signs that no keyboard writes: control characters but line breaks and tabs, turned direction."""
    return any(sign in TURNING or (sign not in "\n\t" and unicodedata.category(sign) in {"Cc", "Cs"}) for sign in text)


def tidied(text: str) -> str:
    """Line breaks as \\n, no space at the ends of lines, at most one empty line in a row."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip()
