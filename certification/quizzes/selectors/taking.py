"""Reads quizzes for learners and for other rooms; what may not be seen yet does not leave this file."""

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certification.records.models import TrainingRecord

from .. import rules
from ..models import (
    Attempt,
    Question,
    QuestionPicture,
    QuestionVersion,
    Quiz,
    QuizAssignment,
    QuizItem,
    Response,
)
from ..rules import Refusal, Sight
from ..types import AskedChoice, AskedChoices, Told

FULL_SIGHT = Sight(feedback=True, key=True)


@dataclass(frozen=True, slots=True)
class ShownMark:
    """A mark in the picture's own measures."""

    letter: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A picture with the marks of one question, as it is drawn in a page. `drawing` is SVG that was checked."""

    digest: str
    kind: str
    width: int
    height: int
    title: str
    description: str
    credit: str
    drawing: SafeString
    address: str
    marks: tuple[ShownMark, ...]

    @property
    def radius(self) -> int:
        """The radius of a mark: as large on any picture, and large enough for a finger on a phone."""
        return max(self.width * 35 // 1000, 1)

    @property
    def letter(self) -> int:
        """The height of a mark's letter."""
        return max(self.radius * 6 // 5, 1)


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question as it is shown to who answers it. Holds nothing of key, feedback or explanation.

    `shown` is what its kind shows. `error` says why what she typed could not be read; then `shown` holds it again.
    """

    uuid: UUID
    position: int
    kind: str
    stem: str
    case: str
    ask: str
    prompt: str
    rule: str
    template: str
    shape: str
    points: int
    shown: Any
    picture: ShownPicture | None
    answer: tuple[str, ...]
    sequence: int
    saved_at: datetime | None
    error: str = ""

    @property
    def choices(self) -> tuple[AskedChoice, ...]:
        """Its choices, where it has a list of them."""
        return self.shown.choices if isinstance(self.shown, AskedChoices) else ()

    @property
    def answer_json(self) -> str:
        """The answer that is kept, for the form to say what it showed."""
        return json.dumps(self.answer)


def items_to_ask(quiz: Quiz) -> list[tuple[QuizItem, QuestionVersion]]:
    """The items whose questions are in use, each with the version that is asked, in the author's order. Two queries."""
    versions = {
        version.question_id: version
        for version in QuestionVersion.objects.select_related("question").filter(
            question__items__quiz=quiz, question__state=Question.State.ACTIVE, number=F("question__asked_number")
        )
    }
    items = QuizItem.objects.filter(quiz=quiz, question__state=Question.State.ACTIVE)
    return [(item, versions[item.question_id]) for item in items if item.question_id in versions]


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form brought for a question, in the shape of an answer, and why it could not be read."""

    answer: list[str]
    error: str


def asked_questions(attempt: Attempt, typed: Mapping[int, Typed] | None = None) -> list[AskedQuestion]:
    """The questions of an attempt in its order, with the answers so far. One query, and one where pictures are asked.

    `typed` holds, by response, what a form brought and could not be read.
    """
    responses = responses_of(attempt)
    pictures = _pictures_of(attempt, responses)
    typed = typed or {}
    return [_asked(response, pictures, typed.get(response.pk)) for response in responses]


def _pictures_of(attempt: Attempt, responses: Iterable[Response]) -> dict[str, QuestionPicture]:
    versions = [response.question_version for response in responses]
    return pictures_of(attempt.assignment.record.school_id, versions)


def pictures_of(school: int, versions: Iterable[QuestionVersion]) -> dict[str, QuestionPicture]:
    """The pictures that these versions ask about, by digest. One query; none where they ask about none."""
    digests = {version.type.picture(version.parsed) for version in versions} - {""}
    return {found.digest: found for found in QuestionPicture.objects.filter(school=school, digest__in=digests)}


def drawn(digest: str, shown: Any, pictures: Mapping[str, QuestionPicture]) -> ShownPicture | None:
    """The picture of this digest with the marks that `shown` holds."""
    if digest not in pictures:
        return None
    found = pictures[digest]
    data, is_svg = bytes(found.data), found.kind == QuestionPicture.Kind.SVG
    marks = tuple(
        ShownMark(mark.letter, mark.x * found.width // 1000, mark.y * found.height // 1000) for mark in shown.marks
    )
    return ShownPicture(
        digest=digest,
        kind=found.kind,
        width=found.width,
        height=found.height,
        title=found.title,
        description=found.description,
        credit=found.credit,
        drawing=mark_safe(data.decode() if is_svg else ""),  # noqa: S308 - checked when it was kept, unchanged since
        address="" if is_svg else f"data:image/png;base64,{base64.b64encode(data).decode()}",
        marks=marks,
    )


def responses_of(attempt: Attempt) -> list[Response]:
    """The responses of an attempt in its order, with their question versions. One query."""
    return list(
        Response.objects.filter(attempt=attempt).select_related("question_version__question").order_by("position")
    )


def _asked(response: Response, pictures: Mapping[str, QuestionPicture], typed: Typed | None) -> AskedQuestion:
    return asked(
        response.question_version,
        order=response.choice_order,
        answer=response.answer,
        typed=typed,
        position=response.position,
        points=response.points,
        sequence=response.sequence,
        saved_at=response.saved_at,
        pictures=pictures,
    )


def asked(
    version: QuestionVersion,
    *,
    order: Sequence[str],
    answer: list[str],
    position: int,
    points: int,
    pictures: Mapping[str, QuestionPicture],
    typed: Typed | None = None,
    sequence: int = 0,
    saved_at: datetime | None = None,
) -> AskedQuestion:
    """A version as a learner is shown it. No query but for its question, where that was not read with it."""
    kind, parsed = version.type, version.parsed
    case, ask = rules.split_stem(version.stem)
    shown = kind.shown(parsed, order, typed.answer if typed else answer)
    return AskedQuestion(
        uuid=version.question.uuid,
        position=position,
        kind=version.kind,
        stem=version.stem,
        case=case,
        ask=ask,
        prompt=kind.prompt_of(parsed),
        rule=kind.rule(parsed),
        template=kind.template,
        shape=kind.shape,
        points=points,
        shown=shown,
        picture=drawn(kind.picture(parsed), shown, pictures),
        answer=tuple(answer),
        sequence=sequence,
        saved_at=saved_at,
        error=typed.error if typed else "",
    )


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """One attempt in a list."""

    uuid: UUID
    number: int
    is_open: bool
    started_at: datetime
    submitted_at: datetime | None
    percent: str
    passed: bool | None


def _line(attempt: Attempt) -> AttemptLine:
    share = share_of(attempt)
    return AttemptLine(
        uuid=attempt.uuid,
        number=attempt.number,
        is_open=attempt.is_open,
        started_at=attempt.started_at,
        submitted_at=attempt.submitted_at,
        percent="" if share is None else rules.cut(share * 100),
        passed=attempt.passed,
    )


def share_of(attempt: Attempt) -> Fraction | None:
    """The score as a share of all points; None while the attempt is open. No query."""
    if attempt.score_numerator is None or attempt.score_denominator is None:
        return None
    return Fraction(attempt.score_numerator, attempt.score_denominator)


def best_hundredths(record: TrainingRecord, module: str) -> int | None:
    """The best marked score at the quiz of a module, percent times 100; None without one. One query."""
    marked = Attempt.objects.filter(assignment__record=record, assignment__module=module, score_numerator__isnull=False)
    return max((rules.hundredths(share) for share in map(share_of, marked) if share is not None), default=None)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far one person is with one assigned quiz."""

    attempts: tuple[AttemptLine, ...]
    allowed: int
    refusal: Refusal | None

    @property
    def open(self) -> AttemptLine | None:
        """The attempt that is open now."""
        return next((line for line in self.attempts if line.is_open), None)

    @property
    def earlier(self) -> tuple[AttemptLine, ...]:
        """The attempts handed in."""
        return tuple(line for line in self.attempts if not line.is_open)

    @property
    def passed(self) -> bool:
        """Whether one attempt passed."""
        return any(line.passed for line in self.attempts)

    @property
    def left(self) -> int:
        """Attempts not begun yet."""
        return max(self.allowed - len(self.attempts), 0)

    @property
    def state(self) -> str:
        """One word for lists: passed, in_progress, failed (no attempt left), not_open_yet, closed or open."""
        if self.passed:
            return "passed"
        if self.open:
            return "in_progress"
        if self.refusal is Refusal.USED_UP:
            return "failed"
        if self.refusal is Refusal.NOT_OPEN_YET:
            return "not_open_yet"
        return "closed" if self.refusal in {Refusal.CLOSED, Refusal.SEALED} else "open"


def _standing(assignment: QuizAssignment, attempts: Sequence[Attempt], questions: int, now: datetime) -> Standing:
    refusal = rules.why_not_start(
        now=now,
        opens_at=assignment.opens_at,
        closes_at=assignment.closes_at,
        used=len(attempts),
        allowed=assignment.allowed,
        passed=any(attempt.passed for attempt in attempts),
        sealed=assignment.record.sealed_at is not None,
        questions=questions,
    )
    return Standing(tuple(_line(attempt) for attempt in attempts), assignment.allowed, refusal)


@dataclass(frozen=True, slots=True)
class StartPage:
    """What the page before an attempt says."""

    assignment: QuizAssignment
    standing: Standing
    questions: int
    points: int
    rules_of_kinds: tuple[str, ...]
    pass_points: str
    refusal: str
    last_moment: datetime | None


def start_page(assignment: QuizAssignment) -> StartPage:
    """What a quiz is, what it asks for and how far she is. Three queries beside the assignment's own."""
    asked = items_to_ask(assignment.quiz)
    points = sum(item.points for item, _version in asked)
    standing = _standing(assignment, list(assignment.attempts.order_by("number")), len(asked), timezone.now())
    kinds = sorted({(version.kind, version.type.rule(version.parsed)) for _item, version in asked}, reverse=True)
    return StartPage(
        assignment=assignment,
        standing=standing,
        questions=len(asked),
        points=points,
        rules_of_kinds=tuple(dict.fromkeys(rule for _kind, rule in kinds)),
        pass_points=rules.up(Fraction(assignment.quiz.pass_percent * points, 100)),
        refusal=refusal_sentence(standing.refusal, assignment) if standing.refusal else "",
        last_moment=rules.deadline(assignment.closes_at, assignment.extra_minutes),
    )


@dataclass(frozen=True, slots=True)
class AssignedQuiz:
    """One assigned quiz in a list of a record's quizzes; `state` is the word of `Standing.state`."""

    uuid: UUID
    title: str
    module: str
    state: str
    attempts_left: int
    url: str
    closes_at: datetime | None = None
    """Until when an attempt may be begun, where the school set an end."""


def assigned_quizzes(record: TrainingRecord) -> list[AssignedQuiz]:
    """The quizzes of a record in the order in which they were assigned. Two queries, however many."""
    now = timezone.now()
    listed = []
    rows = record.quiz_assignments.select_related("quiz").prefetch_related("attempts").order_by("pk")
    for assignment in rows:
        assignment.record = record
        # Whether it has questions is the start page's business; here it would cost a query each.
        standing = _standing(assignment, list(assignment.attempts.all()), 1, now)
        listed.append(
            AssignedQuiz(
                uuid=assignment.uuid,
                title=assignment.quiz.title,
                module=assignment.module,
                state=standing.state,
                attempts_left=standing.left,
                url=reverse("quizzes:assignment", args=[assignment.uuid]),
                closes_at=assignment.closes_at,
            )
        )
    return listed


@dataclass(frozen=True, slots=True)
class QuizGrade:
    """How one record stands in one assigned quiz, for the school's lists; `state` is the word of `Standing.state`."""

    record: int
    title: str
    module: str
    state: str
    used: int
    allowed: int
    failed: int
    """Attempts handed in that did not pass."""
    best: Fraction | None
    """The best score as a share of all points, exact; None before one was handed in."""
    passed: bool
    last_at: datetime | None
    """When she last began or handed in an attempt."""

    @property
    def percent(self) -> str:
        """The best score in percent, cut to two decimals; empty where there is none."""
        return "" if self.best is None else rules.cut(self.best * 100)


def grades_of(records: QuerySet[TrainingRecord]) -> dict[int, list[QuizGrade]]:
    """The assigned quizzes of many records, by record, as they were assigned. Two queries, however many.

    Whether a quiz has questions is the start page's business; here it would cost a query each.
    """
    now = timezone.now()
    attempts: dict[int, list[Attempt]] = {}
    for attempt in Attempt.objects.filter(assignment__record__in=records.order_by().values("pk")).order_by("number"):
        attempts.setdefault(attempt.assignment_id, []).append(attempt)
    rows = QuizAssignment.objects.filter(record__in=records.order_by().values("pk")).select_related("quiz", "record")
    listed: dict[int, list[QuizGrade]] = {}
    for assignment in rows.order_by("pk"):
        listed.setdefault(assignment.record_id, []).append(_grade(assignment, attempts.get(assignment.pk, []), now))
    return listed


def _grade(assignment: QuizAssignment, attempts: Sequence[Attempt], now: datetime) -> QuizGrade:
    shares = [share for share in map(share_of, attempts) if share is not None]
    standing = _standing(assignment, attempts, 1, now)
    return QuizGrade(
        record=assignment.record_id,
        title=assignment.quiz.title,
        module=assignment.module,
        state=standing.state,
        used=len(attempts),
        allowed=assignment.allowed,
        failed=sum(attempt.passed is False for attempt in attempts),
        best=max(shares, default=None),
        passed=standing.passed,
        last_at=max((attempt.submitted_at or attempt.started_at for attempt in attempts), default=None),
    )


def learner_sight(attempt: Attempt) -> Sight:
    """What the learner may see of this attempt now. One query."""
    others = list(Attempt.objects.filter(assignment=attempt.assignment).only("state", "passed"))
    return rules.may_see(
        submitted=not attempt.is_open,
        passed=any(other.passed for other in others),
        handed_in=sum(not other.is_open for other in others),
        allowed=attempt.assignment.allowed,
        another_open=any(other.is_open for other in others),
    )


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One question after handing in. Explanation and objective are empty while the key may not be seen."""

    position: int
    case: str
    ask: str
    told: tuple[Told, ...]
    template: str
    shown: Any
    picture: ShownPicture | None
    earned: Fraction
    points: int
    answered: bool
    explanation: str
    objective: str

    @property
    def verdict(self) -> str:
        """right, partly, wrong or empty."""
        if not self.answered:
            return "empty"
        if self.earned == self.points:
            return "right"
        return "partly" if self.earned else "wrong"


@dataclass(frozen=True, slots=True)
class Result:
    """An attempt that was handed in, as far as it may be seen."""

    attempt: Attempt
    sight: Sight
    lines: tuple[ResultLine, ...]
    percent: str
    earned: Fraction
    points: int


def result_of(attempt: Attempt, sight: Sight) -> Result:
    """The result of an attempt that was handed in, cut down to what `sight` allows. One query, and one for pictures."""
    share = share_of(attempt)
    if share is None:
        raise ValueError("An open attempt has no result.")
    responses = responses_of(attempt)
    pictures = _pictures_of(attempt, responses)
    points = sum(response.points for response in responses)
    return Result(
        attempt=attempt,
        sight=sight,
        lines=tuple(_result_line(response, sight, pictures) for response in responses),
        percent=rules.cut(share * 100),
        earned=share * points,
        points=points,
    )


def _result_line(response: Response, sight: Sight, pictures: Mapping[str, QuestionPicture]) -> ResultLine:
    version, order, answer = response.question_version, response.choice_order, response.answer
    kind, parsed = version.type, version.parsed
    case, ask = rules.split_stem(version.stem)
    shown = kind.shown(parsed, order, answer)
    return ResultLine(
        position=response.position,
        case=case,
        ask=ask,
        told=kind.told(parsed, order, answer, feedback=sight.feedback, key=sight.key),
        template=kind.told_template,
        shown=shown,
        picture=drawn(kind.picture(parsed), shown, pictures),
        earned=Fraction(response.awarded_numerator or 0, response.awarded_denominator or 1),
        points=response.points,
        answered=bool(answer),
        explanation=version.explanation if sight.key else "",
        objective=version.objective if sight.key else "",
    )


def moment(at: datetime, zone: str) -> str:
    """An instant as people of the record's zone read it."""
    return date_format(at.astimezone(ZoneInfo(zone)), "DATETIME_FORMAT")


def refusal_sentence(refusal: Refusal, assignment: QuizAssignment) -> str:
    """Why no attempt may begin, and what to do. No query."""
    zone = assignment.record.zone
    if refusal is Refusal.PASSED:
        return _("You have passed this quiz. Nothing more is needed.")
    if refusal is Refusal.SEALED:
        return _("Your training record has ended, so no new attempt can begin.")
    if refusal is Refusal.NOT_OPEN_YET and assignment.opens_at:
        return _("This quiz opens on %(when)s; come back then.") % {"when": moment(assignment.opens_at, zone)}
    if refusal is Refusal.CLOSED and assignment.closes_at:
        return _("This quiz closed on %(when)s; ask your instructor if you need more time.") % {
            "when": moment(assignment.closes_at, zone)
        }
    if refusal is Refusal.USED_UP:
        return ngettext(
            "Your one attempt is used. Talk to your instructor about what comes next.",
            "All %(count)d attempts are used. Talk to your instructor about what comes next.",
            assignment.allowed,
        ) % {"count": assignment.allowed}
    return _("This quiz has no questions yet. Your instructor is still writing them.")
