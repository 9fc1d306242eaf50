"""Which of several scores counts, what a rubric's points come to, and what a regrade would change. Pure and exact."""

from collections.abc import Sequence
from fractions import Fraction

from .settings import ScoreKept


def kept(scores: Sequence[Fraction], how: ScoreKept) -> Fraction:
    """Give the score that counts of those of one assignment, in the order of its attempts; one at least."""
    if not scores:
        raise ValueError("Where no attempt is marked, no score counts.")
    if how is ScoreKept.LAST:
        return scores[-1]
    if how is ScoreKept.AVERAGE:
        return sum(scores, Fraction(0)) / len(scores)
    return max(scores)
