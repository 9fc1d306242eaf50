"""The beat: one report of an open lesson, one SQL statement, authenticated by the visit's token alone."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db import connection
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import rules
from ..models import MOST_POSITION, StudySession


class BadTokenError(Exception):
    """The token is not ours, has ended, or speaks of another visit."""


def now_ms() -> int:
    """The server's clock in whole milliseconds."""
    return time.time_ns() // 1_000_000


def instant(milliseconds: int) -> datetime:
    """A moment of that clock, aware, in UTC."""
    return datetime.fromtimestamp(milliseconds // 1000, UTC) + timedelta(milliseconds=milliseconds % 1000)


# ---- tokens ----


@cache
def _signer() -> Signer:
    return Signer(salt="study.beat", sep=".")


def mint(session_uuid: UUID, now: int) -> tuple[str, datetime]:
    """A token for this visit that ends in a quarter of an hour, and when."""
    expires = now // 1000 + rules.TOKEN_SECONDS
    return _signer().sign(rules.token_payload(session_uuid.hex, expires)), datetime.fromtimestamp(expires, UTC)


def check_token(*, session_uuid: UUID, token: str) -> None:
    """Raise BadTokenError unless `token` was minted for this visit and has not ended. No query."""
    try:
        payload = _signer().unsign(token)
    except BadSignature as error:
        raise BadTokenError from error
    expires = rules.token_expiry(payload, session_uuid.hex)
    if expires is None or expires * 1000 <= now_ms():
        raise BadTokenError


# ---- the beat ----


@dataclass(frozen=True, slots=True)
class Presence:
    """The question that waits: its number, its sentence, the words to choose from, and the seconds left to answer."""

    number: int
    sentence: str
    choices: tuple[str, ...]
    seconds_left: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a beat is answered with."""

    state: str
    credited_ms: int
    reason: str
    server_time: datetime
    presence: Presence | None = field(default=None)


_COLUMNS = (
    "state, close_reason, last_seen_ms, gap_ms, limit_ms, limit_reason, credited_ms, sequence, idle_since_ms, "
    "idle_mark, pauses, asked, answer_ms"
)


_REPORT = {
    "now": "bigint", "sequence": "bigint", "active": "boolean", "why": "text", "quiet": "bigint", "told": "boolean",
    "most": "bigint", "position": "integer",
}  # fmt: skip
"""What a report says, and as what the statement reads it."""


@cache
def _beat_sql(vendor: str) -> str:
    """`rules.beat` as one statement. All right-hand sides see the row as it was before."""
    greatest, least = ("GREATEST", "LEAST") if vendor == "postgresql" else ("MAX", "MIN")
    # Clocked in at a shift or a class: this page counts nothing until that ends. Asked once, beside the row, and
    # so is what the report says: written into each branch they made PostgreSQL plan fifty questions a beat.
    clocked_in = (
        "EXISTS (SELECT 1 FROM records_presence AS p JOIN study_studysession AS v ON v.learner_id = p.learner_id "
        "WHERE v.uuid = %(uuid)s AND p.until IS NULL AND p.source <> 'lesson')"
    )
    fresh = "state = 'open' AND sequence < here.r_sequence AND NOT here.away"
    at = f"{greatest}(last_seen_ms, here.r_now)"
    passed = f"({at} - last_seen_ms)"
    room = f"LENGTH(pauses) < {rules.MOST_PAUSES}"
    resumes = f"{fresh} AND here.r_active AND idle_since_ms IS NOT NULL AND idle_mark <> '{rules.UNANSWERED_MARK}'"
    stops = f"{fresh} AND NOT here.r_active AND idle_since_ms IS NULL"
    silent = f"{fresh} AND here.r_active AND idle_since_ms IS NULL AND {passed} > gap_ms"
    counts = f"{fresh} AND here.r_active AND idle_since_ms IS NULL AND {passed} <= gap_ms"
    most = f"{least}(here.r_most, {passed})"
    earned = f"(CASE WHEN {room} THEN {least}({most}, limit_ms - credited_ms) ELSE 0 END)"
    # A clip that was on old ground has come to what is new.
    new = f"(CASE WHEN here.r_told AND idle_mark = '{rules.SEEN_MARK}' AND {passed} <= gap_ms THEN {most} ELSE 0 END)"
    regained = f"(CASE WHEN {room} THEN {least}({new}, limit_ms - credited_ms) ELSE 0 END)"
    signed = f"here.r_quiet < {passed}"
    idles = "here.r_why = 'idle'"
    away_too_long = (
        f"(penalty = '{rules.LOSE_UNIT}' AND idle_mark = '{rules.HIDDEN_MARK}' AND {at} - idle_since_ms > idle_ms)"
    )
    asks = (
        f"{counts} AND check_ms > 0 AND {earned} > 0 AND unchecked_ms + {earned} >= check_ms "
        f"AND credited_ms + {earned} < limit_ms"
    )
    # A beat may be lost with a crash of the server: the next one, within the gap, pays it back. So PostgreSQL need
    # not wait for the disk, which is set for this transaction inside the one statement.
    quick = ", set_config('synchronous_commit', 'off', true)" if vendor == "postgresql" else ""
    report = ", ".join(f"CAST(%({name})s AS {kind}) AS r_{name}" for name, kind in _REPORT.items())
    return f"""
        WITH here AS MATERIALIZED (SELECT {clocked_in} AS away, {report})
        UPDATE study_studysession SET
          credited_ms = CASE
            WHEN {counts} THEN credited_ms + {earned}
            WHEN {stops} AND {idles} AND penalty = '{rules.LOSE_IDLE}' THEN credited_ms - held_ms
            WHEN {stops} AND {idles} AND penalty = '{rules.LOSE_UNIT}' THEN 0
            WHEN {resumes} AND {away_too_long} THEN 0
            WHEN {resumes} THEN credited_ms + {regained}
            ELSE credited_ms END,
          pauses = CASE
            WHEN {counts} AND {room} AND credited_ms < limit_ms AND {most} < {passed}
            THEN pauses || last_seen_ms || '-' || ({at} - {most}) || '{rules.SEEN_MARK};'
            WHEN {silent} AND {room} THEN pauses || last_seen_ms || '-' || {at} || '{rules.GAP_MARK};'
            WHEN {resumes} AND {room} AND {away_too_long}
            THEN pauses || opened_ms || '-' || {at} || '{rules.UNIT_MARK};'
            WHEN {resumes} AND {room} AND {at} - {new} > idle_since_ms
            THEN pauses || idle_since_ms || '-' || ({at} - {new}) || idle_mark || ';'
            ELSE pauses END,
          idle_since_ms = CASE
            WHEN {asks} THEN {at}
            WHEN {stops} AND {idles} AND penalty = '{rules.LOSE_IDLE}' THEN signed_ms
            WHEN {stops} AND {idles} AND penalty = '{rules.LOSE_UNIT}' THEN opened_ms
            WHEN {stops} THEN last_seen_ms
            WHEN {resumes} THEN NULL
            ELSE idle_since_ms END,
          idle_mark = CASE
            WHEN {asks} THEN '{rules.UNANSWERED_MARK}'
            WHEN {stops} AND here.r_why = 'hidden' THEN '{rules.HIDDEN_MARK}'
            WHEN {stops} AND here.r_why = 'seen' THEN '{rules.SEEN_MARK}'
            WHEN {stops} AND penalty = '{rules.LOSE_IDLE}' THEN '{rules.LOST_MARK}'
            WHEN {stops} AND penalty = '{rules.LOSE_UNIT}' THEN '{rules.UNIT_MARK}'
            WHEN {stops} THEN '{rules.IDLE_MARK}'
            WHEN {resumes} THEN ''
            ELSE idle_mark END,
          signed_ms = CASE WHEN {resumes} OR {silent} OR ({counts} AND {signed}) THEN {at} ELSE signed_ms END,
          held_ms = CASE
            WHEN {resumes} OR {silent} OR {stops} OR ({counts} AND {signed}) THEN 0
            WHEN {counts} THEN held_ms + {earned}
            ELSE held_ms END,
          unchecked_ms = CASE WHEN {counts} THEN unchecked_ms + {earned}
            WHEN {resumes} THEN unchecked_ms + {regained}
            ELSE unchecked_ms END,
          asked = CASE WHEN {asks} THEN asked + 1 ELSE asked END,
          tries = CASE WHEN {asks} THEN 0 ELSE tries END,
          position = CASE WHEN {fresh} AND here.r_position >= 0 THEN here.r_position ELSE position END,
          last_seen_ms = CASE WHEN {fresh} THEN {at} ELSE last_seen_ms END,
          sequence = CASE WHEN {fresh} THEN here.r_sequence ELSE sequence END
        FROM here
        WHERE uuid = %(uuid)s
        RETURNING {_COLUMNS}, {clocked_in}{quick}"""  # noqa: S608 - the parts are ours


def record_beat(
    *,
    session_uuid: UUID,
    token: str,
    sequence: int,
    active: bool,
    why: str = "idle",
    quiet: int | None = None,
    most: int | None = None,
    position: int | None = None,
    now: int | None = None,
) -> Answer:
    """Move a visit's clock on by one report and say what it holds now; `quiet` and `most` are milliseconds.

    `now` is the server's clock, for a caller that has read it already.

    One SQL statement, nothing read before it; the token alone says who may. A repeated or old `sequence`, and a closed
    visit, change nothing and are answered from the row as it stands. Raises BadTokenError.
    """
    check_token(session_uuid=session_uuid, token=token)
    now = now_ms() if now is None else now
    with connection.cursor() as cursor:
        cursor.execute(
            _beat_sql(connection.vendor),
            {
                "now": now,
                "sequence": sequence,
                "active": active,
                "why": why,
                "quiet": -1 if quiet is None else quiet,
                "told": most is not None,
                "most": rules.LARGEST_SEQUENCE if most is None else most,
                "position": -1 if position is None else max(0, min(position, MOST_POSITION)),
                "uuid": StudySession._meta.get_field("uuid").get_db_prep_value(session_uuid, connection),
            },
        )
        row = cursor.fetchone()
    if row is None:
        raise BadTokenError
    (state, close_reason, last_seen, gap, limit, limit_reason, credited, number, idle_since, mark, pauses) = row[:11]
    asked, answer_ms, away = row[11:14]
    if away and state == "open":
        return Answer("superseded", credited, "elsewhere", instant(now))
    clock = rules.Clock(last_seen, gap, limit, credited, number, idle_since, mark, pauses, is_open=state == "open")
    heard, reason = rules.state_of(clock, close_reason, limit_reason)
    question = None
    if heard == rules.IDLE and mark == rules.UNANSWERED_MARK:
        question = question_of(session_uuid, asked, idle_since + answer_ms - now)
    return Answer(heard, credited, reason, instant(now), question)


# ---- the question whether she is there ----

WORDS = (
    gettext_lazy("neck"),
    gettext_lazy("shoulder"),
    gettext_lazy("elbow"),
    gettext_lazy("hand"),
    gettext_lazy("back"),
    gettext_lazy("hip"),
    gettext_lazy("knee"),
    gettext_lazy("foot"),
)


def drawn(session_uuid: UUID, number: int) -> rules.Question:
    """The visit's question of this number. The same again and again; not to be told from the visit without our key."""
    digest = salted_hmac("study.presence", f"{session_uuid.hex}.{number}", algorithm="sha256").digest()
    return rules.question_from(digest, len(WORDS))


def question_of(session_uuid: UUID, number: int, left_ms: int) -> Presence:
    """The question in words. No query."""
    question = drawn(session_uuid, number)
    words = [str(word) for word in WORDS]
    choices = rules.offered_words(question, words)
    return Presence(
        number, _("Are you still with the lesson? Choose “%(word)s”.") % {"word": choices[question.right]}, choices,
        max(left_ms, 0) // 1000,
    )  # fmt: skip
