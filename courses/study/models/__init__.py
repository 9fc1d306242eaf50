"""The tables of study: the clock (`seat`), how far a learner is (`progress`), what she leaves in a lesson (`answers`)."""

from .answers import MOST_TRIES, MOST_WORDS, Reflection, SelfCheckAnswer
from .progress import LessonProgress
from .seat import MOST_POSITION, ORIGIN_LIFE, SeatCarry, StudySession

__all__ = [
    "MOST_POSITION",
    "MOST_TRIES",
    "MOST_WORDS",
    "ORIGIN_LIFE",
    "LessonProgress",
    "Reflection",
    "SeatCarry",
    "SelfCheckAnswer",
    "StudySession",
]
