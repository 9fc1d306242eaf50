"""Writes regrades: a question's answers graded again, the scores that follow, and what stands in the records then."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from notices.services import enqueue_mail

from ..grading import How
from ..models import (
    Attempt,
    AwardChange,
    Question,
    QuestionVersion,
    Quiz,
    QuizAssignment,
    Regrade,
    Response,
    ScoreChange,
)
from ..selectors.regrading import Planned, RegradePlan, asked_in, regrade_plan
from .taking import NotNowError, post_result, withdraw_result

MOST_REASON = 500


class StalePlanError(NotNowError):
    """What would change is not what was shown; look again, then decide."""


def apply_regrade(
    *,
    uuid: UUID,
    quiz: Quiz,
    question: Question,
    how: str,
    by_version: QuestionVersion | None = None,
    reason: str,
    expected: str = "",
    by: User,
) -> Regrade:
    """Grade a question's answers in a quiz again: points, scores, passes and what follows in the records.

    One transaction; once, under double clicks and parallel requests: `uuid` is the decision's own and comes from its
    form. Writes a Regrade, and for each answer and attempt that changes an AwardChange and a ScoreChange with the
    reason; then `post_result` for each assignment. Whose score that counts passes now gets the Milestone; whose
    passes no more, her Milestone is withdrawn. Learners whose score changed get a mail. Open attempts, those that wait
    for a mark, void ones and those of ended records stay as they are; the regrade may be decided again for attempts
    handed in later. Refuses (StalePlanError) where `expected` is not the stamp of what would change now, and
    (ValidationError) an empty reason, a version of another question, what changes nothing, and whose own attempt it
    would change.
    """
    reason = reason.strip()
    if not reason or len(reason) > MOST_REASON or "\0" in reason:
        raise ValidationError({"reason": _("Give the reason in at most %d signs; learners read it.") % MOST_REASON})
    if how not in Regrade.How.values:
        raise ValidationError({"how": _("Choose how the answers are graded again.")})
    if (by_version is None) != (how == How.FULL):
        raise ValidationError({"by_version": _("Choose the version whose key is right.")})
    if by_version is not None and (by_version.question_id != question.pk or by_version.kind == "essay"):
        raise ValidationError({"by_version": _("Choose a version of this question that a program can grade by.")})
    made = Regrade(
        uuid=uuid, quiz=quiz, question=question, by_version=by_version, how=how, reason=reason, decided_by=by
    )
    try:
        with transaction.atomic():
            return _apply(made, expected)
    except IntegrityError:
        # Another request wrote the same decision in this moment; it is there now.
        with transaction.atomic():
            return _apply(made, expected)


def _apply(made: Regrade, expected: str) -> Regrade:
    # The quiz is the lock of its regrades, each assignment that of its results; on SQLite the transaction is both.
    Quiz.objects.select_for_update().get(pk=made.quiz_id)
    earlier = Regrade.objects.filter(uuid=made.uuid).first()
    if earlier is not None:
        same = ("quiz_id", "question_id", "by_version_id", "how", "reason", "decided_by_id")
        if any(getattr(earlier, name) != getattr(made, name) for name in same):
            raise ValidationError(_("This form was used already. Open the page again to decide anew."))
        return earlier
    answers = asked_in(made.quiz, made.question).values("attempt__assignment")
    locked = QuizAssignment.objects.select_for_update(of=("self",)).filter(pk__in=answers).order_by("pk")
    assignments = {each.pk: each for each in locked.select_related("quiz", "record__school", "record__learner__user")}
    plan = regrade_plan(quiz=made.quiz, question=made.question, how=How(made.how), by_version=made.by_version)
    if expected and plan.stamp != expected:
        raise StalePlanError(
            _("Something has changed since you looked. See what would change now, then decide."), code="stale"
        )
    if not plan.changes:
        raise ValidationError(_("No score would change."))
    if plan.touches(made.decided_by):
        raise ValidationError(_("Your own attempt is among them. Somebody else decides this."))
    made.decided_at = timezone.now()
    made.save(force_insert=True)
    _write(made, plan)
    changed = dict.fromkeys(each.attempt.assignment_id for each in plan.changes)
    for pk in changed:
        if pk in plan.lost:
            withdraw_result(assignment=assignments[pk], **_cause(made))
        post_result(assignment=assignments[pk], **_cause(made))
    for each in plan.changes:
        _tell(each, assignments[each.attempt.assignment_id], made)
    return made


def _write(made: Regrade, plan: RegradePlan) -> None:
    """The changes first, then what they change: the database asks for them."""
    AwardChange.objects.bulk_create(
        AwardChange(
            regrade=made,
            response=each.response,
            old_numerator=each.change.old_earned.numerator,
            old_denominator=each.change.old_earned.denominator,
            new_numerator=each.change.new_earned.numerator,
            new_denominator=each.change.new_earned.denominator,
        )
        for each in plan.changes
    )
    ScoreChange.objects.bulk_create(
        ScoreChange(
            regrade=made,
            attempt=each.attempt,
            old_numerator=each.change.old_score.numerator,
            old_denominator=each.change.old_score.denominator,
            old_passed=each.change.old_passed,
            new_numerator=each.change.new_score.numerator,
            new_denominator=each.change.new_score.denominator,
            new_passed=each.change.new_passed,
        )
        for each in plan.changes
    )
    for each in plan.changes:
        response, attempt = each.response, each.attempt
        response.awarded_numerator, response.awarded_denominator = each.change.new_earned.as_integer_ratio()
        attempt.score_numerator, attempt.score_denominator = each.change.new_score.as_integer_ratio()
        attempt.passed = each.change.new_passed
    Response.objects.bulk_update(
        [each.response for each in plan.changes], ["awarded_numerator", "awarded_denominator"], batch_size=200
    )
    Attempt.objects.bulk_update(
        [each.attempt for each in plan.changes], ["score_numerator", "score_denominator", "passed"], batch_size=200
    )


def _cause(made: Regrade) -> dict[str, Any]:
    """How records name this decision."""
    return {
        "cause": f"regrade:{made.uuid}",
        "said": f"graded again on {made.decided_at.date().isoformat()}",
        "now": made.decided_at,
    }


def _tell(each: Planned, assignment: QuizAssignment, made: Regrade) -> None:
    user = assignment.record.learner.user
    if user is None:
        return
    enqueue_mail(
        key=f"quiz-regraded:{made.uuid}:{each.attempt.uuid}",
        to=user.email,
        user=user,
        template="quizzes_regraded",
        context={
            "name": user.get_short_name(),
            "attempt": each.attempt,
            "assignment": assignment,
            "old": each.old_percent,
            "new": each.new_percent,
            "was_passed": each.change.old_passed,
            "passed": each.change.new_passed,
            "reason": made.reason,
        },
    )
