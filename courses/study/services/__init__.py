"""Writes study; this is the room's face. `seat`: visits, beats, finishing a lesson. `answers`: what a learner leaves in
one. `marks`: an instructor's word. `announcements`: to a group. `questions`: asked about a lesson, answered, moderated.
"""

from .announcements import (
    announce,
    clean_subject,
    clean_text,
    count_announcements_naming,
    dismiss_announcement,
    forget_announcements_naming,
    left_today,
    recipients,
)
from .answers import (
    Judged,
    NoSuchQuestionError,
    answer_self_check,
    erase_reflections,
    reflections_behind,
    save_reflection,
)
from .beats import Answer, BadTokenError, Presence, check_token, record_beat
from .clips import record_report
from .devices import find_anomalies, forget_origins
from .marks import mark_lesson
from .presence import answer_presence
from .questions import (
    answer,
    ask,
    close_thread,
    count_answers_naming,
    delete_question,
    erase_questions,
    forget_answers_naming,
    hide_message,
    publish_answer,
    questions_behind,
    questions_left,
    reopen_thread,
    withdraw_published,
)
from .seat import (
    Opened,
    SeatRefusedError,
    close_all_of,
    close_session,
    complete_lesson,
    open_session,
    renew_token,
    resume_enrollment,
    suspend_enrollment,
    sweep_stale,
)

__all__ = [
    "Answer",
    "BadTokenError",
    "Judged",
    "NoSuchQuestionError",
    "Opened",
    "Presence",
    "SeatRefusedError",
    "announce",
    "answer",
    "answer_presence",
    "answer_self_check",
    "ask",
    "check_token",
    "clean_subject",
    "clean_text",
    "close_all_of",
    "close_session",
    "close_thread",
    "complete_lesson",
    "count_announcements_naming",
    "count_answers_naming",
    "delete_question",
    "dismiss_announcement",
    "erase_questions",
    "erase_reflections",
    "find_anomalies",
    "forget_announcements_naming",
    "forget_answers_naming",
    "forget_origins",
    "hide_message",
    "left_today",
    "mark_lesson",
    "open_session",
    "publish_answer",
    "questions_behind",
    "questions_left",
    "recipients",
    "record_beat",
    "record_report",
    "reflections_behind",
    "renew_token",
    "reopen_thread",
    "resume_enrollment",
    "save_reflection",
    "suspend_enrollment",
    "sweep_stale",
    "withdraw_published",
]
