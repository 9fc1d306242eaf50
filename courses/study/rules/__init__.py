"""Seat time's arithmetic, pure: no Django, no clock, no database. All instants are whole milliseconds since 1970."""

from .account import Stretch, account_of, minutes_of
from .clock import (
    CAPPED,
    CLOSED,
    COUNTING,
    GAP_MARK,
    HIDDEN_MARK,
    IDLE,
    IDLE_MARK,
    LARGEST_SEQUENCE,
    LOSE_IDLE,
    LOSE_UNIT,
    LOST_MARK,
    MOST_PAUSES,
    PAUSE,
    REASONS,
    SEEN_MARK,
    SUPERSEDED,
    UNANSWERED_MARK,
    UNIT_MARK,
    Beat,
    Clock,
    all_pauses,
    answered,
    beat,
    measured_spans,
    pauses_of,
    state_of,
)
from .devices import ROOM, SHARED_MINUTES, Sitting, at_once
from .limits import Limit, limit_at_opening
from .presence import Question, is_right, offered_words, question_from
from .settling import DayPost, Settlement, midnight_after, midnight_before, settle, week_before
from .spans import MINUTE, Span, head, length, read_spans, shared, tail, union, within, without, write_spans
from .tokens import TOKEN_SECONDS, token_expiry, token_payload
from .watching import Playing, Watch, share, watch

__all__ = [
    "CAPPED", "CLOSED", "COUNTING", "GAP_MARK", "HIDDEN_MARK", "IDLE", "IDLE_MARK", "LARGEST_SEQUENCE", "LOSE_IDLE",
    "LOSE_UNIT", "LOST_MARK", "MINUTE", "MOST_PAUSES", "PAUSE", "REASONS", "ROOM", "SEEN_MARK", "SHARED_MINUTES",
    "SUPERSEDED", "TOKEN_SECONDS", "UNANSWERED_MARK", "UNIT_MARK", "Beat", "Clock", "DayPost", "Limit", "Playing",
    "Question", "Settlement", "Sitting", "Span", "Stretch", "Watch", "account_of", "all_pauses", "answered", "at_once",
    "beat", "head", "is_right", "length", "limit_at_opening", "measured_spans", "midnight_after", "midnight_before",
    "minutes_of", "offered_words", "pauses_of", "question_from", "read_spans", "settle", "share", "shared", "state_of",
    "tail", "token_expiry", "token_payload", "union", "watch", "week_before", "within", "without", "write_spans",
]  # fmt: skip
