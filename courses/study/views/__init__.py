"""The pages of `study`: the learner's home, lessons, gap and questions; for staff the pages of a group, of lessons and of
questions.
"""

from .announcements import announcements, dismiss
from .answers import answer_check, reflect
from .board import grades, grades_table, progress
from .gaps import aim, cohort, cohorts, drop, gap, hours_of_cohort
from .groups import add_cohort, cohort_days
from .notes import bookmark, notes, notes_file
from .notes import delete as delete_note
from .notes import keep as keep_note
from .questions import delete_own_question, hide, inbox, publish, question, questions, set_state, withdraw
from .rosters import lesson_learners
from .statistics import lesson_statistics, lessons_of_program
from .study import download, finish, glossary, home, lesson, media, photo, quiz, rules
from .visits import visit, visits

__all__ = [
    "add_cohort",
    "aim",
    "announcements",
    "answer_check",
    "bookmark",
    "cohort",
    "cohort_days",
    "cohorts",
    "delete_note",
    "delete_own_question",
    "dismiss",
    "download",
    "drop",
    "finish",
    "gap",
    "glossary",
    "grades",
    "grades_table",
    "hide",
    "home",
    "hours_of_cohort",
    "inbox",
    "keep_note",
    "lesson",
    "lesson_learners",
    "lesson_statistics",
    "lessons_of_program",
    "media",
    "notes",
    "notes_file",
    "photo",
    "progress",
    "publish",
    "question",
    "questions",
    "quiz",
    "reflect",
    "rules",
    "set_state",
    "visit",
    "visits",
    "withdraw",
]
