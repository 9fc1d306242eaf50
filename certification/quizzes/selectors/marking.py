"""Reads what waits for a mark, and what a mark says; a queue names nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from accounts.models import User

from .. import rules
from ..models import Attempt, Mark, Quiz, Response
from ..types.essay import Criterion, count_words
from .taking import responses_of


@dataclass(frozen=True, slots=True)
class Waiting:
    """One attempt that waits for marks. Who wrote it is not in here."""

    uuid: UUID
    quiz: str
    number: int
    since: datetime
    answers: int
    """How many answers wait."""
    marked: int
    """How many of it a person has marked already."""

    @property
    def alias(self) -> str:
        """A short name that says nothing of her."""
        return alias_of(self.uuid)


def alias_of(attempt: UUID) -> str:
    """How a marker speaks of an attempt without knowing whose it is."""
    return attempt.hex[:6].upper()


def attempts_to_mark(quizzes: QuerySet[Quiz], *, by: User) -> QuerySet[Attempt]:
    """The attempts at these quizzes that wait for a mark by her, oldest first; never her own. No query yet."""
    return (
        Attempt.objects.filter(
            state=Attempt.State.MARKING, assignment__quiz__in=quizzes, assignment__record__sealed_at=None
        )
        .exclude(assignment__record__learner__user=by)
        .order_by("submitted_at", "pk")
    )


def marking_queue(quizzes: QuerySet[Quiz], *, by: User) -> QuerySet[Attempt]:
    """The same with what a list shows: quiz, answers that wait, answers that were marked. One query."""
    return (
        attempts_to_mark(quizzes, by=by)
        .select_related("assignment__quiz")
        .annotate(
            waiting=Count("responses", filter=Q(responses__awarded_numerator=None)),
            done=Count("responses__mark"),
        )
    )


def waiting_of(attempt: Attempt) -> Waiting:
    """A row of `marking_queue` as a page shows it. No query."""
    assert attempt.submitted_at is not None  # it waits, so it was handed in
    return Waiting(
        uuid=attempt.uuid,
        quiz=attempt.assignment.quiz.title,
        number=attempt.number,
        since=attempt.submitted_at,
        answers=attempt.waiting,  # type: ignore[attr-defined]
        marked=attempt.done,  # type: ignore[attr-defined]
    )


@dataclass(frozen=True, slots=True)
class ToMark:
    """One answer that somebody must mark: what was asked, what she wrote, and by what it is marked."""

    response: Response
    case: str
    ask: str
    explanation: str
    text: str
    words: int
    least_words: int
    most_words: int
    rubric: tuple[Criterion, ...]
    points: int
    position: int
    waits: bool

    @property
    def length(self) -> str:
        """`short` or `long` where it is not as long as it was asked to be, else empty."""
        if self.words < self.least_words:
            return "short"
        return "long" if self.most_words and self.words > self.most_words else ""


def essays_of(attempt: Attempt) -> list[ToMark]:
    """The answers of an attempt that a person marks, in its order, those that are marked too. One query."""
    essays = [response for response in responses_of(attempt) if response.question_version.kind == "essay"]
    for response in essays:
        response.attempt = attempt
    return [_to_mark(response) for response in essays]


def _to_mark(response: Response) -> ToMark:
    version = response.question_version
    case, ask = rules.split_stem(version.stem)
    text = "".join(response.answer[:1])
    essay = version.parsed
    return ToMark(
        response=response,
        case=case,
        ask=ask,
        explanation=version.explanation,
        text=text,
        words=count_words(text),
        least_words=essay.least_words,
        most_words=essay.most_words,
        rubric=essay.rubric,
        points=response.points,
        position=response.position,
        waits=response.awarded_numerator is None,
    )


@dataclass(frozen=True, slots=True)
class GivenPoints:
    """One criterion of a rubric as it was marked: points of how many, what that level says, and the marker's words."""

    title: str
    points: int
    most: int
    level: str
    remark: str


@dataclass(frozen=True, slots=True)
class GivenMark:
    """A mark as its learner reads it."""

    rows: tuple[GivenPoints, ...]
    remark: str
    marked_at: datetime


def marks_of(attempt: Attempt) -> Mapping[int, GivenMark]:
    """The marks of an attempt by the position of their question. One query."""
    rows = Mark.objects.filter(response__attempt=attempt).select_related("response__question_version")
    return {mark.response.position: _given(mark) for mark in rows}


def _given(mark: Mark) -> GivenMark:
    rows = []
    for criterion in mark.response.question_version.parsed.rubric:
        points = mark.points.get(criterion.key, 0)
        level = next((level.text for level in criterion.levels if level.points == points), "")
        rows.append(GivenPoints(criterion.title, points, criterion.points, level, mark.remarks.get(criterion.key, "")))
    return GivenMark(tuple(rows), mark.remark, mark.marked_at)
