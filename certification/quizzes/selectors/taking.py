"""Reads quizzes for learners and for other rooms; what may not be seen yet does not leave this file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certification.records.models import TrainingRecord

from .. import rules
from ..models import Attempt, Question, QuestionVersion, Quiz, QuizAssignment, QuizItem, Response
from ..rules import Refusal, Sight

FULL_SIGHT = Sight(feedback=True, key=True)


@dataclass(frozen=True, slots=True)
class AskedChoice:
    """A choice as it is shown: nothing in it says whether it is right."""

    key: str
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question as it is shown to who answers it. Holds nothing of key, feedback or explanation."""

    uuid: UUID
    position: int
    kind: str
    stem: str
    case: str
    ask: str
    prompt: str | Promise
    rule: str | Promise
    template: str
    points: int
    choices: tuple[AskedChoice, ...]
    answer: tuple[str, ...]
    sequence: int
    saved_at: datetime | None


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


def asked_questions(attempt: Attempt) -> list[AskedQuestion]:
    """The questions of an attempt in its order, with the answers so far. One query."""
    return [_asked(response) for response in responses_of(attempt)]


def responses_of(attempt: Attempt) -> list[Response]:
    """The responses of an attempt in its order, with their question versions. One query."""
    return list(
        Response.objects.filter(attempt=attempt).select_related("question_version__question").order_by("position")
    )


def _asked(response: Response) -> AskedQuestion:
    version = response.question_version
    texts = {choice.key: choice.text for choice in version.listed_choices()}
    kind = version.type
    case, ask = rules.split_stem(version.stem)
    return AskedQuestion(
        uuid=version.question.uuid,
        position=response.position,
        kind=version.kind,
        stem=version.stem,
        case=case,
        ask=ask,
        prompt=kind.prompt,
        rule=kind.rule,
        template=kind.template,
        points=response.points,
        choices=tuple(AskedChoice(key, texts[key], key in response.answer) for key in response.choice_order),
        answer=tuple(response.answer),
        sequence=response.sequence,
        saved_at=response.saved_at,
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
    kinds = {version.kind: str(version.type.rule) for _item, version in asked}
    return StartPage(
        assignment=assignment,
        standing=standing,
        questions=len(asked),
        points=points,
        rules_of_kinds=tuple(kinds[kind] for kind in sorted(kinds, reverse=True)),
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
class ResultChoice:
    """A choice after handing in. `correct` is None while the key may not be seen."""

    text: str
    chosen: bool
    correct: bool | None
    feedback: str


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One question after handing in. Explanation and objective are empty while the key may not be seen."""

    position: int
    case: str
    ask: str
    choices: tuple[ResultChoice, ...]
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
    """The result of an attempt that was handed in, cut down to what `sight` allows. One query."""
    share = share_of(attempt)
    if share is None:
        raise ValueError("An open attempt has no result.")
    responses = responses_of(attempt)
    points = sum(response.points for response in responses)
    return Result(
        attempt=attempt,
        sight=sight,
        lines=tuple(_result_line(response, sight) for response in responses),
        percent=rules.cut(share * 100),
        earned=share * points,
        points=points,
    )


def _result_line(response: Response, sight: Sight) -> ResultLine:
    version = response.question_version
    choices = {choice.key: choice for choice in version.listed_choices()}
    shown = []
    for key in response.choice_order:
        choice, chosen = choices[key], key in response.answer
        # Without the key, feedback stands only beside what she chose: the others' words would tell.
        told = sight.key or (sight.feedback and chosen)
        shown.append(
            ResultChoice(
                text=choice.text,
                chosen=chosen,
                correct=choice.correct if sight.key else None,
                feedback=choice.feedback if told else "",
            )
        )
    case, ask = rules.split_stem(version.stem)
    return ResultLine(
        position=response.position,
        case=case,
        ask=ask,
        choices=tuple(shown),
        earned=Fraction(response.awarded_numerator or 0, response.awarded_denominator or 1),
        points=response.points,
        answered=bool(response.answer),
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
