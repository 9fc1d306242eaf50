"""Takes the answer to the question whether somebody is there."""

from uuid import UUID

from django.db import transaction

from .. import rules
from ..models import StudySession
from .beats import Answer, BadTokenError, check_token, drawn, instant, now_ms, question_of
from .seat import close_session


def answer_presence(*, session_uuid: UUID, token: str, number: int, choice: int) -> Answer:
    """Answer the question of this number; the visit's token alone says who may. Raises BadTokenError.

    Right and in time, the waiting counts too; right and late, time counts from now on. A wrong answer brings the next
    question; one wrong answer more than the program allows closes the visit and posts what was counted before. A
    question that no longer waits is answered with the visit as it stands, so a call may be repeated.
    """
    check_token(session_uuid=session_uuid, token=token)
    with transaction.atomic():
        row = (
            StudySession.objects.select_for_update(of=("self",))
            .select_related("enrollment__program")
            .filter(uuid=session_uuid)
            .first()
        )
        if row is None:
            raise BadTokenError
        before = row.clock()
        now = now_ms()
        waits = before.is_open and before.mark == rules.UNANSWERED_MARK and before.idle_since is not None
        if waits and before.asked == number:
            after = rules.answered(
                before, now=now, is_right=rules.is_right(drawn(session_uuid, number), choice), within=row.answer_ms
            )
            _write(row, after)
    if row.state == StudySession.State.OPEN and row.tries >= row.enrollment.program.presence_tries:
        row = close_session(session=row, reason=StudySession.Reason.ABSENT)
    clock = row.clock()
    heard, reason = rules.state_of(clock, row.close_reason, row.limit_reason)
    question = None
    if heard == rules.IDLE and clock.mark == rules.UNANSWERED_MARK and clock.idle_since is not None:
        question = question_of(session_uuid, clock.asked, clock.idle_since + row.answer_ms - now)
    return Answer(heard, row.credited_ms, reason, instant(now), question)


def _write(row: StudySession, clock: rules.Clock) -> None:
    """Keep what an answer changed. A beat that came between waits for the lock, and finds the row as it is then."""
    row.last_seen_ms = clock.last_seen
    row.credited_ms = clock.credited
    row.idle_since_ms, row.idle_mark = clock.idle_since, clock.mark
    row.pauses = clock.pauses
    row.signed_ms, row.held_ms = clock.signed, clock.held
    row.unchecked_ms, row.asked, row.tries = clock.unchecked, clock.asked, clock.tries
    row.save(
        update_fields=[
            "last_seen_ms", "credited_ms", "idle_since_ms", "idle_mark", "pauses", "signed_ms", "held_ms",
            "unchecked_ms", "asked", "tries",
        ]
    )  # fmt: skip
