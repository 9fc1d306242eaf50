"""The pages of `study`: the learner's home, lessons, gap and questions; for staff the pages of a group, of lessons and of
questions.
"""

from .announcements import announcements, dismiss
from .board import grades, grades_table, progress
from .gaps import aim, cohort, cohorts, drop, gap, hours_of_cohort
from .questions import delete_own_question, hide, inbox, publish, question, questions, set_state, withdraw
from .statistics import lesson_statistics, lessons_of_program
from .study import finish, home, lesson, media, quiz, rules, seconds_in_words

__all__ = [
    "aim",
    "announcements",
    "cohort",
    "cohorts",
    "delete_own_question",
    "dismiss",
    "drop",
    "finish",
    "gap",
    "grades",
    "grades_table",
    "hide",
    "home",
    "hours_of_cohort",
    "inbox",
    "lesson",
    "lesson_statistics",
    "lessons_of_program",
    "media",
    "progress",
    "publish",
    "question",
    "questions",
    "quiz",
    "rules",
    "seconds_in_words",
    "set_state",
    "withdraw",
]
