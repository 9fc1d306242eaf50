"""Writes corrections of marks: what stands in a mark's place, the score that follows, and what stands in the record then."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from notices.services import enqueue_mail

from .. import rules
from ..models import Attempt, AwardChange, Mark, MarkCorrection, QuizAssignment, Response, ScoreChange
from ..selectors import kept_of, share_of
from .marking import share_of_mark
from .taking import NotNowError, post_result, withdraw_result

MOST_REASON = 500


class CorrectedMeanwhileError(NotNowError):
    """Another correction came between what she looked at and what she sent."""


def correct_mark(
    *,
    uuid: UUID,
    mark: Mark,
    after: int,
    points: Mapping[str, int],
    remarks: Mapping[str, str] | None = None,
    remark: str = "",
    reason: str,
    by: User,
) -> MarkCorrection:
    """Put points and words in the place of a mark's, with the reason; the old ones stay to be seen.

    One transaction; once, under double clicks and parallel requests: `uuid` is the decision's own and comes from its
    form. `after` is the number of the correction that she looked at, 0 for the mark itself. Where points change, an
    AwardChange says so, and a ScoreChange where the attempt has its score already. Then what follows: a score that
    passes now is posted (`post_result`), one that passes no more takes the Milestone back. The learner gets a mail once
    her attempt has its score. Refuses (CorrectedMeanwhileError) where another correction came since, (NotNowError) a
    record that has ended and an answer to which a regrade gave its points since, and (ValidationError) an empty reason,
    points that do not fit the rubric, what changes nothing, and the learner's own account.
    """
    reason = reason.strip()
    if not reason or len(reason) > MOST_REASON or "\0" in reason:
        raise ValidationError({"reason": _("Give the reason in at most %d signs; the learner reads it.") % MOST_REASON})
    words = {key: said.strip() for key, said in (remarks or {}).items() if said.strip()}
    made = MarkCorrection(
        uuid=uuid,
        mark=mark,
        number=after + 1,
        points=dict(points),
        remarks=words,
        remark=remark.strip(),
        reason=reason,
        decided_by=by,
    )
    try:
        with transaction.atomic():
            return _correct(made)
    except IntegrityError:
        # Another request wrote the same decision, or another one, in this moment; it is there now.
        with transaction.atomic():
            return _correct(made)


def _correct(made: MarkCorrection) -> MarkCorrection:
    # The assignment first, as everywhere.
    QuizAssignment.objects.select_for_update().get(attempts__responses__mark=made.mark_id)
    response = (
        Response.objects.select_related(
            "question_version", "attempt__assignment__quiz", "attempt__assignment__record__learner__user"
        )
        .select_related("attempt__assignment__record__school", "mark")
        .get(mark=made.mark_id)
    )
    attempt, record = response.attempt, response.attempt.assignment.record
    earlier = list(MarkCorrection.objects.filter(mark=response.mark).order_by("number"))
    again = next((each for each in earlier if each.uuid == made.uuid), None)
    if again is not None:
        return _same(again, made)
    if record.learner.user_id == made.decided_by_id:
        raise ValidationError(_("This is your own answer. Somebody else corrects its mark."))
    if record.sealed_at is not None:
        raise NotNowError(_("This training record has ended, so no mark of it is corrected."), code="sealed")
    if response.changes.filter(regrade__isnull=False).exists():
        raise NotNowError(
            _("The question was graded again since, and its points come from that decision, not from the mark."),
            code="regraded",
        )
    if made.number != len(earlier) + 1:
        raise CorrectedMeanwhileError(
            _("Somebody corrected this mark since you looked. See what stands now, then decide."), code="stale"
        )
    stands: Mark | MarkCorrection = earlier[-1] if earlier else response.mark
    new = share_of_mark(response, points=made.points, remarks=made.remarks, remark=made.remark) * response.points
    if all(getattr(stands, name) == getattr(made, name) for name in ("points", "remarks", "remark")):
        raise ValidationError(_("Nothing would change. Give other points or other words."))
    made.decided_at = timezone.now()
    made.save(force_insert=True)
    change = _write(made, response, new)
    if attempt.is_marked:
        _tell(made, attempt, change)
    return made


def _same(earlier: MarkCorrection, made: MarkCorrection) -> MarkCorrection:
    named = ("mark_id", "points", "remarks", "remark", "reason", "decided_by_id")
    if any(getattr(earlier, name) != getattr(made, name) for name in named):
        raise ValidationError(_("This form was used already. Open the page again to decide anew."))
    return earlier


def _write(made: MarkCorrection, response: Response, new: Fraction) -> ScoreChange | None:
    """The changes first, then what they change: the database asks for them. None where no score changes."""
    attempt, assignment = response.attempt, response.attempt.assignment
    old = Fraction(response.awarded_numerator or 0, response.awarded_denominator or 1)
    if new == old:
        return None
    AwardChange.objects.create(correction=made, response=response, **_both(old, new))
    response.awarded_numerator, response.awarded_denominator = new.as_integer_ratio()
    response.save(update_fields=["awarded_numerator", "awarded_denominator"])
    score = share_of(attempt)
    if score is None:
        return None  # Other answers of it wait for their mark; the score comes with the last.
    assert attempt.passed is not None
    passed_before = _passes(assignment)
    possible = sum(Response.objects.filter(attempt=attempt).values_list("points", flat=True))
    after = score + (new - old) / possible
    change = ScoreChange.objects.create(
        correction=made,
        attempt=attempt,
        old_passed=attempt.passed,
        new_passed=rules.passes(after, attempt.pass_percent),
        **_both(score, after),
    )
    attempt.score_numerator, attempt.score_denominator = after.as_integer_ratio()
    attempt.passed = change.new_passed
    attempt.save(update_fields=["score_numerator", "score_denominator", "passed"])
    cause: dict[str, Any] = {
        "cause": f"correction:{made.uuid}",
        "said": f"mark corrected on {made.decided_at.date().isoformat()}",
        "now": made.decided_at,
    }
    if passed_before and not _passes(assignment):
        withdraw_result(assignment=assignment, **cause)
    post_result(assignment=assignment, **cause)
    return change


def _both(old: Fraction, new: Fraction) -> dict[str, int]:
    return {
        "old_numerator": old.numerator,
        "old_denominator": old.denominator,
        "new_numerator": new.numerator,
        "new_denominator": new.denominator,
    }


def _passes(assignment: QuizAssignment) -> bool:
    """Whether the score that counts passes now."""
    kept = kept_of(list(assignment.attempts.filter(state=Attempt.State.SUBMITTED).order_by("number")))
    return kept is not None and kept.passed


def _tell(made: MarkCorrection, attempt: Attempt, change: ScoreChange | None) -> None:
    assignment = attempt.assignment
    user = assignment.record.learner.user
    if user is None:
        return
    enqueue_mail(
        key=f"quiz-mark-corrected:{made.uuid}",
        to=user.email,
        user=user,
        template="quizzes_mark_corrected",
        context={
            "name": user.get_short_name(),
            "attempt": attempt,
            "assignment": assignment,
            "old": _percent(change.old_numerator, change.old_denominator) if change else "",
            "new": _percent(change.new_numerator, change.new_denominator) if change else "",
            "was_passed": change.old_passed if change else attempt.passed,
            "passed": attempt.passed,
            "reason": made.reason,
        },
    )


def _percent(numerator: int, denominator: int) -> str:
    return rules.cut(Fraction(numerator, denominator) * 100)
