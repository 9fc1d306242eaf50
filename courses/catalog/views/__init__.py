"""The catalog's own pages in the CMS: `publishing` asks what a change means, retires and translates; `programs` keeps
programs; `questions` and `quizzes` are where instructors write them, `marks`, `appeals`, `regrades` and
`quiz_analysis` where they read what was handed in.
"""

from .appeals import appeal, appeals
from .marks import mark, marking
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
from .quiz_analysis import quiz_analysis, quiz_analysis_table
from .quizzes import QuizIndex, add_quiz, discard_quiz, quiz, quiz_preview
from .regrades import regrade

__all__ = [
    "QuestionIndex",
    "QuizIndex",
    "add_program",
    "add_question",
    "add_quiz",
    "appeal",
    "appeals",
    "approve",
    "bank",
    "banks",
    "before_publishing",
    "change",
    "discard_quiz",
    "follow",
    "mark",
    "marking",
    "obstacle",
    "program",
    "programs",
    "question",
    "question_preview",
    "question_state",
    "quiz",
    "quiz_analysis",
    "quiz_analysis_table",
    "quiz_preview",
    "regrade",
    "retire",
    "team",
    "translate",
    "typed_preview",
    "version",
    "withdraw",
]
