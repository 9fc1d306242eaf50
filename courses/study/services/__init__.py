"""Writes study; this is the room's face. `seat`: visits, beats, finishing a lesson. `marks`: an instructor's word."""

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
    "Opened",
    "SeatRefusedError",
    "check_token",
    "close_all_of",
    "close_session",
    "complete_lesson",
    "find_anomalies",
    "forget_origins",
    "mark_lesson",
    "open_session",
    "record_beat",
    "renew_token",
    "resume_enrollment",
    "suspend_enrollment",
    "sweep_stale",
]
