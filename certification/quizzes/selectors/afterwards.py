"""Reads what was said of an attempt after it was handed in: marks, appeals, regrades; beside each line of its result."""

from dataclasses import dataclass

from ..models import Appeal, Attempt
from ..rules import Sight
from ..types.essay import AskedEssay
from .appeals import appeals_of
from .marking import GivenMark, marks_of
from .regrading import Regraded, regrades_of
from .taking import ResultLine


@dataclass(frozen=True, slots=True)
class After:
    """What was said of one answer. `may_ask`: its learner may question how it was graded."""

    mark: GivenMark | None
    appeal: Appeal | None
    regrades: tuple[Regraded, ...]
    may_ask: bool


@dataclass(frozen=True, slots=True)
class Afterwards:
    """Each line of a result with what was said of it, and what regrades made of the score, oldest first."""

    lines: tuple[tuple[ResultLine, After], ...]
    regrades: tuple[Regraded, ...]


def afterwards(attempt: Attempt, lines: tuple[ResultLine, ...], sight: Sight, *, own: bool) -> Afterwards:
    """What was said of a marked attempt, for its learner or its staff. Two queries; two more with essays, one after
    a change of its score."""
    marks = marks_of(attempt) if any(isinstance(line.shown, AskedEssay) for line in lines) else {}
    appeals, regrades = appeals_of(attempt), tuple(regrades_of(attempt))
    open_to_ask = own and sight.feedback and attempt.assignment.record.sealed_at is None
    told = [
        (
            line,
            After(
                mark=marks.get(line.position),
                appeal=appeals.get(line.position),
                regrades=tuple(each for each in regrades if each.position == line.position),
                may_ask=open_to_ask and line.position not in appeals,
            ),
        )
        for line in lines
    ]
    return Afterwards(tuple(told), regrades)
