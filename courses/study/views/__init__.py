"""The pages of `study`: the learner's home, lessons and gap; for staff what a cohort lacks and has."""

from .board import grades, grades_table, progress
from .gaps import aim, cohort, cohorts, drop, gap, hours_of_cohort
from .statistics import lesson_statistics, lessons_of_program
from .study import finish, home, lesson, media, quiz, rules, seconds_in_words

__all__ = [
    "aim",
    "cohort",
    "cohorts",
    "drop",
    "finish",
    "gap",
    "grades",
    "grades_table",
    "home",
    "hours_of_cohort",
    "lesson",
    "lesson_statistics",
    "lessons_of_program",
    "media",
    "progress",
    "quiz",
    "rules",
    "seconds_in_words",
]
