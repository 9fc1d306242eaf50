"""Measures seat time: opens a visit to a lesson, moves its clock on, and posts its minutes once when it closes.

Only the server's clock is asked. Every writer but the beat takes the learner's row first, so that they come one after
another; the beat is a single statement on a single row.
"""

import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db import connection, transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import User
from certification.records.models import Learner
from certification.records.services import (
    ElsewhereError,
    Finding,
    HourPart,
    PostingConflictError,
    enter,
    leave,
    note_findings,
    post_hours,
    record_milestone,
)
from courses.catalog.models import Lesson, Module
from courses.catalog.selectors import lesson_page, lesson_revision
from courses.catalog.services import mark_studied
from courses.enrollments import services as enrollments
from courses.enrollments.models import Enrollment

from .. import rules
from ..models import MOST_POSITION, ORIGIN_LIFE, LessonProgress, SeatCarry, StudySession
from ..selectors.releases import lack_words, lacks_of, names_in, wait_words, waits_of

log = logging.getLogger("palmar.study")
STALE_AFTER = timedelta(minutes=15)
"""A page silent (or idle) for so long has gone without a word; the sweeper closes its visit."""


class SeatRefusedError(ValidationError):
    """The state of things refuses: paused place, retired lesson, too few minutes. The sentence says what to do."""


class BadTokenError(Exception):
    """The token is not ours, has ended, or speaks of another visit."""


def _now() -> int:
    return time.time_ns() // 1_000_000


def _instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds // 1000, UTC) + timedelta(milliseconds=milliseconds % 1000)


# ---- tokens ----


@cache
def _signer() -> Signer:
    return Signer(salt="study.beat", sep=".")


def _mint(session_uuid: UUID, now: int) -> tuple[str, datetime]:
    expires = now // 1000 + rules.TOKEN_SECONDS
    return _signer().sign(rules.token_payload(session_uuid.hex, expires)), datetime.fromtimestamp(expires, UTC)


def check_token(*, session_uuid: UUID, token: str) -> None:
    """Raise BadTokenError unless `token` was minted for this visit and has not ended. No query."""
    try:
        payload = _signer().unsign(token)
    except BadSignature as error:
        raise BadTokenError from error
    expires = rules.token_expiry(payload, session_uuid.hex)
    if expires is None or expires * 1000 <= _now():
        raise BadTokenError


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
        now = _now()
        older = StudySession.objects.filter(learner=learner, state=StudySession.State.OPEN).first()
        if older is not None:
            _close(older, StudySession.Reason.SUPERSEDED)
            # A clock that stepped back must not hand the same seconds out twice.
            now = max(now, older.last_seen_ms)
        progress, _made = LessonProgress.objects.get_or_create(
            enrollment=enrollment, lesson=lesson, defaults={"opened_at": _instant(now)}
        )
        carried = rules.length(_carried(learner, lesson, enrollment.record.zone, now))
        limit = rules.limit_at_opening(
            lesson_minutes=lesson.minutes,
            counted_minutes=progress.seat_minutes,
            carried=carried,
            day_cap_minutes=enrollment.program.day_cap_minutes,
            used_today=used_today(enrollment, now),
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
            gap_ms=enrollment.program.gap_seconds * 1000,
            position=progress.position,
            origin_hash=_origin(address, browser),
        )
        try:
            enter(learner=learner, source="lesson", source_key=f"session:{session.uuid}", at=_instant(now))
        except ElsewhereError as error:
            raise SeatRefusedError(error.message) from error
        LessonProgress.objects.filter(pk=progress.pk).update(opened_at=_instant(now))
        mark_studied(lesson=lesson)
    token, expires = _mint(session.uuid, now)
    return Opened(session, token, expires, _instant(now), progress.seat_minutes * rules.MINUTE + carried)


def _origin(address: str | None, browser: str) -> str | None:
    """What visits are compared by: whoever reads the database alone cannot tell the address from it."""
    if address is None:
        return None
    return salted_hmac("study.origin", f"{address}\n{browser}", algorithm="sha256").hexdigest()


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


def used_today(enrollment: Enrollment, now: int) -> int:
    """Milliseconds that this enrollment's visits were credited on the local day of `now`. One query."""
    midnight = rules.midnight_before(now, enrollment.record.zone)
    week = 7 * 24 * 60 * rules.MINUTE  # no visit lasts so long; the bound lets the index answer
    visits = StudySession.objects.filter(
        enrollment=enrollment, opened_ms__gt=midnight - week, last_seen_ms__gt=midnight, credited_ms__gt=0
    )
    return sum(rules.within(visit.measured(), midnight, now) for visit in visits)


# ---- the beat ----


@dataclass(frozen=True, slots=True)
class Answer:
    """What a beat is answered with."""

    state: str
    credited_ms: int
    reason: str
    server_time: datetime


_COLUMNS = (
    "state, close_reason, last_seen_ms, gap_ms, limit_ms, limit_reason, credited_ms, sequence, idle_since_ms, pauses"
)


@cache
def _beat_sql(vendor: str) -> str:
    """`rules.beat` as one statement. All right-hand sides see the row as it was before."""
    greatest, least = ("GREATEST", "LEAST") if vendor == "postgresql" else ("MAX", "MIN")
    # Clocked in at a shift or a class: this page counts nothing until that ends.
    away = (
        "EXISTS (SELECT 1 FROM records_presence AS p WHERE p.learner_id = study_studysession.learner_id "
        "AND p.until IS NULL AND p.source <> 'lesson')"
    )
    fresh = f"state = 'open' AND sequence < %(sequence)s AND NOT {away}"
    at = f"{greatest}(last_seen_ms, %(now)s)"
    room = f"LENGTH(pauses) < {rules.MOST_PAUSES}"
    # A beat may be lost with a crash of the server: the next one, within the gap, pays it back. So PostgreSQL need
    # not wait for the disk, which is set for this transaction inside the one statement.
    quick = ", set_config('synchronous_commit', 'off', true)" if vendor == "postgresql" else ""
    return f"""
        UPDATE study_studysession SET
          credited_ms = CASE
            WHEN {fresh} AND %(active)s AND idle_since_ms IS NULL AND {room} AND {at} - last_seen_ms <= gap_ms
            THEN credited_ms + {least}({at} - last_seen_ms, limit_ms - credited_ms)
            ELSE credited_ms END,
          pauses = CASE
            WHEN {fresh} AND %(active)s AND idle_since_ms IS NOT NULL AND {room} AND {at} > idle_since_ms
            THEN pauses || idle_since_ms || '-' || {at} || '{rules.IDLE_MARK};'
            WHEN {fresh} AND %(active)s AND idle_since_ms IS NULL AND {room} AND {at} - last_seen_ms > gap_ms
            THEN pauses || last_seen_ms || '-' || {at} || '{rules.GAP_MARK};'
            ELSE pauses END,
          idle_since_ms = CASE
            WHEN {fresh} AND %(active)s THEN NULL
            WHEN {fresh} THEN COALESCE(idle_since_ms, last_seen_ms)
            ELSE idle_since_ms END,
          position = CASE WHEN {fresh} AND %(position)s >= 0 THEN %(position)s ELSE position END,
          last_seen_ms = CASE WHEN {fresh} THEN {at} ELSE last_seen_ms END,
          sequence = CASE WHEN {fresh} THEN %(sequence)s ELSE sequence END
        WHERE uuid = %(uuid)s
        RETURNING {_COLUMNS}, {away}{quick}"""  # noqa: S608 - the parts are ours


def record_beat(*, session_uuid: UUID, token: str, sequence: int, active: bool, position: int | None = None) -> Answer:
    """Move a visit's clock on by one report and say what it holds now.

    One SQL statement, nothing read before it; the token alone says who may. A repeated or old `sequence`, and a closed
    visit, change nothing and are answered from the row as it stands. Raises BadTokenError.
    """
    check_token(session_uuid=session_uuid, token=token)
    now = _now()
    with connection.cursor() as cursor:
        cursor.execute(
            _beat_sql(connection.vendor),
            {
                "now": now,
                "sequence": sequence,
                "active": active,
                "position": -1 if position is None else max(0, min(position, MOST_POSITION)),
                "uuid": StudySession._meta.get_field("uuid").get_db_prep_value(session_uuid, connection),
            },
        )
        row = cursor.fetchone()
    if row is None:
        raise BadTokenError
    state, close_reason, last_seen, gap, limit, limit_reason, credited, number, idle_since, pauses, away = row[:11]
    if away and state == "open":
        return Answer("superseded", credited, "elsewhere", _instant(now))
    clock = rules.Clock(last_seen, gap, limit, credited, number, idle_since, pauses, state == "open")
    answer, reason = rules.state_of(clock, close_reason, limit_reason)
    return Answer(answer, credited, reason, _instant(now))


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
    return _mint(session.uuid, _now())


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
    """Close an open visit and settle it; the learner's row is locked."""
    words = {} if position is None else {"position": max(0, min(position, MOST_POSITION))}
    changed = StudySession.objects.filter(pk=session.pk, state=StudySession.State.OPEN).update(
        state=StudySession.State.CLOSED, close_reason=reason, closed_at=timezone.now(), **words
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
    minutes = 0
    if due.posts:
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
    progress, _made = LessonProgress.objects.get_or_create(
        enrollment_id=session.enrollment_id, lesson=lesson, defaults={"opened_at": _instant(session.opened_ms)}
    )
    progress.seat_minutes += minutes
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
        spans=tuple((_instant(start), _instant(end)) for start, end in post.spans),
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
            enrollment=enrollment, lesson=lesson, defaults={"opened_at": timezone.now()}
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
    return progress


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


# ---- what asks for a look ----


def find_anomalies(since: datetime) -> int:
    """Look for two learners of one school who studied at once from one origin; how many such days are new.

    One query and those of noting, by the index of visits with an origin. Safe at any time.
    """
    recent = StudySession.objects.filter(opened_ms__gte=int(since.timestamp() * 1000), origin_hash__isnull=False)
    by_origin = recent.order_by().values("origin_hash").annotate(learners=Count("learner", distinct=True))
    shared = by_origin.filter(learners__gt=1, learners__lt=rules.ROOM).values("origin_hash")
    rows = recent.filter(origin_hash__in=shared).select_related("learner", "record__school").order_by("opened_ms", "pk")
    visits = {row.uuid: row for row in rows}
    schools = {row.record.school_id: row.record.school for row in visits.values()}
    new = 0
    for school in schools.values():
        here = [row for row in visits.values() if row.record.school_id == school.pk]
        pairs = rules.at_once(
            rules.Sitting(row.uuid, row.learner.uuid, row.origin_hash or "", row.measured()) for row in here
        )
        new += note_findings(
            school=school, findings=[_one_device(visits[one.session], visits[other.session]) for one, other in pairs]
        )
    return new


def _one_device(one: StudySession, other: StudySession) -> Finding:
    """One question for two learners and the day of the later visit; the first pair of visits of that day is kept."""
    days = [_instant(row.opened_ms).astimezone(ZoneInfo(row.record.zone)).date() for row in (one, other)]
    learners = sorted(str(row.learner.uuid) for row in (one, other))
    return Finding(
        "one_device",
        (*learners, max(days).isoformat()),
        (one.record.uuid, other.record.uuid),
        min(days),
        max(days),
        {"sessions": sorted([str(one.uuid), str(other.uuid)])},
    )


def forget_origins(*, now: datetime) -> int:
    """Wipe the origin of visits older than ORIGIN_LIFE; of how many. Idempotent."""
    before = int((now - ORIGIN_LIFE).timestamp() * 1000)
    return StudySession.objects.filter(opened_ms__lt=before, origin_hash__isnull=False).update(origin_hash=None)
