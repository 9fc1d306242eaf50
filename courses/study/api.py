"""Seat time and the learner's own data over HTTP, at the addresses and in the shapes of the published contract."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from ninja.errors import HttpError
from ninja.security import django_auth
from ninja.utils import check_csrf
from pydantic import Field

from certification.records.selectors import gaps_of, targets_of, transcript_for
from certification.shapes import Problem, Sent
from courses.enrollments.access import own_enrollment
from courses.enrollments.selectors import enrollments_of

from . import rules
from .access import own_session, place_to_open
from .models import MOST_POSITION, StudySession
from .selectors import clips_of, enrollment_lines
from .services import (
    Answer,
    BadTokenError,
    SeatRefusedError,
    answer_presence,
    check_token,
    close_session,
    open_session,
    record_beat,
    record_report,
    renew_token,
)

router = Router(tags=["study"])


class Line(Schema):
    """A lesson or a quiz with its state and its page."""

    id: UUID
    title: str
    state: str
    url: str


class EnrollmentOut(Schema):
    """One enrollment; `program` is its title."""

    id: UUID
    program: str
    program_id: UUID
    state: str
    record: UUID
    lessons: list[Line]
    quizzes: list[Line]


class HoursOut(Schema):
    """Evaluations, and the entries they speak of; `row` in a result is the place in `entries`, from 1."""

    results: list[dict[str, Any]]
    entries: list[dict[str, Any]]


class ClipOut(Schema):
    """A clip of the program that she has begun: where to go on, and how much of it she has watched, in seconds."""

    clip: UUID
    position: float
    watched: int


class OpenedOut(Schema):
    """A visit that was opened. `counted_seconds` is what the lesson had before it, `counted_ms` to the millisecond.

    `day_ends`: the next midnight of the record's zone, from which a full day or week may count on.
    """

    session: UUID
    token: str
    token_expires: datetime
    beat_seconds: int
    idle_seconds: int
    credited_seconds: int
    counted_seconds: int
    counted_ms: int
    limit_seconds: int
    server_time: datetime
    day_ends: datetime
    clips: list[ClipOut]


class Media(Schema):
    """What a player says of itself; `position` in seconds. Without `clip` it is the lesson's only one."""

    position: Annotated[float, Field(ge=0, le=1_000_000)]
    playing: bool
    rate: Annotated[float, Field(ge=0, le=16)] = 1
    clip: UUID | None = None


class BeatIn(Schema):
    """One report. `reading` is the place in the text, in thousandths; `why` says why nobody is there, and `quiet` how
    many seconds ago she gave a sign.
    """

    token: Annotated[str, Field(max_length=200)]
    sequence: Annotated[int, Field(ge=1, le=rules.LARGEST_SEQUENCE)]
    active: bool
    why: Literal["idle", "hidden"] = "idle"
    quiet: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    media: Media | None = None
    reading: Annotated[int, Field(ge=0, le=MOST_POSITION)] | None = None


class PresenceOut(Schema):
    """A question that waits; the answer is the place of a choice, from 0."""

    question: int
    sentence: str
    choices: list[str]
    seconds_left: int


class BeatOut(Schema):
    """What the server counted. `state`: counting, idle, superseded, capped, closed. `presence` waits for an answer.

    Whole minutes are those of the visit's `credited_ms` and the opening's `counted_ms` together.
    """

    state: str
    credited_seconds: int
    credited_ms: int
    reason: str | None = None
    server_time: datetime
    presence: PresenceOut | None = None


class PresenceIn(Schema):
    """An answer to the question of this number."""

    token: Annotated[str, Field(max_length=200)]
    question: Annotated[int, Field(ge=1, le=1_000_000)]
    choice: Annotated[int, Field(ge=0, le=20)]


class CloseIn(Sent):
    """A leaving page sends its token, and with `sequence` and `active` its last report, so that no time is lost."""

    token: Annotated[str, Field(max_length=200)] | None = None
    sequence: Annotated[int, Field(ge=1, le=rules.LARGEST_SEQUENCE)] | None = None
    active: bool = False
    media: Media | None = None
    reading: Annotated[int, Field(ge=0, le=MOST_POSITION)] | None = None


class ClosedOut(Schema):
    """What a closed visit came to; `posted_minutes` stand in the ledger."""

    state: str
    credited_seconds: int
    posted_minutes: int
    reason: str
    server_time: datetime


class TokenOut(Schema):
    """A new token for an open visit."""

    session: UUID
    token: str
    token_expires: datetime
    server_time: datetime


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _bad_token() -> HttpError:
    return HttpError(401, _("This token is not valid for this visit, or has ended. Renew it, or open the lesson anew."))


@router.get("/me/enrollments", response={200: list[EnrollmentOut], 401: Problem, 403: Problem}, auth=django_auth)
def my_enrollments(request: HttpRequest) -> list[dict[str, Any]]:
    """Own enrollments with the state of their lessons and quizzes. One query, and three an enrollment."""
    listed = []
    for enrollment in enrollments_of(request.user):  # type: ignore[arg-type]
        lessons, quizzes = enrollment_lines(enrollment)
        listed.append(
            {
                "id": enrollment.uuid,
                "program": enrollment.program.title,
                "program_id": enrollment.program.uuid,
                "state": enrollment.state,
                "record": enrollment.record.uuid,
                "lessons": [
                    {"id": line.lesson.uuid, "title": line.lesson.title, "state": line.state, "url": line.url}
                    for line in lessons
                    if line.readable
                ],
                "quizzes": [
                    {"id": quiz.uuid, "title": quiz.title, "state": quiz.state, "url": quiz.url} for quiz in quizzes
                ],
            }
        )
    return listed


@router.get(
    "/me/enrollments/{uuid}/hours",
    response={200: HoursOut, 401: Problem, 403: Problem, 404: Problem},
    auth=django_auth,
)
def my_hours(request: HttpRequest, uuid: UUID) -> dict[str, Any]:
    """What counts of own hours, by the program's rules and by those that she aims at, and the entries behind it."""
    record = own_enrollment(request.user, uuid).record  # type: ignore[arg-type]
    transcript = transcript_for(record)
    aims = [target.identifier for target in targets_of(record.learner)]
    today = timezone.localdate(timezone=ZoneInfo(record.zone))
    gaps = gaps_of([record], aims, as_of=today)[0][1:] if aims else []
    return {
        "results": [transcript.evaluation.as_dict(), *(gap.as_dict() for gap in gaps)],
        "entries": [
            {
                "row": line.row,
                "id": str(line.uuid),
                "date": line.date.isoformat(),
                "minutes": line.minutes,
                "creditable": line.creditable,
                "category": line.category,
                "title": line.title,
                "source": line.source,
                "delivery": line.delivery,
                "evidence": line.evidence,
                "reason": line.reason,
                "course": line.course,
                "start": _stamp(line.starts_at) if line.starts_at else None,
                "end": _stamp(line.ends_at) if line.ends_at else None,
            }
            for line in transcript.entries
        ],
    }


@router.post(
    "/lessons/{uuid}/sessions",
    response={201: OpenedOut, 401: Problem, 403: Problem, 404: Problem, 409: Problem},
    auth=django_auth,
)
def open_visit(request: HttpRequest, uuid: UUID) -> Status:
    """Start the clock on a lesson; an older visit of this learner is closed and hears of it at its next beat."""
    place = place_to_open(request.user, uuid)  # type: ignore[arg-type]
    try:
        opened = open_session(
            enrollment=place.enrollment,
            lesson=place.lesson,
            address=_address(request),
            browser=request.headers.get("User-Agent", "")[:300],
        )
    except SeatRefusedError as error:
        raise HttpError(409, " ".join(error.messages)) from error
    program = place.enrollment.program
    return Status(
        201,
        {
            "session": opened.session.uuid,
            "token": opened.token,
            "token_expires": opened.token_expires,
            "beat_seconds": program.beat_seconds,
            "idle_seconds": program.idle_seconds,
            "credited_seconds": 0,
            "counted_seconds": opened.counted_ms // 1000,
            "counted_ms": opened.counted_ms,
            "limit_seconds": opened.session.limit_ms // 1000,
            "server_time": opened.server_time,
            "day_ends": opened.day_ends,
            "clips": [
                {"clip": row.clip, "position": row.position_ms / 1000, "watched": row.watched_ms // 1000}
                for row in clips_of(place.enrollment)
            ],
        },
    )


def _address(request: HttpRequest) -> str | None:
    try:
        return get_adapter(request).get_client_ip(request)
    except PermissionDenied:
        return None  # a server that names no address must not keep anybody from studying


@router.post("/sessions/{uuid}/beats", response={200: BeatOut, 401: Problem, 422: Problem}, auth=None)
def beat(request: HttpRequest, uuid: UUID, payload: BeatIn) -> HttpResponse:
    """Report that the lesson is open. The token alone authenticates: no cookie is read. One SQL statement.

    Where a clip is spoken of, three more in the same transaction.
    """
    try:
        answer = report(uuid, payload, payload.sequence, why=payload.why, quiet=payload.quiet)
    except BadTokenError as error:
        raise _bad_token() from error
    return JsonResponse(heard(answer))


def report(
    uuid: UUID, payload: BeatIn | CloseIn, sequence: int, *, why: str = "idle", quiet: int | None = None
) -> Answer:
    """Pass a report on, with what it tells of a clip; `quiet` is seconds. Raises BadTokenError."""
    media = payload.media
    said: dict[str, Any] = {
        "session_uuid": uuid,
        "token": payload.token or "",
        "sequence": sequence,
        "active": payload.active,
        "why": why,
        "quiet": None if quiet is None else quiet * 1000,
    }
    if media is None:
        return record_beat(**said, position=payload.reading)
    return record_report(
        **said,
        position=round(media.position * 1000),
        playing=media.playing,
        clip=media.clip,
        reading=payload.reading,
    )


def heard(answer: Answer) -> dict[str, Any]:
    """What a beat is answered with, as it goes over the line."""
    body: dict[str, Any] = {
        "state": answer.state,
        "credited_seconds": answer.credited_ms // 1000,
        "credited_ms": answer.credited_ms,
        "server_time": _stamp(answer.server_time),
    }
    if answer.reason:
        body["reason"] = answer.reason
    if answer.presence:
        asked = answer.presence
        body["presence"] = {
            "question": asked.number,
            "sentence": asked.sentence,
            "choices": list(asked.choices),
            "seconds_left": asked.seconds_left,
        }
    return body


@router.post("/sessions/{uuid}/presence", response={200: BeatOut, 401: Problem, 422: Problem}, auth=None)
def presence(request: HttpRequest, uuid: UUID, payload: PresenceIn) -> HttpResponse:
    """Answer the question whether somebody is there. The visit's token alone authenticates, as with a beat."""
    try:
        answer = answer_presence(session_uuid=uuid, token=payload.token, number=payload.question, choice=payload.choice)
    except BadTokenError as error:
        raise _bad_token() from error
    return JsonResponse(heard(answer))


@router.post(
    "/sessions/{uuid}/renew",
    response={200: TokenOut, 401: Problem, 403: Problem, 404: Problem, 409: Problem},
    auth=django_auth,
)
def renew(request: HttpRequest, uuid: UUID) -> dict[str, Any]:
    """A new token for an open visit, after asking again for the right to the lesson."""
    session = own_session(request.user, uuid)  # type: ignore[arg-type]
    try:
        token, expires = renew_token(session=session)
    except SeatRefusedError as error:
        raise HttpError(409, " ".join(error.messages)) from error
    return {
        "session": session.uuid,
        "token": token,
        "token_expires": expires,
        "server_time": datetime.now(expires.tzinfo),
    }


@router.post(
    "/sessions/{uuid}/close",
    response={200: ClosedOut, 401: Problem, 403: Problem, 404: Problem, 422: Problem},
    auth=None,
)
def close(request: HttpRequest, uuid: UUID, payload: CloseIn | None = None) -> dict[str, Any]:
    """End a visit and settle its whole minutes, once. By the visit's token, or by cookie and CSRF."""
    session = _session_to_close(request, uuid, payload)
    session = close_session(session=session, position=payload.reading if payload else None)
    return {
        "state": session.state,
        "credited_seconds": session.credited_ms // 1000,
        "posted_minutes": session.posted_minutes,
        "reason": session.close_reason,
        "server_time": session.closed_at,
    }


def _session_to_close(request: HttpRequest, uuid: UUID, payload: CloseIn | None) -> StudySession:
    if payload is not None and payload.token:
        try:
            if payload.sequence is None:
                check_token(session_uuid=uuid, token=payload.token)
            else:
                report(uuid, payload, payload.sequence)
        except BadTokenError as error:
            raise _bad_token() from error
        found = StudySession.objects.filter(uuid=uuid).first()
        if found is None:
            raise _bad_token()
        return found
    if not request.user.is_authenticated:
        raise HttpError(401, _("Log in, or send the token of this visit."))
    if check_csrf(request) is not None:
        raise PermissionDenied
    return own_session(request.user, uuid)
