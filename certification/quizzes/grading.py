"""Which of several scores counts, what a rubric's points come to, and what a regrade would change. Pure and exact."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from .rules import passes
from .settings import ScoreKept


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


# ---- marks ----


class BadMarkError(ValueError):
    """The points do not fit the rubric; `criterion` is the key of the one that is wrong, or unknown."""

    def __init__(self, criterion: str) -> None:
        super().__init__(criterion)
        self.criterion = criterion


def marked(rubric: Mapping[str, int], points: Mapping[str, int]) -> Fraction:
    """Give the share of all points of a rubric that these are: each criterion once, from 0 to what it is worth."""
    if unknown := set(points) - set(rubric):
        raise BadMarkError(min(unknown))
    for criterion, most in rubric.items():
        given = points.get(criterion)
        if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= most:
            raise BadMarkError(criterion)
    return Fraction(sum(points.values()), sum(rubric.values()))


# ---- regrades ----


class How(StrEnum):
    """How a question's answers are graded again."""

    KEY = "key"
    EITHER = "either"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Sitting:
    """One marked attempt with its answer to the question that is graded again.

    `attempt` and `answer` are ids of the caller's. `possible` are all points of the attempt, `points` those of the
    question. `by_key` is the share that the answer earns by the corrected version; None where the answer cannot be
    read by it (it names a choice that is gone): then it keeps what it has.
    """

    attempt: int
    answer: int
    points: int
    earned: Fraction
    by_key: Fraction | None
    possible: int
    score: Fraction
    passed: bool
    pass_percent: int


@dataclass(frozen=True, slots=True)
class Change:
    """What a regrade makes of one attempt: points of the answer, score as a share, and whether it passes."""

    attempt: int
    answer: int
    old_earned: Fraction
    new_earned: Fraction
    old_score: Fraction
    new_score: Fraction
    old_passed: bool
    new_passed: bool


def earned_again(sitting: Sitting, how: How) -> Fraction:
    """Give the points that the answer earns when it is graded again."""
    if how is How.FULL:
        return Fraction(sitting.points)
    if sitting.by_key is None:
        return sitting.earned
    corrected = sitting.by_key * sitting.points
    return max(sitting.earned, corrected) if how is How.EITHER else corrected


def regraded(sittings: Sequence[Sitting], how: How) -> tuple[Change, ...]:
    """Give what changes, in the order of the attempts given; those whose points stay are left out."""
    changes = []
    for sitting in sittings:
        new = earned_again(sitting, how)
        if new == sitting.earned:
            continue
        score = sitting.score + (new - sitting.earned) / sitting.possible
        changes.append(
            Change(
                attempt=sitting.attempt,
                answer=sitting.answer,
                old_earned=sitting.earned,
                new_earned=new,
                old_score=sitting.score,
                new_score=score,
                old_passed=sitting.passed,
                new_passed=passes(score, sitting.pass_percent),
            )
        )
    return tuple(changes)
