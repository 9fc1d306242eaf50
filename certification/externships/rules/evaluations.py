"""Means of evaluations, said only where they tell of nobody. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from .registers import meet
from .shifts import Window

LEAST = 3
"""Of fewer learners than these nothing is said."""
MARKS = range(1, 6)
LOOKS_BACK = timedelta(days=14)
"""So long after her last day at a site a supervisor still evaluates what she saw there."""


def may_speak(assigned: Sequence[Window], placement: Window, day: date, *, looks_back: bool = False) -> bool:
    """Whether a supervisor who works at the site in `assigned` may speak of a placement on a day: she works there on
    it, or (`looks_back`) did until at most LOOKS_BACK before.
    """
    if not any(meet(window, placement) for window in assigned):
        return False
    if looks_back and any(window.last and window.last < day <= window.last + LOOKS_BACK for window in assigned):
        return True
    return any(window.holds(day) for window in assigned)


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of one item over those who answered it, and how many they are."""

    code: str
    mean: Fraction
    count: int


def means_of(answers: Sequence[tuple[str, Mapping[str, int]]]) -> list[Mean]:
    """The mean of each item, in the order in which items come up; of an item that fewer than LEAST learners answered none.

    `answers` are (learner, item to mark); a learner with several answers counts once, by the mean of hers.
    """
    marks: dict[str, dict[str, list[int]]] = {}
    for learner, given in answers:
        for code, mark in given.items():
            marks.setdefault(code, {}).setdefault(learner, []).append(mark)
    return [
        Mean(code, sum((Fraction(sum(own), len(own)) for own in of.values()), Fraction()) / len(of), len(of))
        for code, of in marks.items()
        if len(of) >= LEAST
    ]
