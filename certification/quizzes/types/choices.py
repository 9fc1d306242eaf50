"""What the kinds with a list of choices share: their parsed content, how it is shown and how its result is told."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from .base import (
    Answer,
    AskedChoice,
    AskedChoices,
    BadQuestionError,
    Choice,
    QuestionType,
    Told,
    arranged,
    chosen_keys,
    fields,
    share_of,
    unique,
)


@dataclass(frozen=True, slots=True)
class Choices:
    """The choices of a question, and what each is worth where the author weighed them (empty: she did not)."""

    choices: tuple[Choice, ...]
    weights: Mapping[str, Fraction] = field(default_factory=dict)


def weighed(choices: Sequence[Choice], content: Mapping[str, Any]) -> Choices:
    """The choices with their weights: each from -1 to 1, of choices that are there."""
    unique((choice.key for choice in choices), _("Choices"))
    raw = fields(content, _("Content"), may=("weights",)).get("weights", {})
    raw = fields(raw, _("Weights"), may=[choice.key for choice in choices])
    return Choices(tuple(choices), {key: share_of(value, _("Weights"), least=-1) for key, value in raw.items()})


def cut_sum(weights: Iterable[Fraction]) -> Fraction:
    """Their sum, cut to 0 and 1."""
    return min(max(sum(weights, Fraction(0)), Fraction(0)), Fraction(1))


def told_choices(
    choices: Iterable[tuple[str, str, bool, str]], answer: Answer, *, feedback: bool, key: bool
) -> tuple[Told, ...]:
    """The lines of (key, text, correct, feedback) in their order."""
    return tuple(
        Told(
            text=text,
            chosen=name in answer,
            correct=correct if key else None,
            feedback=words if key or (feedback and name in answer) else "",
        )
        for name, text, correct, words in choices
    )


class ChoiceType(QuestionType[Choices]):
    """A kind whose answer is one or more of its choices."""

    template = "quizzes/types/choices.html"
    told_template = "quizzes/types/told_choices.html"
    as_listed = True

    @abstractmethod
    def parse(self, choices: Sequence[Choice], content: Mapping[str, Any]) -> Choices:
        """Give the choices; refuse those that this kind cannot ask."""

    def names(self, c: Choices) -> tuple[str, ...]:
        """All choices."""
        return tuple(choice.key for choice in c.choices)

    def read(self, raw: object, c: Choices) -> Answer:
        """Any number of keys."""
        return chosen_keys(raw, (choice.key for choice in c.choices))

    def shown(self, c: Choices, order: Sequence[str], answer: Answer) -> AskedChoices:
        """The texts in her order, and which she chose."""
        return AskedChoices(
            tuple(AskedChoice(choice.key, choice.text, choice.key in answer) for choice in arranged(order, c.choices))
        )

    def told(self, c: Choices, order: Sequence[str], answer: Answer, *, feedback: bool, key: bool) -> tuple[Told, ...]:
        """One line a choice, in her order."""
        rows = ((one.key, one.text, one.correct, one.feedback) for one in arranged(order, c.choices))
        return told_choices(rows, answer, feedback=feedback, key=key)

    def texts(self, c: Choices) -> tuple[str, ...]:
        """The texts of the choices."""
        return tuple(choice.text for choice in c.choices)


def one_right(choices: Sequence[Choice]) -> None:
    """Refuse choices of which not exactly one is right."""
    if len(choices) < 2 or sum(choice.correct for choice in choices) != 1:
        raise BadQuestionError(_("A question with one answer needs at least two choices, exactly one of them right."))
