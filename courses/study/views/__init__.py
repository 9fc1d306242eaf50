"""The pages of `study`: the learner's home, lessons and gap; for staff what a cohort lacks and has."""

from .answers import answer_check, reflect
from .gaps import aim, cohort, cohorts, drop, gap, hours_of_cohort
from .rosters import lesson_learners
from .study import download, finish, glossary, home, lesson, media, quiz, rules, seconds_in_words

__all__ = [
    "aim",
    "answer_check",
    "cohort",
    "cohorts",
    "download",
    "drop",
    "finish",
    "gap",
    "glossary",
    "home",
    "hours_of_cohort",
    "lesson",
    "lesson_learners",
    "media",
    "quiz",
    "reflect",
    "rules",
    "seconds_in_words",
]
