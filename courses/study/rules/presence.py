"""The question that asks whether somebody is there: which words it offers, and which of them is right.

Both follow from the visit and the question's number by a keyed hash, so nothing is stored and no page holds the answer
in a form that a script finds without reading the sentence.
"""

from collections.abc import Sequence
from dataclasses import dataclass

CHOICES = 3


@dataclass(frozen=True, slots=True)
class Question:
    """Places of the words that are offered, in their order, and which of these is asked for."""

    offered: tuple[int, ...]
    right: int


def question_from(digest: bytes, words: int) -> Question:
    """The question that a hash of at least eight bytes stands for, out of so many words. Raises ValueError for fewer."""
    if words < CHOICES or len(digest) < CHOICES + 1:
        raise ValueError("too few words or bytes for a question")
    left = list(range(words))
    offered = tuple(left.pop(digest[place] % len(left)) for place in range(CHOICES))
    return Question(offered, digest[CHOICES] % CHOICES)


def is_right(question: Question, choice: int) -> bool:
    """Whether the chosen place among those offered is the one asked for."""
    return choice == question.right


def offered_words(question: Question, words: Sequence[str]) -> tuple[str, ...]:
    """The words that are offered, in order."""
    return tuple(words[place] for place in question.offered)
