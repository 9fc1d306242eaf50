"""What the kinds with one field share: the best share of what is accepted counts, and a result has one line."""

from abc import abstractmethod
from collections.abc import Sequence
from fractions import Fraction
from typing import Protocol, TypeVar

from django.utils.translation import gettext as _

from .base import Answer, BadQuestionError, QuestionType, Told

C = TypeVar("C")


class Earning(Protocol):
    """An accepted answer; `words` write it for a result."""

    @property
    def share(self) -> Fraction:
        """What it earns."""
        ...

    @property
    def feedback(self) -> str:
        """What is said to it."""
        ...

    @property
    def words(self) -> str:
        """How a result writes it."""
        ...


def one_for_all(accepted: Sequence[Earning]) -> None:
    """Refuse accepted answers of which none earns all the points."""
    if all(one.share != 1 for one in accepted):
        raise BadQuestionError(_("One answer at least earns all the points: give it the share “1”."))


class WrittenType(QuestionType[C]):
    """A kind whose answer is one line that she writes."""

    @abstractmethod
    def accepted(self, c: C) -> Sequence[Earning]:
        """Give all that earns something."""

    @abstractmethod
    def met(self, answer: Answer, c: C) -> Sequence[Earning]:
        """Give the accepted ones that hers meets."""

    def names(self, c: C) -> tuple[str, ...]:
        """Nothing."""
        return ()

    def share(self, answer: Answer, c: C) -> Fraction:
        """The best share of the accepted ones that hers meets."""
        return max((one.share for one in self.met(answer, c)), default=Fraction(0))

    def told(self, c: C, order: Sequence[str], answer: Answer, *, feedback: bool, key: bool) -> tuple[Told, ...]:
        """One line: hers, and what is right."""
        best = max(self.met(answer, c), key=lambda one: one.share, default=None)
        return (
            Told(
                text="",
                chosen=bool(answer),
                correct=self.share(answer, c) == 1 if key else None,
                feedback=best.feedback if best is not None and feedback else "",
                given="".join(answer[:1]),
                right="; ".join(one.words for one in self.accepted(c) if one.share == 1) if key else "",
            ),
        )

    def texts(self, c: C) -> tuple[str, ...]:
        """Nothing that a learner reads."""
        return ()
