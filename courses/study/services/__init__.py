"""Writes study; this is the room's face. `seat`: visits, beats, finishing a lesson. `answers`: what a learner leaves in
one. `marks`: an instructor's word.
"""

from .answers import (
    Judged,
    NoSuchQuestionError,
    answer_self_check,
    erase_reflections,
    reflections_behind,
    save_reflection,
)
from .marks import mark_lesson
from .seat import (
    Answer,
    BadTokenError,
    Opened,
    SeatRefusedError,
    check_token,
    close_all_of,
    close_session,
    complete_lesson,
    find_anomalies,
    forget_origins,
    open_session,
    record_beat,
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
    "SeatRefusedError",
    "answer_self_check",
    "check_token",
    "close_all_of",
    "close_session",
    "complete_lesson",
    "erase_reflections",
    "find_anomalies",
    "forget_origins",
    "mark_lesson",
    "open_session",
    "record_beat",
    "reflections_behind",
    "renew_token",
    "resume_enrollment",
    "save_reflection",
    "suspend_enrollment",
    "sweep_stale",
]
