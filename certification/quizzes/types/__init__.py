"""The kinds of question. A new kind is one file here and one line in `KINDS`."""

from typing import Any

from .base import (
    Answer,
    AskedChoice,
    AskedChoices,
    BadAnswerError,
    BadQuestionError,
    Choice,
    QuestionType,
    Told,
    UnreadableAnswerError,
    typed,
)
from .choices import Choices, ChoiceType
from .cloze import CLOZE
from .essay import ESSAY
from .hotspot import HOTSPOT
from .labelling import LABELLING
from .marks import AskedMark
from .matching import MATCHING
from .multiple import MULTIPLE
from .numeric import NUMERIC
from .ordering import ORDERING
from .short import SHORT
from .single import SINGLE
from .true_false import TRUE_FALSE

KINDS: dict[str, QuestionType[Any]] = {
    "single": SINGLE,
    "multiple": MULTIPLE,
    "true_false": TRUE_FALSE,
    "matching": MATCHING,
    "ordering": ORDERING,
    "numeric": NUMERIC,
    "short": SHORT,
    "cloze": CLOZE,
    "hotspot": HOTSPOT,
    "labelling": LABELLING,
    "essay": ESSAY,
}

LISTED: dict[str, ChoiceType] = {"single": SINGLE, "multiple": MULTIPLE}
"""The kinds that an author writes as a list of choices with texts of their own."""

__all__ = [
    "KINDS",
    "LISTED",
    "Answer",
    "AskedChoice",
    "AskedChoices",
    "AskedMark",
    "BadAnswerError",
    "BadQuestionError",
    "Choice",
    "ChoiceType",
    "Choices",
    "QuestionType",
    "Told",
    "UnreadableAnswerError",
    "typed",
]
