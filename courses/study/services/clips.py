"""Keeps which seconds of a clip a learner has watched; what is new of them bounds what a report may earn."""

from uuid import UUID

from django.db import transaction

from courses.catalog.selectors import shows_clip

from .. import rules
from ..models import ClipWatch, StudySession
from .beats import Answer, check_token, now_ms, record_beat


def watched(
    *,
    session_uuid: UUID,
    token: str,
    now: int,
    position: int,
    playing: bool,
    clip: UUID | None = None,
    duration: int | None = None,
) -> int:
    """Keep what a report says of a clip; how many milliseconds of it are new. Raises BadTokenError.

    `position` and `duration` are milliseconds in the clip, `now` is the server's clock. A report that names no clip
    speaks of the visit's lesson; of a clip that its published pages do not show nothing is kept, and nothing is new.
    Three statements in one transaction, some more for a clip that is begun. Never more than the time that passed by the
    server's clock since the report before; repeated, a report brings nothing new.
    """
    check_token(session_uuid=session_uuid, token=token)
    with transaction.atomic():
        visit = (
            StudySession.objects.filter(uuid=session_uuid, state=StudySession.State.OPEN)
            .values_list("enrollment_id", "lesson__uuid", "last_seen_ms", "gap_ms")
            .first()
        )
        if visit is None:
            return 0
        enrollment, lesson, since, gap = visit
        clip = clip or lesson
        rows = ClipWatch.objects.select_for_update()
        row = rows.filter(enrollment_id=enrollment, clip=clip).first()
        if row is None:
            if clip != lesson and not shows_clip(lesson, clip):
                return 0
            row, _made = rows.get_or_create(enrollment_id=enrollment, clip=clip)
        after, new = rules.watch(
            row.as_rule(), rules.Playing(position, playing), now=now, since=since, gap=gap, duration=duration
        )
        row.watched = rules.write_spans(after.watched)
        row.position_ms, row.at_ms = after.position, after.at
        row.save(update_fields=["watched", "position_ms", "at_ms"])
    return new


def record_report(
    *,
    session_uuid: UUID,
    token: str,
    sequence: int,
    active: bool,
    position: int,
    playing: bool,
    clip: UUID | None = None,
    why: str = "idle",
    quiet: int | None = None,
    reading: int | None = None,
) -> Answer:
    """A beat that also tells of a clip: while it runs, its new seconds are what counts, at no more than real time.

    Atomic. A clip that runs where it was watched before counts nothing, and neither does one on a hidden page.
    Raises BadTokenError.
    """
    with transaction.atomic():
        # One reading of the clock for both: between two, time would pass that no clip had filled.
        now = now_ms()
        new = watched(session_uuid=session_uuid, token=token, now=now, position=position, playing=playing, clip=clip)
        most = None
        if playing and why != "hidden":
            active, most, why = new > 0, new, "seen"
        return record_beat(
            session_uuid=session_uuid,
            token=token,
            now=now,
            sequence=sequence,
            active=active,
            why=why,
            quiet=quiet,
            most=most,
            position=reading,
        )
