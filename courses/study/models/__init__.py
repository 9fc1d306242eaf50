"""The tables of study: the clock (`seat`), how far a learner is (`progress`), what she leaves in a lesson
(`answers`) and marks there for herself (`notes`), what staff tell a group (`announcements`), what learners ask and
staff answer (`questions`).
"""

from .announcements import MOST_SUBJECT, MOST_TEXT, Announcement, AnnouncementDismissal
from .answers import MOST_REFLECTION, MOST_TRIES, Reflection, SelfCheckAnswer
from .notes import MOST_BOOKMARKS, MOST_CONTEXT, MOST_EXACT, MOST_NOTE, MOST_NOTES, Bookmark, LessonNote
from .progress import ClipWatch, LessonProgress
from .questions import MOST_REASON, MOST_WORDS, PublishedAnswer, QuestionMessage, QuestionThread
from .seat import MOST_POSITION, ORIGIN_LIFE, SeatCarry, StudySession

__all__ = [
    "MOST_BOOKMARKS",
    "MOST_CONTEXT",
    "MOST_EXACT",
    "MOST_NOTE",
    "MOST_NOTES",
    "MOST_POSITION",
    "MOST_REASON",
    "MOST_REFLECTION",
    "MOST_SUBJECT",
    "MOST_TEXT",
    "MOST_TRIES",
    "MOST_WORDS",
    "ORIGIN_LIFE",
    "Announcement",
    "AnnouncementDismissal",
    "Bookmark",
    "ClipWatch",
    "LessonNote",
    "LessonProgress",
    "PublishedAnswer",
    "QuestionMessage",
    "QuestionThread",
    "Reflection",
    "SeatCarry",
    "SelfCheckAnswer",
    "StudySession",
]
