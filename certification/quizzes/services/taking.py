"""Writes assignments, attempts and answers, and hands attempts in, exactly once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from certification.records.models import CourseResult, Milestone, TrainingRecord
from certification.records.services import record_course_result, record_milestone, withdraw_milestone

from .. import rules
from ..models import Attempt, Quiz, QuizAssignment, Response
from ..selectors import (
    Asks,
    asked_for,
    asks_of,
    due_of,
    gates_of,
    kept_of,
    moment,
    over_sentence,
    refusal_of,
    refusal_sentence,
)
from ..settings import QuizGate, QuizSettings, ScoreKept, stored_gates
from ..types import BadAnswerError, UnreadableAnswerError

# So many wrong access codes of one learner at one quiz, in so many seconds.
MOST_MISSES = 5
MISSES_SECONDS = 600


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


def give_quiz(*, record: TrainingRecord, quiz: Quiz) -> QuizAssignment:
    """Give one learner a quiz outside of any module, such as a final examination; its own code stands for the module.

    Idempotent; passing it posts the Milestone `quiz:<code>`, and it is nobody's grade. Refuses (ValidationError) a quiz
    that asks nothing, one of another school, and a record that has ended.
    """
    if record.sealed_at is not None:
        raise ValidationError({"quiz": _("This training record has ended; it takes no quiz.")})
    if not quiz.items.exists():
        raise ValidationError({"quiz": _("This quiz asks nothing yet. Put it in use first.")})
    found = QuizAssignment.objects.filter(record=record, quiz=quiz).first()
    return found or assign_quiz(record=record, quiz=quiz, module=quiz.code, module_version=1)


@transaction.atomic
def plan_quiz(
    *, record: TrainingRecord, quiz: Quiz, title: str, gates: Sequence[QuizGate] = (), attempts: int | None = None
) -> QuizAssignment:
    """Give a record a quiz outside of any module as its program plans it, or bring what was given up to the plan.

    Atomic; idempotent by (record, quiz): also one that staff gave by hand gets the plan's title, gates and attempts.
    What was allowed to her alone stays, and no open attempt changes. The quiz of a module stays as it is. Passing posts
    the Milestone `quiz:<code>`, and it is nobody's grade. Refuses what `assign_quiz` refuses.
    """
    found = QuizAssignment.objects.filter(record=record, quiz=quiz).first()
    given = found or assign_quiz(record=record, quiz=quiz, module=quiz.code, module_version=1)
    if given.module != quiz.code:
        return given
    QuizAssignment.objects.select_for_update().get(pk=given.pk)
    given.title, given.gates, given.planned_attempts = title, stored_gates(gates), attempts
    given.full_clean(exclude=["record", "quiz"], validate_unique=False, validate_constraints=False)
    given.save(update_fields=["title", "gates", "planned_attempts"])
    return given


# ---- taking ----


@dataclass(frozen=True, slots=True)
class Started:
    """An attempt that is open, and whether it was open already."""

    attempt: Attempt
    resumed: bool


def start_attempt(*, assignment: QuizAssignment, honour: bool = False, access_code: str = "") -> Started:
    """Begin an attempt, or return the one that is open.

    `honour`: she agrees to the quiz's statement; `access_code` is what she typed. Atomic; under double clicks and
    parallel requests one attempt begins (the database allows one open attempt per assignment). Questions (drawn ones
    too), their versions, sections, points, pass mark, order, settings and the end of its time are fixed now. Refuses
    (NotNowError, its code says which) when passed, not open yet, closed, used up, waiting for a mark or for the time
    between attempts, without questions, with a condition that is not met, when the record has ended, and without the
    statement or the right code; after some wrong codes every code, for a while.
    """
    try:
        try:
            with transaction.atomic():
                return _start(assignment, honour, access_code)
        except IntegrityError:
            # Another request of hers began it in the same moment; it is there now.
            with transaction.atomic():
                return _start(assignment, honour, access_code)
    except NotNowError as refused:
        if refused.code == "wrong_code":
            _count_miss(assignment)
        raise


def _start(assignment: QuizAssignment, honour: bool, access_code: str) -> Started:
    # The row is the lock for its attempts; on SQLite the IMMEDIATE transaction is.
    assignment = (
        QuizAssignment.objects.select_for_update(of=("self",))
        .select_related("quiz", "record__rule_set")
        .get(pk=assignment.pk)
    )
    attempts = list(assignment.attempts.order_by("number"))
    opened = next((attempt for attempt in attempts if attempt.is_open), None)
    if opened:
        return Started(opened, resumed=True)
    quiz, now = assignment.quiz, timezone.now()
    asks = asks_of(quiz)
    gates = gates_of(assignment)
    refusal = refusal_of(assignment, attempts, asks, gates, now)
    if refusal:
        raise NotNowError(refusal_sentence(refusal, assignment, attempts, gates), code=str(refusal))
    _check_word_and_code(assignment, quiz.rules, honour, access_code)
    attempt = Attempt(
        assignment=assignment,
        number=len(attempts) + 1,
        pass_percent=quiz.pass_percent,
        # What she was told; the code is nothing that anybody reads there.
        settings={name: value for name, value in quiz.settings.items() if name != "access_code"},
        started_at=now,
        honour_given_at=now if quiz.rules.honour else None,
        due_at=rules.due_at(
            started_at=now,
            limit_minutes=quiz.rules.time_limit_minutes,
            closes_at=assignment.closes,
            extra_minutes=assignment.extra_minutes,
        ),
    )
    attempt.save(force_insert=True)
    Response.objects.bulk_create(_responses(attempt, asks))
    return Started(attempt, resumed=False)


def _responses(attempt: Attempt, asks: Asks) -> list[Response]:
    """The empty responses of an attempt, in its own order."""
    asked = {str(one.version.question.uuid): one for one in asked_for(asks, attempt.seed)}
    sections = list(dict.fromkeys(one.section for one in asked.values()))
    placed = [
        rules.Placed(
            name,
            sections.index(one.section),
            str(one.version.vignette.vignette_id) if one.version.vignette else "",
        )
        for name, one in asked.items()
    ]
    rows = []
    for position, name in enumerate(rules.arranged(attempt.seed, placed, shuffle=attempt.rules.shuffle_questions), 1):
        one, version = asked[name], asked[name].version
        parts = version.type.names(version.parsed)
        if attempt.rules.shuffle_choices or not version.type.as_listed:
            parts = rules.order(f"{attempt.seed}/{name}", parts)
        rows.append(
            Response(
                attempt=attempt,
                question_version=version,
                position=position,
                points=one.points,
                choice_order=list(parts),
                section=one.section.title if one.section else "",
                section_intro=one.section.intro if one.section else "",
            )
        )
    return rows


def _check_word_and_code(assignment: QuizAssignment, told: QuizSettings, honour: bool, access_code: str) -> None:
    if told.honour and not honour:
        raise NotNowError(_("Agree to the statement first: tick the box below it."), code="honour")
    if not told.access_code:
        return
    if cache.get(_misses(assignment), 0) >= MOST_MISSES:
        raise NotNowError(
            _("Those were too many wrong codes. Wait ten minutes, then try again with the code from your instructor."),
            code="too_many_codes",
        )
    if not constant_time_compare(access_code.strip().casefold(), told.access_code.casefold()):
        raise NotNowError(
            _("This is not the access code. Your instructor gives it to you when the quiz begins."), code="wrong_code"
        )


def _misses(assignment: QuizAssignment) -> str:
    return f"quizzes:codes:{assignment.pk}:{int(timezone.now().timestamp() // MISSES_SECONDS)}"


def _count_miss(assignment: QuizAssignment) -> None:
    """Note one wrong code; outside of the transaction that was refused, for it would take the note back."""
    key = _misses(assignment)
    cache.add(key, 0, MISSES_SECONDS)
    try:
        cache.incr(key)
    except ValueError:  # it lapsed between the two calls: the window is over
        cache.set(key, 1, MISSES_SECONDS)


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
    repeated or late message changes nothing and is told what is kept. Refuses (NotNowError) after handing in and when
    its time and the grace after it are over, and (ValidationError) an answer that does not fit the question; of one
    that cannot be read (code `unreadable`) the sentence says what to write. At most one query, three when it lost a
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
    due = due_of(attempt)
    if due is not None and rules.is_over(now, due, attempt.rules.grace_seconds):
        raise NotNowError(over_sentence(attempt, due), code="closed")
    if assignment.record.sealed_at is not None:
        raise NotNowError(_("Your training record has ended, so no answer can be taken."), code="sealed")


@transaction.atomic
def save_answers(*, changes: Sequence[tuple[Response, object]]) -> list[Saved]:
    """Keep the answers that a page's form brings, all or none. Atomic; refuses as `save_answer` does."""
    return [save_answer(response=response, answer=answer) for response, answer in changes]


def flag_response(*, response: Response, flagged: bool) -> Response:
    """Set or take away the learner's own mark to look at a question again. Idempotent.

    Refuses as `save_answer` does; the mark is no answer, and nobody but her sees it.
    """
    _refuse_unless_open(response.attempt, timezone.now())
    changed = Response.objects.filter(
        Exists(Attempt.objects.filter(pk=OuterRef("attempt_id"), state=Attempt.State.OPEN)), pk=response.pk
    ).update(flagged=flagged)
    if not changed:
        response.attempt.refresh_from_db(fields=["state", "submitted_at"])
        _refuse_unless_open(response.attempt, timezone.now())
    response.flagged = flagged
    return response


# ---- handing in ----


class _LostRaceError(Exception):
    """Another request handed the attempt in between our look and our write."""


def submit_attempt(*, attempt: Attempt) -> Attempt:
    """Hand an attempt in: grade every response, fix the score, and post what follows to the record.

    Atomic; once, under double clicks and parallel requests: the open row is taken by one conditional UPDATE, and who
    comes later gets the same result. Takes what was saved in time, also after its time is over; where the quiz voids
    late attempts, such a one is used up and earns nothing. Where somebody must mark an answer, the attempt waits for
    that in the state `marking`, without a score. Otherwise posts the Milestone `quiz:<module>` when the score that
    counts passes, and, where the assignment counts as grade, a CourseResult whenever that score changes. Refuses
    (NotNowError) when the record has ended.
    """
    try:
        with transaction.atomic():
            return _submit(attempt)
    except _LostRaceError:
        return Attempt.objects.select_related("assignment__quiz", "assignment__record").get(pk=attempt.pk)


def _submit(attempt: Attempt) -> Attempt:
    # The assignment first, as everywhere: who locks in another order waits for one who waits for her.
    QuizAssignment.objects.select_for_update().get(pk=attempt.assignment_id)
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
    now, due = timezone.now(), due_of(attempt)
    told = attempt.rules
    void = rules.is_void(handed_in_at=now, due=due, grace_seconds=told.grace_seconds, policy=told.late_policy)
    parts = []
    for response in responses:
        version = response.question_version
        earned = Fraction(0) if void or not response.answer else version.type.share(response.answer, version.parsed)
        if earned is None:
            continue  # Somebody marks it; until then the attempt waits.
        part = rules.Part(earned, response.points)
        response.awarded_numerator, response.awarded_denominator = part.earned.as_integer_ratio()
        parts.append(part)
    Response.objects.bulk_update(responses, ["awarded_numerator", "awarded_denominator"])
    # The end of its time as it was: what is allowed later changes nothing of what was handed in.
    changes: dict[str, Any] = {"submitted_at": now, "due_at": due, "state": Attempt.State.MARKING}
    if len(parts) == len(responses):
        share = rules.score(parts)
        changes["state"] = Attempt.State.SUBMITTED
        changes["score_numerator"], changes["score_denominator"] = share.as_integer_ratio()
        changes["passed"] = not void and rules.passes(share, attempt.pass_percent)
    taken = Attempt.objects.filter(pk=attempt.pk, state=Attempt.State.OPEN).update(**changes)
    if not taken:
        raise _LostRaceError
    for name, value in changes.items():
        setattr(attempt, name, value)
    post_result(assignment=assignment, cause=f"attempt:{attempt.uuid}", said=f"attempt {attempt.number}", now=now)
    return attempt


def post_result(*, assignment: QuizAssignment, cause: str, said: str, now: datetime) -> None:
    """Write what follows from the marked attempts of an assignment into its record, as they stand now.

    Joins the caller's transaction, which holds the assignment's attempts; idempotent by what stands there. The
    Milestone `quiz:<module>` comes when the score that counts passes. Where the assignment counts as grade, a
    CourseResult comes whenever that score is not the one posted last, a lower one included: in the record the newest
    grade wins. `cause` names what happened (`attempt:<uuid>`, `regrade:<uuid>`) and makes the source keys; `said` is
    the same in the words of the evidence.
    """
    # The assignment is the lock: of two results at once, the second sees the first.
    QuizAssignment.objects.select_for_update().get(pk=assignment.pk)
    marked = list(assignment.attempts.filter(state=Attempt.State.SUBMITTED).order_by("number"))
    kept = kept_of(marked)
    if kept is None:
        return
    record, quiz = assignment.record, assignment.quiz
    # By the first that passed; where the last or the average counts, by the last.
    rests_on = marked[-1]
    if rests_on.rules.score_kept is ScoreKept.BEST:
        rests_on = next((attempt for attempt in marked if attempt.passed), rests_on)
    proctored = ", proctored" if rests_on.rules.proctored else ""
    code = f"quiz:{assignment.module}"
    if kept.passed and not Milestone.objects.filter(record=record, code=code).exists():
        key = f"quiz-assignment:{assignment.uuid}"
        # One that was withdrawn keeps its key.
        taken = Milestone.all_ever.filter(record=record, source_key=key).exists()
        record_milestone(
            record=record,
            code=code,
            title=assignment.shown_title,
            occurred_at=rests_on.submitted_at or now,
            source_key=f"{key}/{cause}" if taken else key,
            detail=f"attempt {rests_on.uuid}: {_written(kept.share)}, pass mark {rests_on.pass_percent}/100{proctored}",
        )
    if not assignment.counts_as_grade:
        return
    ours = Q(source_key__in=[f"attempt:{attempt.uuid}" for attempt in marked]) | Q(
        source_key__startswith=f"quiz-assignment:{assignment.uuid}/"
    )
    last = (
        CourseResult.objects.filter(ours, record=record, course=assignment.course).order_by("recorded_at", "pk").last()
    )
    if last is None or last.grade_hundredths != rules.hundredths(kept.share):
        record_course_result(
            record=record,
            course=assignment.course,
            source_key=cause if cause.startswith("attempt:") else f"quiz-assignment:{assignment.uuid}/{cause}",
            grade_hundredths=rules.hundredths(kept.share),
            evidence=f"quiz {quiz.code}, {said}: {_written(kept.share)}{proctored}",
        )


def withdraw_result(*, assignment: QuizAssignment, cause: str, said: str, now: datetime) -> None:
    """Take back the milestone that this assignment gave; another one of the module that passed gives it then.

    Joins the caller's transaction; `cause`, `said` and `now` as for `post_result`, which the caller asks for next.
    """
    record = assignment.record
    given = Milestone.objects.filter(
        record=record,
        code=f"quiz:{assignment.module}",
        source_key__startswith=f"quiz-assignment:{assignment.uuid}",
    )
    for milestone in given:
        withdraw_milestone(milestone=milestone, source_key=cause)
    others = QuizAssignment.objects.filter(
        record=record, module=assignment.module, attempts__state=Attempt.State.SUBMITTED
    )
    for other in others.exclude(pk=assignment.pk).select_related("quiz", "record").distinct():
        post_result(assignment=other, cause=cause, said=said, now=now)


def _written(share: Fraction) -> str:
    """A share as evidence says it: exact, or cut to hundredths of a percent where an average's fraction is endless."""
    exact = f"{share.numerator}/{share.denominator}"
    return exact if len(exact) <= 60 else f"{rules.cut(share * 100)} %"


def submit_overdue(*, now: datetime | None = None) -> int:
    """Hand in every open attempt whose time and grace are over, with what was saved; return how many.

    Where its quiz voids late attempts, it earns nothing. One transaction each; safe twice. For the due jobs of `tick`.
    Records that have ended are left alone.
    """
    now = now or timezone.now()
    open_attempts = Attempt.objects.select_related("assignment").filter(
        Q(due_at__lte=now) | Q(assignment__closes_at__lte=now),
        state=Attempt.State.OPEN,
        assignment__record__sealed_at=None,
    )
    done = 0
    for attempt in open_attempts:
        if rules.is_over(now, due_of(attempt), attempt.rules.grace_seconds):
            done += not submit_attempt(attempt=attempt).is_open
    return done
