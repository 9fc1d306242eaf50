"""The quiz calls of `/api/v1/`: start, autosave, hand in. Session cookie and CSRF; nothing of the key before it may be
seen.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from ninja import Body, Field, Router, Schema, Status
from ninja.errors import HttpError
from ninja.security import SessionAuth

from certification.shapes import Problem, Sent

from . import rules, selectors, services
from .access import assignment_for, attempt_for, response_for
from .models import Attempt

router = Router(auth=SessionAuth(), tags=["quizzes"])


class ChoiceOut(Schema):
    """A choice to show."""

    key: str
    text: str


class PictureOut(Schema):
    """The picture that a question asks about: `svg` is its drawing, or `address` a data URL of its PNG."""

    digest: str
    width: int
    height: int
    title: str
    description: str
    credit: str
    svg: str
    address: str


class SectionOut(Schema):
    """A part of a quiz."""

    title: str
    intro: str


class CaseOut(Schema):
    """A case that questions ask about; those that follow each other with the same case share it."""

    title: str
    text: str


class StartIn(Sent):
    """What a quiz may ask for before it begins: that she agrees to its statement, and its access code."""

    honour: bool = False
    access_code: str = Field("", max_length=200)


class QuestionOut(Schema):
    """A question to show, with the answer so far. `figure` stands beside its words.

    `choices` stands for single, multiple and true_false; other kinds have their `parts`: matching `prompts` and
    `options`, ordering `items`, numeric and short the `value`, cloze `pieces` of text with their `gap`, hotspot and
    labelling `marks` on the `picture`, in thousandths of its width and height.
    """

    id: UUID
    position: int
    kind: str
    stem: str
    prompt: str
    rule: str
    choices: list[ChoiceOut]
    parts: dict[str, Any] | None
    picture: PictureOut | None
    figure: PictureOut | None
    section: SectionOut | None
    vignette: CaseOut | None
    flagged: bool
    answer: list[str]
    sequence: int
    saved_at: datetime | None


class AttemptOut(Schema):
    """An open attempt. Its time is over at `due_at` (none: never); an answer that was on its way then has
    `grace_seconds` more. `late_policy` says what happens to it then: `hand_in` or `void`.
    """

    id: UUID
    number: int
    state: str
    started_at: datetime
    closes_at: datetime | None
    due_at: datetime | None
    grace_seconds: int
    late_policy: str
    server_time: datetime
    url: str
    questions: list[QuestionOut]


class AnswerIn(Schema):
    """An answer: a key or a text, a list, an object by part, or null for none. `sequence` grows with each change.

    single and true_false: a key. multiple and hotspot: keys. ordering: all keys in order. numeric and short: what she
    typed. matching, labelling and cloze: `{part: value}`. It is kept and given back as a list of texts, those that
    name a part as `part=value`.
    """

    answer: Any
    sequence: int | None = Field(None, ge=1, le=rules.LARGEST_SEQUENCE)


class SavedOut(Schema):
    """What is kept now. `state` is `saved` if that is the answer just sent, `older` if a newer one stands."""

    state: str
    answer: list[str]
    sequence: int
    saved_at: datetime | None
    server_time: datetime


class ScoreOut(Schema):
    """The exact share of all points."""

    numerator: int
    denominator: int


class ResultOut(Schema):
    """An attempt that was handed in. In the state `marking` somebody must mark it first: it has no score yet."""

    id: UUID
    state: str
    submitted_at: datetime
    score: ScoreOut | None
    percent_hundredths: int | None
    passed: bool | None
    unanswered: list[int]
    url: str


@router.post(
    "/quizzes/{uuid}/attempts", response={200: AttemptOut, 201: AttemptOut, 409: Problem}, summary="Start an attempt"
)
def start(request: HttpRequest, uuid: UUID, body: StartIn | None = Body(None)) -> Status:  # noqa: B008
    """Begin an attempt at an assigned quiz (201), or give back the one that is open (200); 409 if none may begin.

    The body is optional: `honour` and `access_code`, where the quiz asks for them.
    """
    assigned = assignment_for(request.user, uuid)  # type: ignore[arg-type]
    said = body or StartIn(honour=False, access_code="")
    try:
        started = services.start_attempt(assignment=assigned, honour=said.honour, access_code=said.access_code)
    except services.NotNowError as refused:
        raise HttpError(409, " ".join(refused.messages)) from refused
    attempt = started.attempt
    questions = selectors.asked_questions(attempt)
    answer = {
        "id": attempt.uuid,
        "number": attempt.number,
        "state": attempt.state,
        "started_at": attempt.started_at,
        "closes_at": rules.deadline(assigned.closes, assigned.extra_minutes),
        "due_at": selectors.due_of(attempt),
        "grace_seconds": attempt.rules.grace_seconds,
        "late_policy": attempt.rules.late_policy,
        "server_time": timezone.now(),
        "url": reverse("quizzes:attempt", args=[attempt.uuid]),
        "questions": [
            {
                "id": question.uuid,
                "position": question.position,
                "kind": question.kind,
                "stem": question.stem,
                "prompt": question.prompt,
                "rule": question.rule,
                "choices": [{"key": choice.key, "text": choice.text} for choice in question.choices],
                "parts": None if question.choices else asdict(question.shown),
                "picture": question.picture and _picture(question.picture),
                "figure": question.figure and _picture(question.figure),
                "section": question.section and {"title": question.section.title, "intro": question.section.intro},
                "vignette": question.vignette and {"title": question.vignette.title, "text": question.vignette.text},
                "flagged": question.flagged,
                "answer": list(question.answer),
                "sequence": question.sequence,
                "saved_at": question.saved_at,
            }
            for question in questions
        ],
    }
    return Status(200 if started.resumed else 201, answer)


def _picture(picture: selectors.ShownPicture) -> dict[str, Any]:
    names = ("digest", "width", "height", "title", "description", "credit", "address")
    return {**{name: getattr(picture, name) for name in names}, "svg": str(picture.drawing)}


@router.put(
    "/attempts/{uuid}/answers/{question}",
    response={200: SavedOut, 409: Problem},
    url_name="save_answer",
    summary="Save an answer",
)
def save(request: HttpRequest, uuid: UUID, question: UUID, body: AnswerIn) -> dict[str, Any]:
    """Keep one answer; a repeated or old `sequence` changes nothing. 409 after handing in or closing."""
    response = response_for(request.user, uuid, question)  # type: ignore[arg-type]
    try:
        saved = services.save_answer(response=response, answer=body.answer, sequence=body.sequence)
    except services.NotNowError as refused:
        raise HttpError(409, " ".join(refused.messages)) from refused
    return {
        "state": saved.state,
        "answer": saved.answer,
        "sequence": saved.sequence,
        "saved_at": saved.saved_at,
        "server_time": timezone.now(),
    }


@router.post("/attempts/{uuid}/submit", response={200: ResultOut, 409: Problem}, summary="Hand an attempt in")
def submit(request: HttpRequest, uuid: UUID) -> dict[str, Any]:
    """Hand in what was saved, once; asked again, the same answer."""
    attempt = attempt_for(request.user, uuid)  # type: ignore[arg-type]
    try:
        attempt = services.submit_attempt(attempt=attempt)
    except services.NotNowError as refused:
        raise HttpError(409, " ".join(refused.messages)) from refused
    return _result(attempt)


def _result(attempt: Attempt) -> dict[str, Any]:
    share = selectors.share_of(attempt)
    return {
        "id": attempt.uuid,
        "state": attempt.state,
        "submitted_at": attempt.submitted_at,
        "score": None if share is None else {"numerator": share.numerator, "denominator": share.denominator},
        "percent_hundredths": None if share is None else rules.hundredths(share),
        "passed": attempt.passed,
        "unanswered": list(rules.unanswered([response.answer for response in selectors.responses_of(attempt)])),
        "url": reverse("quizzes:result", args=[attempt.uuid]),
    }
