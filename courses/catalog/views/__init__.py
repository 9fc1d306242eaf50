"""The catalog's own pages in the CMS: `publishing` asks what a change means, retires and translates; `programs` keeps
programs; `questions` and `quizzes` are where instructors write them.
"""

from .programs import add_program, approve, program, programs, team, version, withdraw
from .publishing import before_publishing, change, follow, obstacle, retire, translate
from .questions import (
    QuestionIndex,
    add_question,
    bank,
    banks,
    question,
    question_preview,
    question_state,
    typed_preview,
)
from .quizzes import QuizIndex, add_quiz, discard_quiz, quiz, quiz_preview

__all__ = [
    "QuestionIndex",
    "QuizIndex",
    "add_program",
    "add_question",
    "add_quiz",
    "approve",
    "bank",
    "banks",
    "before_publishing",
    "change",
    "discard_quiz",
    "follow",
    "obstacle",
    "program",
    "programs",
    "question",
    "question_preview",
    "question_state",
    "quiz",
    "quiz_preview",
    "retire",
    "team",
    "translate",
    "typed_preview",
    "version",
    "withdraw",
]
