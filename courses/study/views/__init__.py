"""The pages of `study`: the learner's home, lessons and gap; for staff what a cohort lacks."""

from .gaps import aim, cohort, cohorts, drop, gap
from .study import finish, home, lesson, media, quiz, rules, seconds_in_words

__all__ = [
    "aim",
    "cohort",
    "cohorts",
    "drop",
    "finish",
    "gap",
    "home",
    "lesson",
    "media",
    "quiz",
    "rules",
    "seconds_in_words",
]
