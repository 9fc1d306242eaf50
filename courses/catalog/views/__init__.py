"""The catalog's own pages in the CMS: `publishing` asks what a change means, retires and translates; `programs` keeps
programs, `examinations` by what they examine; `questions`, `question_form`, `vignettes` and `quizzes` are where
instructors write them, `sorting` changes many questions at once, `bank_files` brings files of them in and out; `marks`,
`appeals`, `regrades` and `quiz_analysis` are where they read what was handed in.
"""

from .appeals import appeal, appeals
from .bank_files import export_bank, export_notes, import_file, import_run
from .examinations import examination, examinations
from .marks import correct, mark, marking
from .programs import add_program, approve, program, programs, team, version, withdraw
from .publishing import before_publishing, change, follow, obstacle, retire, translate
from .question_form import (
    add_question,
    question,
    question_picture,
    question_preview,
    question_state,
    typed_preview,
)
from .questions import QuestionIndex, bank, banks
from .quiz_analysis import quiz_analysis, quiz_analysis_table
from .quizzes import QuizIndex, add_quiz, discard_quiz, quiz, quiz_preview
from .regrades import regrade
from .sorting import change_many, doubles
from .vignettes import add_vignette, vignette, vignette_state, vignettes

__all__ = [
    "QuestionIndex",
    "QuizIndex",
    "add_program",
    "add_question",
    "add_quiz",
    "add_vignette",
    "appeal",
    "appeals",
    "approve",
    "bank",
    "banks",
    "before_publishing",
    "change",
    "change_many",
    "correct",
    "discard_quiz",
    "doubles",
    "examination",
    "examinations",
    "export_bank",
    "export_notes",
    "follow",
    "import_file",
    "import_run",
    "mark",
    "marking",
    "obstacle",
    "program",
    "programs",
    "question",
    "question_picture",
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
    "vignette",
    "vignette_state",
    "vignettes",
    "withdraw",
]
