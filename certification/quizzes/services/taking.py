"""Writes assignments, attempts and answers, and hands attempts in, exactly once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from certification.records.models import CourseResult, Milestone, TrainingRecord
from certification.records.services import record_course_result, record_milestone

from .. import rules
from ..models import Attempt, Quiz, QuizAssignment, Response
from ..selectors import items_to_ask, kept_of, moment, refusal_sentence
from ..settings import ScoreKept
from ..types import BadAnswerError, UnreadableAnswerError


class NotNowError(ValidationError):
    """The state of things refuses: closed, used up, handed in. The sentence says which, and what to do."""


# ---- the right to attempt ----


@transaction.atomic
def assign_quiz(
    *,
    record: TrainingRecord,
    quiz: Quiz,
    module: str,
    module_version: int,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    attempts_allowed: int | None = None,
    counts_as_grade: bool = False,
    extra_minutes: int = 0,
) -> QuizAssignment:
    """Give a record the right to attempt a quiz, for a module.

    Atomic; idempotent by (record, quiz): an assignment that is there is returned as it is. Refuses a quiz of another
    school, dates in the wrong order, and a quiz that the record already has for another module.
    """
    found = QuizAssignment.objects.filter(record=record, quiz=quiz).first()
    if found:
        if (found.module, found.module_version) != (module, module_version):
            raise ValidationError(
                {"module": _("This record already has the quiz for module %(course)s.") % {"course": found.course}}
            )
        return found
    if quiz.school_id != record.school_id:
        raise ValidationError({"quiz": _("This quiz belongs to another school.")})
    assignment = QuizAssignment(
        record=record,
        quiz=quiz,
        module=module,
        module_version=module_version,
        counts_as_grade=counts_as_grade,
        opens_at=opens_at,
        closes_at=closes_at,
        attempts_allowed=attempts_allowed,
        extra_minutes=extra_minutes,
    )
    assignment.full_clean(validate_constraints=False)
    if opens_at and closes_at and closes_at <= opens_at:
        raise ValidationError({"closes_at": _("A quiz closes after it opens.")})
    try:
        with transaction.atomic():
            assignment.save(force_insert=True)
    except IntegrityError:
        return QuizAssignment.objects.get(record=record, quiz=quiz)
    return assignment


# ---- taking ----


@dataclass(frozen=True, slots=True)
class Started:
    """An attempt that is open, and whether it was open already."""

    attempt: Attempt
    resumed: bool


def start_attempt(*, assignment: QuizAssignment) -> Started:
    """Begin an attempt, or return the one that is open.

    Atomic; under double clicks and parallel requests one attempt begins (the database allows one open attempt per
    assignment). Questions, their versions, points, pass mark and order are fixed now. Refuses (NotNowError) when
    passed, not open yet, closed, used up, without questions, or when the record has ended.
    """
    try:
        with transaction.atomic():
            return _start(assignment)
    except IntegrityError:
        # Another request of hers began it in the same moment; it is there now.
        with transaction.atomic():
            return _start(assignment)


def _start(assignment: QuizAssignment) -> Started:
    # The row is the lock for its attempts; on SQLite the IMMEDIATE transaction is.
    assignment = (
        QuizAssignment.objects.select_for_update(of=("self",)).select_related("quiz", "record").get(pk=assignment.pk)
    )
    attempts = list(assignment.attempts.order_by("number"))
    opened = next((attempt for attempt in attempts if attempt.is_open), None)
    if opened:
        return Started(opened, resumed=True)
    asked = items_to_ask(assignment.quiz)
    now = timezone.now()
    refusal = rules.why_not_start(
        now=now,
        opens_at=assignment.opens_at,
        closes_at=assignment.closes_at,
        used=len(attempts),
        allowed=assignment.allowed,
        passed=any(attempt.passed for attempt in attempts),
        sealed=assignment.record.sealed_at is not None,
        questions=len(asked),
    )
    if refusal:
        raise NotNowError(refusal_sentence(refusal, assignment), code=str(refusal))
    attempt = Attempt.objects.create(
        assignment=assignment,
        number=len(attempts) + 1,
        pass_percent=assignment.quiz.pass_percent,
        started_at=now,
    )
    by_name = {str(version.question.uuid): (item, version) for item, version in asked}
    rows = []
    for position, name in enumerate(rules.order(attempt.seed, by_name), 1):
        item, version = by_name[name]
        keys = version.type.names(version.parsed)
        rows.append(
            Response(
                attempt=attempt,
                question_version=version,
                position=position,
                points=item.points,
                choice_order=list(rules.order(f"{attempt.seed}/{name}", keys)),
            )
        )
    Response.objects.bulk_create(rows)
    return Started(attempt, resumed=False)


@dataclass(frozen=True, slots=True)
class Saved:
    """What is stored for a question now. `state` is "saved" if that is the answer just sent, else "older"."""

    state: str
    answer: list[str]
    sequence: int
    saved_at: datetime | None


def save_answer(*, response: Response, answer: object, sequence: int | None = None) -> Saved:
    """Keep an answer, unless a newer one is kept already.

    One conditional UPDATE: idempotent by `sequence`, the client's own growing number (none: the server's clock), so a
    repeated or late message changes nothing and is told what is kept. Refuses (NotNowError) after handing in and after
    closing, and (ValidationError) an answer that does not fit the question; of one that cannot be read (code
    `unreadable`) the sentence says what to write. At most one query, three when it lost a
    race. `response` comes with its attempt, assignment, record and question version.
    """
    attempt = response.attempt
    now = timezone.now()
    _refuse_unless_open(attempt, now)
    try:
        read = response.question_version.type.read(answer, response.question_version.parsed)
    except UnreadableAnswerError as error:
        raise ValidationError(str(error), code="unreadable") from error
    except BadAnswerError as error:
        raise ValidationError(
            _("This answer does not fit the question. Reload the page and choose again."), code="bad_answer"
        ) from error
    if sequence is None:
        sequence = max(int(now.timestamp() * 1000), response.sequence + 1)
    if not 1 <= sequence <= rules.LARGEST_SEQUENCE:
        raise ValidationError(_("The sequence is a whole number from 1."), code="bad_sequence")
    if response.sequence < sequence:
        # Each condition stands on the row itself, so that PostgreSQL asks them again after waiting for a lock.
        changed = Response.objects.filter(
            Exists(Attempt.objects.filter(pk=OuterRef("attempt_id"), state=Attempt.State.OPEN)),
            pk=response.pk,
            sequence__lt=sequence,
            awarded_numerator__isnull=True,
        ).update(answer=read, sequence=sequence, saved_at=now)
        if changed:
            response.answer, response.sequence, response.saved_at = read, sequence, now
        else:
            attempt.refresh_from_db(fields=["state", "submitted_at"])
            _refuse_unless_open(attempt, now)
            response.refresh_from_db(fields=["answer", "sequence", "saved_at"])
    state = "saved" if response.answer == read else "older"
    return Saved(state, response.answer, response.sequence, response.saved_at)


def _refuse_unless_open(attempt: Attempt, now: datetime) -> None:
    assignment = attempt.assignment
    zone = assignment.record.zone
    if attempt.submitted_at is not None:
        raise NotNowError(
            _("This attempt was handed in on %(when)s; answers after that are not taken.")
            % {"when": moment(attempt.submitted_at, zone)},
            code="handed_in",
        )
    last = rules.deadline(assignment.closes_at, assignment.extra_minutes)
    if last is not None and now >= last:
        raise NotNowError(
            _("This quiz closed on %(when)s; answers after that are not taken. What was saved before counts.")
            % {"when": moment(last, zone)},
            code="closed",
        )
    if assignment.record.sealed_at is not None:
        raise NotNowError(_("Your training record has ended, so no answer can be taken."), code="sealed")


@transaction.atomic
def save_answers(*, changes: Sequence[tuple[Response, object]]) -> list[Saved]:
    """Keep the answers that a page's form brings, all or none. Atomic; refuses as `save_answer` does."""
    return [save_answer(response=response, answer=answer) for response, answer in changes]


# ---- handing in ----


class _LostRaceError(Exception):
    """Another request handed the attempt in between our look and our write."""


def submit_attempt(*, attempt: Attempt) -> Attempt:
    """Hand an attempt in: grade every response, fix the score, and post what follows to the record.

    Atomic; once, under double clicks and parallel requests: the open row is taken by one conditional UPDATE, and who
    comes later gets the same result. Posts the Milestone `quiz:<module>` with the first attempt that passes, and, where
    the assignment counts as grade, a CourseResult whenever the best score rises. Takes what was saved, also after
    closing. Refuses (NotNowError) when the record has ended.
    """
    try:
        with transaction.atomic():
            return _submit(attempt)
    except _LostRaceError:
        return Attempt.objects.select_related("assignment__quiz", "assignment__record").get(pk=attempt.pk)


def _submit(attempt: Attempt) -> Attempt:
    attempt = (
        Attempt.objects.select_for_update(of=("self",))
        .select_related("assignment__quiz", "assignment__record")
        .get(pk=attempt.pk)
    )
    if not attempt.is_open:
        return attempt
    assignment = attempt.assignment
    if assignment.record.sealed_at is not None:
        raise NotNowError(_("Your training record has ended, so this attempt cannot be handed in."), code="sealed")
    # Locked: an answer that is being saved in this moment is waited for and graded.
    responses = list(
        Response.objects.select_for_update(of=("self",))
        .select_related("question_version")
        .filter(attempt=attempt)
        .order_by("pk")
    )
    parts = []
    for response in responses:
        version = response.question_version
        earned = version.type.share(response.answer, version.parsed)
        if earned is None:
            continue  # Somebody marks it; until then the attempt waits.
        part = rules.Part(earned, response.points)
        response.awarded_numerator, response.awarded_denominator = part.earned.as_integer_ratio()
        parts.append(part)
    Response.objects.bulk_update(responses, ["awarded_numerator", "awarded_denominator"])
    attempt.submitted_at = timezone.now()
    attempt.state = Attempt.State.MARKING
    if len(parts) == len(responses):
        share = rules.score(parts)
        attempt.state = Attempt.State.SUBMITTED
        attempt.score_numerator, attempt.score_denominator = share.as_integer_ratio()
        attempt.passed = rules.passes(share, attempt.pass_percent)
    taken = Attempt.objects.filter(pk=attempt.pk, state=Attempt.State.OPEN).update(
        state=attempt.state,
        submitted_at=attempt.submitted_at,
        score_numerator=attempt.score_numerator,
        score_denominator=attempt.score_denominator,
        passed=attempt.passed,
    )
    if not taken:
        raise _LostRaceError
    post_result(
        assignment=assignment,
        cause=f"attempt:{attempt.uuid}",
        said=f"attempt {attempt.number}",
        now=attempt.submitted_at,
    )
    return attempt


def post_result(*, assignment: QuizAssignment, cause: str, said: str, now: datetime) -> None:
    """Write what follows from the marked attempts of an assignment into its record, as they stand now.

    Joins the caller's transaction, which holds the assignment's attempts; idempotent by what stands there. The
    Milestone `quiz:<module>` comes once the score that counts passes. Where the assignment counts as grade, a
    CourseResult comes whenever the score that counts is not the one posted last, a lower one included: in the record
    the newest grade wins. `cause` names what happened (`attempt:<uuid>`, `regrade:<uuid>`) and makes the source keys;
    `said` is the same in the words of the evidence.
    """
    # The assignment is the lock: of two results at once, the second sees the first.
    QuizAssignment.objects.select_for_update().get(pk=assignment.pk)
    marked = list(assignment.attempts.filter(state=Attempt.State.SUBMITTED).order_by("number"))
    counts = kept_of(marked)
    if counts is None:
        return
    record, quiz = assignment.record, assignment.quiz
    code = f"quiz:{assignment.module}"
    proctored = ", proctored" if marked[-1].rules.proctored else ""
    if counts.passed and not Milestone.objects.filter(record=record, code=code).exists():
        # By the first that passed; where the last or the average counts, by the last.
        by = marked[-1]
        if by.rules.score_kept is ScoreKept.BEST:
            by = next(attempt for attempt in marked if attempt.passed)
        key = f"quiz-assignment:{assignment.uuid}"
        # One that was withdrawn keeps its key.
        taken = Milestone.all_ever.filter(record=record, source_key=key).exists()
        record_milestone(
            record=record,
            code=code,
            title=quiz.title,
            occurred_at=by.submitted_at or now,
            source_key=f"{key}/{cause}" if taken else key,
            detail=f"attempt {by.uuid}: {_written(counts.share)}, pass mark {by.pass_percent}/100{proctored}",
        )
    if not assignment.counts_as_grade:
        return
    ours = Q(source_key__in=[f"attempt:{attempt.uuid}" for attempt in marked]) | Q(
        source_key__startswith=f"quiz-assignment:{assignment.uuid}/"
    )
    last = (
        CourseResult.objects.filter(ours, record=record, course=assignment.course).order_by("recorded_at", "pk").last()
    )
    if last is None or last.grade_hundredths != rules.hundredths(counts.share):
        record_course_result(
            record=record,
            course=assignment.course,
            source_key=cause if cause.startswith("attempt:") else f"quiz-assignment:{assignment.uuid}/{cause}",
            grade_hundredths=rules.hundredths(counts.share),
            evidence=f"quiz {quiz.code}, {said}: {_written(counts.share)}{proctored}",
        )


def _written(share: Fraction) -> str:
    """A share as evidence says it: exact, or cut to hundredths of a percent where an average's fraction is endless."""
    exact = f"{share.numerator}/{share.denominator}"
    return exact if len(exact) <= 60 else f"{rules.cut(share * 100)} %"


def submit_overdue(*, now: datetime | None = None) -> int:
    """Hand in every open attempt whose time is over, with what was saved; return how many.

    One transaction each; safe twice. For the due jobs of `tick`. Records that have ended are left alone.
    """
    now = now or timezone.now()
    open_attempts = Attempt.objects.select_related("assignment").filter(
        state=Attempt.State.OPEN, assignment__closes_at__lte=now, assignment__record__sealed_at=None
    )
    done = 0
    for attempt in open_attempts:
        if rules.is_late(now, attempt.assignment.closes_at, attempt.assignment.extra_minutes):
            done += not submit_attempt(attempt=attempt).is_open
    return done
