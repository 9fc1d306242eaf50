"""The kinds of question. A new kind is one file here and one line in `KINDS`."""

from .base import Answer, BadAnswerError, BadQuestionError, Choice, QuestionType
from .multiple import MULTIPLE
from .single import SINGLE

KINDS: dict[str, QuestionType] = {
    "single": SINGLE,
    "multiple": MULTIPLE,
}

__all__ = ["KINDS", "Answer", "BadAnswerError", "BadQuestionError", "Choice", "QuestionType"]
