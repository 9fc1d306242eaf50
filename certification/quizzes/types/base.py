"""What a question type is: it reads an answer, grades it exactly and says its rule before. No database, no clock."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.functional import Promise

Answer = list[str]
"""An answer as it is stored: for types with choices, the keys chosen, in the order of their names; empty is none."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a question version. `key` is opaque: it says nothing about place or rightness."""

    key: str
    text: str
    correct: bool
    feedback: str = ""


class BadAnswerError(ValueError):
    """The answer does not fit the question."""


class BadQuestionError(ValueError):
    """The question cannot be asked or graded as it is written."""


class QuestionType(ABC):
    """One kind of question."""

    kind: str
    label: str | Promise
    # How the answer earns points; shown before she answers.
    rule: str | Promise
    # How many may be chosen, beside the question.
    prompt: str | Promise
    # The template that draws its controls inside the form.
    template: str

    @abstractmethod
    def check(self, choices: Sequence[Choice]) -> None:
        """Refuse (BadQuestionError) choices that this kind cannot ask."""

    @abstractmethod
    def read(self, raw: object, choices: Sequence[Choice]) -> Answer:
        """Give the answer in its stored form; refuse (BadAnswerError) what does not fit the question."""

    @abstractmethod
    def share(self, answer: Answer, choices: Sequence[Choice]) -> Fraction:
        """Give the share of the points that the answer earns, from 0 to 1."""


def chosen_keys(raw: object, choices: Sequence[Choice]) -> Answer:
    """Read one key, a list of keys or nothing; keys that are not this question's are refused, doubles count once."""
    if raw is None or raw == "":
        return []
    given = [raw] if isinstance(raw, str) else raw
    known = {choice.key for choice in choices}
    if not isinstance(given, list) or not all(isinstance(key, str) and key in known for key in given):
        raise BadAnswerError("not a choice of this question")
    return sorted(set(given))
