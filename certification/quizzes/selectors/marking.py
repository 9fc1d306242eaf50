"""Reads what waits for a mark, and what a mark says; a queue names nobody."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from accounts.models import User

from .. import rules
from ..models import Attempt, Mark, MarkCorrection, QuestionPicture, Quiz, Response
from ..types.essay import Criterion, count_words
from .taking import ShownCase, ShownPicture, case_of, drawn, pictures_of, responses_of, share_of


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
    """One answer that somebody must mark: what was asked, what she wrote, and by what it is marked.

    `vignette` and `figure` stood before and beside the words, as she had them.
    """

    response: Response
    vignette: ShownCase | None
    figure: ShownPicture | None
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
    """The answers of an attempt that a person marks, in its order, those that are marked too.

    One query, and one where pictures stand beside their words.
    """
    essays = [response for response in responses_of(attempt) if response.question_version.kind == "essay"]
    for response in essays:
        response.attempt = attempt
    beside = [response.question_version for response in essays if response.question_version.picture_id]
    pictures = pictures_of(attempt.assignment.record.school_id, beside) if beside else {}
    return [_to_mark(response, pictures) for response in essays]


def _to_mark(response: Response, pictures: Mapping[str | int, QuestionPicture]) -> ToMark:
    version = response.question_version
    case, ask = rules.split_stem(version.stem)
    text = "".join(response.answer[:1])
    essay = version.parsed
    return ToMark(
        response=response,
        vignette=case_of(version, None),
        figure=drawn(pictures.get(version.picture_id)) if version.picture_id else None,
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
    """A mark, or what stands in its place, as its learner reads it."""

    rows: tuple[GivenPoints, ...]
    remark: str
    marked_at: datetime
    number: int = 0
    """Which correction it is; 0 is the mark itself."""
    reason: str = ""
    """Why it stands in the place of the one before."""
    earlier: tuple["GivenMark", ...] = ()
    """Those before it, the newest first."""


def marks_of(attempt: Attempt) -> Mapping[int, GivenMark]:
    """What stands as the marks of an attempt, by the position of their question. Two queries, one without marks."""
    rows = (
        Mark.objects.filter(response__attempt=attempt)
        .select_related("response__question_version")
        .prefetch_related("corrections")
    )
    return {mark.response.position: _standing_mark(mark) for mark in rows}


def _standing_mark(mark: Mark) -> GivenMark:
    rubric = mark.response.question_version.parsed.rubric
    given = [_given(rubric, mark, mark.marked_at)]
    given += [
        _given(rubric, each, each.decided_at, number=each.number, reason=each.reason) for each in mark.corrections.all()
    ]
    return replace(given[-1], earlier=tuple(reversed(given[:-1])))


def _given(rubric: Iterable[Criterion], said: Mark | MarkCorrection, at: datetime, **more: Any) -> GivenMark:
    rows = []
    for criterion in rubric:
        points = said.points.get(criterion.key, 0)
        level = next((level.text for level in criterion.levels if level.points == points), "")
        rows.append(GivenPoints(criterion.title, points, criterion.points, level, said.remarks.get(criterion.key, "")))
    return GivenMark(tuple(rows), said.remark, at, **more)


# ---- what was marked, to correct it ----


@dataclass(frozen=True, slots=True)
class Decided:
    """Who decided a mark or a correction of it, for staff."""

    by: str
    at: datetime
    given: GivenMark


def mark_to_correct(attempt: Attempt, position: int) -> Mark | None:
    """The mark of the answer at this position, with its answer and question; None where there is none. One query."""
    rows = Mark.objects.filter(response__attempt=attempt, response__position=position)
    return rows.select_related("response__question_version", "marked_by").first()


def history_of(mark: Mark) -> list[Decided]:
    """A mark and its corrections, the oldest first, with who decided each. One query."""
    rubric = mark.response.question_version.parsed.rubric
    told = [Decided(mark.marked_by.get_full_name(), mark.marked_at, _given(rubric, mark, mark.marked_at))]
    for each in mark.corrections.select_related("decided_by").order_by("number"):
        given = _given(rubric, each, each.decided_at, number=each.number, reason=each.reason)
        told.append(Decided(each.decided_by.get_full_name(), each.decided_at, given))
    return told


def stands_of(mark: Mark) -> Mark | MarkCorrection:
    """What stands now: the newest correction, else the mark. One query."""
    return mark.corrections.order_by("-number").first() or mark


def lately_marked(quizzes: QuerySet[Quiz], *, by: User) -> QuerySet[Mark]:
    """The marks that she may correct, the newest first, with `corrected` times; never of her own answers. One query."""
    return (
        Mark.objects.filter(
            response__attempt__assignment__quiz__in=quizzes,
            response__attempt__assignment__record__sealed_at=None,
        )
        .exclude(response__attempt__assignment__record__learner__user=by)
        .select_related("response__attempt__assignment__quiz", "marked_by")
        .annotate(corrected=Count("corrections"))
        .order_by("-marked_at", "-pk")
    )


def percent_of(attempt: Attempt) -> str:
    """The score of an attempt in percent; empty while answers of it wait for their mark. No query."""
    share = share_of(attempt)
    return "" if share is None else rules.cut(share * 100)
