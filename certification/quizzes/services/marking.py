"""Writes marks: what people give answers that no program grades, and the score once the last one is there."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from notices.services import enqueue_mail

from .. import grading, rules
from ..models import Attempt, Mark, QuizAssignment, Response
from ..selectors import moment
from .taking import NotNowError, post_result

MOST_REMARK = 4000


class AlreadyMarkedError(NotNowError):
    """Somebody else marked the answer first; the sentence says who and when."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A mark that stands, and the attempt with its score if it was the last one that was missing."""

    mark: Mark
    attempt: Attempt

    @property
    def finished(self) -> bool:
        """Whether every answer of the attempt has its points now."""
        return self.attempt.is_marked


@transaction.atomic
def mark_response(
    *,
    response: Response,
    points: Mapping[str, int],
    remarks: Mapping[str, str] | None = None,
    remark: str = "",
    by: User,
) -> Marked:
    """Give an answer its points by the rubric of its question, once; with the last one the attempt gets its score.

    Atomic; idempotent by the response: the same mark by the same person again changes nothing. With the score, what
    follows is posted to the record (`post_result`) and the learner gets a mail. `points` and `remarks` are by the
    criteria's keys. Refuses (AlreadyMarkedError) what somebody else marked, (NotNowError) what does not wait for a mark
    and a record that has ended, and (ValidationError) the learner's own account and points that do not fit the rubric.
    """
    # The assignment first, as everywhere.
    QuizAssignment.objects.select_for_update().get(attempts=response.attempt_id)
    attempt = (
        Attempt.objects.select_for_update(of=("self",))
        .select_related("assignment__quiz", "assignment__record__school", "assignment__record__learner__user")
        .get(pk=response.attempt_id)
    )
    response = Response.objects.select_related("question_version").get(pk=response.pk)
    record = attempt.assignment.record
    remarks = {key: words.strip() for key, words in (remarks or {}).items() if words.strip()}
    given = Mark(response=response, points=dict(points), remarks=remarks, remark=remark.strip(), marked_by=by)
    earlier = Mark.objects.filter(response=response).select_related("marked_by").first()
    if earlier is not None:
        return _again(earlier, given, attempt)
    if record.learner.user_id == by.pk:
        raise ValidationError(_("This is your own answer. Somebody else marks it."))
    if record.sealed_at is not None:
        raise NotNowError(_("This training record has ended, so nothing more is marked."), code="sealed")
    if attempt.state != Attempt.State.MARKING or response.awarded_numerator is not None:
        raise NotNowError(_("This answer does not wait for a mark."), code="not_waiting")
    share = share_of_mark(response, points=given.points, remarks=given.remarks, remark=given.remark)
    part = rules.Part(share, response.points)
    given.save(force_insert=True)
    numerator, denominator = part.earned.as_integer_ratio()
    Response.objects.filter(pk=response.pk).update(awarded_numerator=numerator, awarded_denominator=denominator)
    if not Response.objects.filter(attempt=attempt, awarded_numerator=None).exists():
        _finish(attempt)
    return Marked(given, attempt)


def _again(earlier: Mark, given: Mark, attempt: Attempt) -> Marked:
    """The mark that stands, where it is the same; else it is told who was first."""
    same = all(getattr(earlier, name) == getattr(given, name) for name in ("points", "remarks", "remark", "marked_by"))
    if same:
        return Marked(earlier, attempt)
    raise AlreadyMarkedError(
        _("%(name)s marked this answer on %(when)s. Your mark was not kept.")
        % {
            "name": earlier.marked_by.get_full_name(),
            "when": moment(earlier.marked_at, attempt.assignment.record.zone),
        },
        code="already_marked",
    )


def share_of_mark(
    response: Response, *, points: Mapping[str, int], remarks: Mapping[str, str], remark: str
) -> Fraction:
    """The share of a question's points that these of its rubric are.

    Refuses (ValidationError, by criterion) points and remarks that do not fit the rubric, and words that are too long.
    """
    rubric = {criterion.key: criterion for criterion in response.question_version.parsed.rubric}
    if unknown := set(remarks) - set(rubric):
        raise ValidationError({min(unknown): _("The rubric has no such criterion.")})
    if long := [key for key, words in remarks.items() if len(words) > MOST_REMARK]:
        raise ValidationError({long[0]: _("Write %d signs at most.") % MOST_REMARK})
    if len(remark) > MOST_REMARK:
        raise ValidationError({"remark": _("Write %d signs at most.") % MOST_REMARK})
    try:
        return grading.marked({key: criterion.points for key, criterion in rubric.items()}, points)
    except grading.BadMarkError as error:
        most = rubric[error.criterion].points if error.criterion in rubric else 0
        raise ValidationError({error.criterion: _("Give whole points from 0 to %d.") % most}) from error


def _finish(attempt: Attempt) -> None:
    """Every answer has its points: the score, what follows from it, and a mail."""
    responses = Response.objects.filter(attempt=attempt)
    share = rules.score(
        rules.Part(Fraction(row.awarded_numerator or 0, (row.awarded_denominator or 1) * row.points), row.points)
        for row in responses
    )
    now = timezone.now()
    attempt.state = Attempt.State.SUBMITTED
    attempt.score_numerator, attempt.score_denominator = share.as_integer_ratio()
    attempt.passed = rules.passes(share, attempt.pass_percent)
    attempt.save(update_fields=["state", "score_numerator", "score_denominator", "passed"])
    assignment = attempt.assignment
    post_result(
        assignment=assignment, cause=f"attempt:{attempt.uuid}", said=f"attempt {attempt.number}, marked", now=now
    )
    user = assignment.record.learner.user
    if user is not None:
        enqueue_mail(
            key=f"quiz-marked:{attempt.uuid}",
            to=user.email,
            user=user,
            template="quizzes_marked",
            context={"name": user.get_short_name(), "attempt": attempt, "assignment": assignment},
        )
