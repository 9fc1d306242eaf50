"""Writes what comes after handing in, for those who may: marks, answers to appeals, regrades.

`access.quizzes_of` and `access.may_regrade` say who may; the room of quizzes does it.
"""

from collections.abc import Mapping
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from certification.quizzes import services as quizzes
from certification.quizzes.models import (
    Appeal,
    Mark,
    MarkCorrection,
    Question,
    QuestionVersion,
    Quiz,
    Regrade,
    Response,
)

from ..access import may_regrade, quizzes_of


def give_mark(
    *, response: Response, points: Mapping[str, int], remarks: Mapping[str, str], remark: str, by: User
) -> quizzes.Marked:
    """Mark an answer, as `mark_response` does. Refuses who does not write the quiz."""
    _refuse_unless_hers(by, response.attempt.assignment.quiz)
    return quizzes.mark_response(response=response, points=points, remarks=remarks, remark=remark, by=by)


def correct_a_mark(
    *,
    uuid: UUID,
    mark: Mark,
    after: int,
    points: Mapping[str, int],
    remarks: Mapping[str, str],
    remark: str,
    reason: str,
    by: User,
) -> MarkCorrection:
    """Correct a mark, as `correct_mark` does. Refuses who does not write the quiz."""
    _refuse_unless_hers(by, mark.response.attempt.assignment.quiz)
    return quizzes.correct_mark(
        uuid=uuid, mark=mark, after=after, points=points, remarks=remarks, remark=remark, reason=reason, by=by
    )


def reply_to_appeal(*, appeal: Appeal, outcome: str, answer: str, by: User) -> Appeal:
    """Answer an appeal, as `answer_appeal` does. Refuses who does not write the quiz."""
    _refuse_unless_hers(by, appeal.response.attempt.assignment.quiz)
    return quizzes.answer_appeal(appeal=appeal, outcome=outcome, answer=answer, by=by)


def decide_regrade(
    *,
    uuid: UUID,
    quiz: Quiz,
    question: Question,
    how: str,
    by_version: QuestionVersion | None,
    reason: str,
    expected: str,
    by: User,
) -> Regrade:
    """Grade answers again, as `apply_regrade` does. Refuses who may not decide it."""
    if not may_regrade(by, quiz, by_version):
        raise ValidationError(
            _("A registrar, or the lead of the module by what others wrote, decides that answers are graded again.")
        )
    return quizzes.apply_regrade(
        uuid=uuid,
        quiz=quiz,
        question=question,
        how=how,
        by_version=by_version,
        reason=reason,
        expected=expected,
        by=by,
    )


def _refuse_unless_hers(by: User, quiz: Quiz) -> None:
    if not quizzes_of(by).filter(pk=quiz.pk).exists():
        raise ValidationError(_("This quiz is not one of yours."))
