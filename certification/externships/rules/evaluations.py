"""Means of evaluations, said only where they tell of nobody. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

LEAST = 3
"""Of fewer learners than these nothing is said."""
MARKS = range(1, 6)


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
