"""Measures seat time: opens a visit to a lesson, moves its clock on, and posts its minutes once when it closes.

Only the server's clock is asked. Every writer but the beat takes the learner's row first, so that they come one after
another; the beat is a single statement on a single row.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import BigIntegerField, Case, F, Q, Value, When
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from certification.records.models import Learner
from certification.records.services import (
    ElsewhereError,
    HourPart,
    PostingConflictError,
    enter,
    leave,
    post_hours,
    record_milestone,
)
from courses.catalog.models import Lesson, Module
from courses.catalog.selectors import lesson_page, lesson_revision
from courses.catalog.services import mark_studied
from courses.enrollments import services as enrollments
from courses.enrollments.models import Enrollment

from .. import rules
from ..models import MOST_POSITION, LessonProgress, SeatCarry, StudySession
from ..selectors.releases import lack_words, lacks_of, names_in, wait_words, waits_of
from .beats import instant, mint, now_ms
from .devices import origin_of

log = logging.getLogger("palmar.study")
STALE_AFTER = timedelta(minutes=15)
"""A page silent (or idle) for so long has gone without a word; the sweeper closes its visit."""


class SeatRefusedError(ValidationError):
    """The state of things refuses: paused place, retired lesson, too few minutes. The sentence says what to do."""


# ---- opening ----


@dataclass(frozen=True, slots=True)
class Opened:
    """A visit that was opened, its token, and what the lesson had before it."""

    session: StudySession
    token: str
    token_expires: datetime
    server_time: datetime
    counted_ms: int
    """Measured in this lesson before this visit: posted minutes and the seconds that wait."""
    day_ends: datetime
    """The next midnight of the record's zone."""


def open_session(
    *,
    enrollment: Enrollment,
    lesson: Lesson,
    language: str | None = None,
    address: str | None = None,
    browser: str = "",
) -> Opened:
    """Start the clock on a lesson; the learner's older visit, wherever it is, is closed and its minutes posted.

    Of `address` and `browser` only a keyed hash is kept; without an address, nothing.
    Atomic. Not idempotent: each call opens a visit, the newest wins. Refuses (SeatRefusedError) a place that is not
    active, a sealed record, a lesson of another program, one that was retired, and one without published words.
    """
    with transaction.atomic():
        learner = _lock(enrollment.learner_id)
        enrollment = Enrollment.objects.select_related("program", "record").get(pk=enrollment.pk)
        _check_open(enrollment, lesson)
        page = lesson_page(lesson, language)
        if page is None:
            raise SeatRefusedError(_("This lesson has no published text yet, so there is nothing to count."))
        now = now_ms()
        older = StudySession.objects.filter(learner=learner, state=StudySession.State.OPEN).first()
        if older is not None:
            _close(older, StudySession.Reason.SUPERSEDED)
            # A clock that stepped back must not hand the same seconds out twice.
            now = max(now, older.last_seen_ms)
        program = enrollment.program
        progress, _made = LessonProgress.objects.get_or_create(
            enrollment=enrollment, lesson=lesson, defaults={"opened_at": instant(now), "credit": program.credit}
        )
        carried = rules.length(_carried(learner, lesson, enrollment.record.zone, now))
        limit = rules.limit_at_opening(
            lesson_minutes=lesson.minutes,
            counted_minutes=progress.seat_minutes,
            carried=carried,
            day_cap_minutes=program.day_cap_minutes,
            used_today=used_since(learner, rules.midnight_before(now, enrollment.record.zone), now),
            week_cap_minutes=program.week_cap_minutes,
            used_this_week=used_since(learner, rules.week_before(now, enrollment.record.zone), now)
            if program.week_cap_minutes
            else 0,
        )
        session = StudySession.objects.create(
            learner=learner,
            enrollment=enrollment,
            record=enrollment.record,
            lesson=lesson,
            content_revision=lesson_revision(page),
            opened_ms=now,
            last_seen_ms=now,
            limit_ms=limit.milliseconds,
            limit_reason=limit.reason,
            gap_ms=program.gap_seconds * 1000,
            penalty=program.idle_penalty,
            idle_ms=program.idle_seconds * 1000,
            signed_ms=now,
            check_ms=program.presence_minutes * rules.MINUTE,
            answer_ms=program.answer_seconds * 1000,
            unchecked_ms=_unchecked(enrollment) if program.presence_minutes else 0,
            position=progress.position,
            origin_hash=origin_of(address, browser),
        )
        try:
            enter(learner=learner, source="lesson", source_key=f"session:{session.uuid}", at=instant(now))
        except ElsewhereError as error:
            raise SeatRefusedError(error.message) from error
        LessonProgress.objects.filter(pk=progress.pk).update(opened_at=instant(now))
        mark_studied(lesson=lesson)
    token, expires = mint(session.uuid, now)
    midnight = rules.midnight_after(now, enrollment.record.zone)
    counted = progress.seat_minutes * rules.MINUTE + carried
    return Opened(session, token, expires, instant(now), counted, instant(midnight))


def _lock(learner_id: int) -> Learner:
    return Learner.objects.select_for_update().get(pk=learner_id)


def _check_open(enrollment: Enrollment, lesson: Lesson) -> None:
    if lesson.module.program_id != enrollment.program_id:
        raise SeatRefusedError(_("This lesson belongs to another program."))
    if enrollment.state == Enrollment.State.SUSPENDED:
        raise SeatRefusedError(_("Your place is paused, so no time counts. Ask the school's office to open it again."))
    if enrollment.state != Enrollment.State.ACTIVE or enrollment.record.sealed_at is not None:
        raise SeatRefusedError(_("Your program has ended: you may read on, but no more time counts."))
    if lesson.retired_at is not None or lesson.module.state == Module.State.RETIRED:
        raise SeatRefusedError(_("This lesson is no longer taught. Go on with the next one."))
    if waiting := waits_of(enrollment, lesson):
        raise SeatRefusedError(" ".join(wait_words(waiting, names_in(enrollment.program))))


def _carried(learner: Learner, lesson: Lesson, zone: str, now: int) -> tuple[rules.Span, ...]:
    """The seconds that wait from a visit of the same local day; those of an earlier day have lapsed."""
    carry = SeatCarry.objects.filter(learner=learner, lesson=lesson).first()
    spans = rules.read_spans(carry.spans) if carry else ()
    return spans if spans and spans[0][0] >= rules.midnight_before(now, zone) else ()


def used_since(learner: Learner, since: int, now: int) -> int:
    """Milliseconds that this learner's visits were credited since then, in whatever program. One query."""
    week = 7 * 24 * 60 * rules.MINUTE  # no visit lasts so long; the bound lets the index answer
    visits = StudySession.objects.filter(
        enrollment__learner=learner, opened_ms__gt=since - week, last_seen_ms__gt=since, credited_ms__gt=0
    )
    return sum(rules.within(visit.measured(), since, now) for visit in visits)


def _unchecked(enrollment: Enrollment) -> int:
    """What was credited since her last answer: opening a lesson anew is no answer."""
    newest = StudySession.objects.filter(enrollment=enrollment).order_by("-opened_ms", "-pk")
    return newest.values_list("unchecked_ms", flat=True).first() or 0


def renew_token(*, session: StudySession) -> tuple[str, datetime]:
    """Mint a new token for an open visit, after asking again for the right to the lesson.

    Idempotent. Where the right is gone the visit is closed, its minutes are posted, and SeatRefusedError says why.
    """
    if session.state != StudySession.State.OPEN:
        raise SeatRefusedError(_("This visit is closed. Open the lesson again to go on counting."))
    enrollment = Enrollment.objects.select_related("program", "record").get(pk=session.enrollment_id)
    try:
        _check_open(enrollment, session.lesson)
    except SeatRefusedError:
        suspended = enrollment.state == Enrollment.State.SUSPENDED
        close_session(session=session, reason=StudySession.Reason.SUSPENDED if suspended else StudySession.Reason.LOST)
        raise
    return mint(session.uuid, now_ms())


# ---- closing ----


def close_session(
    *, session: StudySession, reason: str = StudySession.Reason.CLOSED, position: int | None = None
) -> StudySession:
    """End a visit and post its whole minutes to the ledger; seconds below a minute wait for the next visit.

    Atomic. Idempotent, also in parallel: the first call closes and posts, the others return the same row. A posting
    that the ledger refuses leaves the visit closed and unposted; the sweeper tries again.
    """
    with transaction.atomic():
        _lock(session.learner_id)
        session = StudySession.objects.get(pk=session.pk)
        if session.state == StudySession.State.OPEN:
            _close(session, reason, position)
    return session


def _close(session: StudySession, reason: str, position: int | None = None) -> None:
    """Close an open visit and settle it; the learner's row is locked. The statement does what `rules.closed` says."""
    words = {} if position is None else {"position": max(0, min(position, MOST_POSITION))}
    away_too_long = Q(
        penalty=rules.LOSE_UNIT,
        idle_mark=rules.HIDDEN_MARK,
        idle_since_ms__lt=Greatest(Value(now_ms(), BigIntegerField()), F("last_seen_ms")) - F("idle_ms"),
    )
    changed = StudySession.objects.filter(pk=session.pk, state=StudySession.State.OPEN).update(
        state=StudySession.State.CLOSED,
        close_reason=reason,
        closed_at=timezone.now(),
        credited_ms=Case(When(away_too_long, then=Value(0, BigIntegerField())), default=F("credited_ms")),
        idle_since_ms=Case(When(away_too_long, then=F("opened_ms")), default=F("idle_since_ms")),
        idle_mark=Case(When(away_too_long, then=Value(rules.UNIT_MARK)), default=F("idle_mark")),
        **words,
    )
    # A beat that came between our look and the update has moved the clock: settle what the row says now.
    session.refresh_from_db()
    if changed:
        leave(learner=session.learner, source_key=f"session:{session.uuid}")
        _settle(session)


def _settle(session: StudySession) -> None:
    """Post a closed visit's minutes once; the learner's row is locked."""
    zone = session.record.zone
    lesson = session.lesson
    carry, _made = SeatCarry.objects.get_or_create(learner_id=session.learner_id, lesson=lesson)
    due = rules.settle(rules.read_spans(carry.spans), session.measured(), zone)
    progress, _made = LessonProgress.objects.get_or_create(
        enrollment_id=session.enrollment_id, lesson=lesson, defaults={"opened_at": instant(session.opened_ms)}
    )
    minutes = 0
    if due.posts and not progress.is_awarded:
        try:
            with transaction.atomic():
                result = post_hours(
                    record=session.record,
                    source_key=f"session:{session.uuid}",
                    parts=[_part(session, lesson, post) for post in due.posts],
                )
        except (ValidationError, PostingConflictError) as error:
            log.error("visit %s closed, its minutes not posted: %s", session.uuid, error)
            return
        minutes = result.minutes
    session.posted, session.posted_minutes = True, minutes
    session.save(update_fields=["posted", "posted_minutes"])
    carry.carry_ms, carry.spans = rules.length(due.rest), rules.write_spans(due.rest)
    carry.save(update_fields=["carry_ms", "spans"])
    progress.seat_minutes += due.minutes if progress.is_awarded else minutes
    progress.position = session.position
    progress.save(update_fields=["seat_minutes", "position"])


def _part(session: StudySession, lesson: Lesson, post: rules.DayPost) -> HourPart:
    return HourPart(
        category=lesson.category,
        minutes=post.minutes,
        source="lesson",
        delivery=lesson.delivery,
        evidence="measured",
        title=lesson.title,
        spans=tuple((instant(start), instant(end)) for start, end in post.spans),
        course=lesson.module.course,
        content_revision=session.content_revision,
    )


def complete_lesson(*, enrollment: Enrollment, lesson: Lesson) -> LessonProgress:
    """Finish a lesson: close its visit, ask for all that finishing takes, write the Milestone `lesson:<code>`.

    Atomic, idempotent. Refused (SeatRefusedError: something is missing, place not active) it changes nothing, and
    the visit goes on. Who finished it before a change that must be redone finishes it once more, with a Milestone for
    the new words; minutes that were counted are not counted again.
    """
    with transaction.atomic():
        _lock(enrollment.learner_id)
        enrollment = Enrollment.objects.select_related("program", "record").get(pk=enrollment.pk)
        _check_open(enrollment, lesson)
        open_here = StudySession.objects.filter(
            enrollment=enrollment, lesson=lesson, state=StudySession.State.OPEN
        ).first()
        if open_here is not None:
            _close(open_here, StudySession.Reason.COMPLETED)
        progress, _made = LessonProgress.objects.get_or_create(
            enrollment=enrollment,
            lesson=lesson,
            defaults={"opened_at": timezone.now(), "credit": enrollment.program.credit},
        )
        before = progress.completed_at
        if before is not None and (lesson.redo_since is None or before >= lesson.redo_since):
            return progress
        page = lesson_page(lesson)
        if lacking := lacks_of(enrollment, lesson, progress, page):
            raise SeatRefusedError(" ".join(lack_words(lacking)))
        revision = lesson_revision(page) if page else ""
        progress.state = LessonProgress.State.FINISHED
        progress.completed_at = timezone.now()
        progress.content_revision = revision
        progress.save(update_fields=["state", "completed_at", "content_revision"])
        record_milestone(
            record=enrollment.record,
            code=f"lesson:{lesson.code}",
            title=lesson.title,
            occurred_at=progress.completed_at,
            source_key=f"lesson:{lesson.uuid}" if before is None else f"lesson:{lesson.uuid}:{revision}",
        )
        if before is None and progress.is_awarded:
            _award(enrollment, lesson, progress)
    return progress


def _award(enrollment: Enrollment, lesson: Lesson, progress: LessonProgress) -> None:
    """Post the approved minutes of a lesson, once, in place of those of its visits: no times, the grade `awarded`."""
    completed = progress.completed_at or timezone.now()
    post_hours(
        record=enrollment.record,
        source_key=f"award:{lesson.uuid}",
        parts=[
            HourPart(
                category=lesson.category,
                minutes=lesson.minutes,
                source="lesson",
                delivery=lesson.delivery,
                evidence="awarded",
                title=lesson.title,
                date=completed.astimezone(ZoneInfo(enrollment.record.zone)).date(),
                course=lesson.module.course,
                content_revision=progress.content_revision,
            )
        ],
    )


def close_all_of(*, user: User, reason: str) -> None:
    """Close the open visit of this person, if there is one. Idempotent."""
    for session in StudySession.objects.filter(learner__user=user, state=StudySession.State.OPEN):
        close_session(session=session, reason=reason)


def suspend_enrollment(*, enrollment: Enrollment) -> Enrollment:
    """Pause a place and close its running visit: the next beat changes nothing. Atomic, idempotent."""
    with transaction.atomic():
        _lock(enrollment.learner_id)
        enrollment = enrollments.suspend(enrollment=enrollment)
        for session in StudySession.objects.filter(enrollment=enrollment, state=StudySession.State.OPEN):
            _close(session, StudySession.Reason.SUSPENDED)
    return enrollment


def resume_enrollment(*, enrollment: Enrollment) -> Enrollment:
    """Open a paused place again. Atomic, idempotent."""
    return enrollments.resume(enrollment=enrollment)


def sweep_stale(*, now: datetime) -> int:
    """Close visits that never said goodbye, post what the ledger refused before; how many. Safe to run twice."""
    silent = int((now - STALE_AFTER).timestamp() * 1000)
    stale = StudySession.objects.filter(
        Q(last_seen_ms__lt=silent) | Q(idle_since_ms__lt=silent), state=StudySession.State.OPEN
    )
    done = 0
    for session in stale:
        with transaction.atomic():
            _lock(session.learner_id)
            # She may have come back while the list was walked.
            again = stale.filter(pk=session.pk).first()
            if again is not None:
                _close(again, StudySession.Reason.STALE)
                done += 1
    for session in StudySession.objects.filter(state=StudySession.State.CLOSED, posted=False):
        with transaction.atomic():
            _lock(session.learner_id)
            waiting = StudySession.objects.filter(pk=session.pk, posted=False).first()
            if waiting is not None:
                _settle(waiting)
                done += waiting.posted
    return done
