"""Writes appeals: a learner's question about the grading of one of her answers, and the school's answer to it."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from notices.services import enqueue_mail

from ..models import Appeal, Attempt, Response
from ..selectors import learner_sight, moment
from .taking import NotNowError

LEAST_SIGNS = 10
MOST_SIGNS = 2000
MOST_A_DAY = 10


@transaction.atomic
def raise_appeal(*, response: Response, words: str, by: User) -> Appeal:
    """Ask about the grading of one of her own answers, once; those who mark the quiz answer it.

    Atomic; idempotent by the response: the same words again change nothing. Refuses (NotNowError) while she may not
    see how her answer was graded, once the record has ended, when she asked about it before, and after `MOST_A_DAY`
    within 24 hours on one record; (ValidationError) whoever she is not, and words of fewer than 10 or more than 2000
    signs.
    """
    # The assignment's row is the lock: two appeals at once are counted one after the other.
    attempt = (
        Attempt.objects.select_for_update(of=("assignment",))
        .select_related("assignment__record__learner")
        .get(pk=response.attempt_id)
    )
    record, words = attempt.assignment.record, words.strip()
    if record.learner.user_id != by.pk:
        raise ValidationError(_("Only the learner questions how her answer was graded."))
    if not LEAST_SIGNS <= len(words) <= MOST_SIGNS or "\0" in words:
        raise ValidationError(
            {
                "words": _("Say in %(least)d to %(most)d signs what is wrong, and why.")
                % {"least": LEAST_SIGNS, "most": MOST_SIGNS}
            }
        )
    found = Appeal.objects.filter(response=response).first()
    if found is not None:
        if found.words == words:
            return found
        raise NotNowError(_("You have asked about this question already; each is asked about once."), code="asked")
    if record.sealed_at is not None:
        raise NotNowError(_("Your training record has ended, so what stands in it stays."), code="sealed")
    if not attempt.is_marked or not learner_sight(attempt).feedback:
        raise NotNowError(_("You can ask about an answer once you see how it was graded."), code="unseen")
    lately = Appeal.objects.filter(
        response__attempt__assignment__record=record, raised_at__gt=timezone.now() - timedelta(days=1)
    )
    if lately.count() >= MOST_A_DAY:
        raise NotNowError(
            _("You have asked about %d answers since yesterday. Ask about the others tomorrow.") % MOST_A_DAY,
            code="too_many",
        )
    return Appeal.objects.create(response=response, words=words)


@transaction.atomic
def answer_appeal(*, appeal: Appeal, outcome: str, answer: str, by: User) -> Appeal:
    """Answer an appeal, once, with words; the learner gets a mail. No points change: that is a regrade's business.

    Atomic; idempotent: the same answer by the same person again changes nothing. Refuses (NotNowError) what somebody
    else answered, and (ValidationError) the learner's own account, an unknown outcome and an answer without words.
    """
    appeal = (
        Appeal.objects.select_for_update(of=("self",))
        .select_related(
            "response__attempt__assignment__quiz",
            "response__attempt__assignment__record__school",
            "response__attempt__assignment__record__learner__user",
            "answered_by",
        )
        .get(pk=appeal.pk)
    )
    assignment, answer = appeal.response.attempt.assignment, answer.strip()
    user = assignment.record.learner.user
    if assignment.record.learner.user_id == by.pk:
        raise ValidationError(_("This is your own question. Somebody else answers it."))
    if outcome not in Appeal.Outcome.values:
        raise ValidationError({"outcome": _("Choose whether it is granted.")})
    if not answer or len(answer) > MOST_SIGNS or "\0" in answer:
        raise ValidationError({"answer": _("Give your reasons in at most %d signs.") % MOST_SIGNS})
    if appeal.answered_by is not None and appeal.answered_at is not None:
        if (appeal.outcome, appeal.answer, appeal.answered_by_id) == (outcome, answer, by.pk):
            return appeal
        raise NotNowError(
            _("%(name)s answered this on %(when)s. Your answer was not kept.")
            % {
                "name": appeal.answered_by.get_full_name(),
                "when": moment(appeal.answered_at, assignment.record.zone),
            },
            code="answered",
        )
    appeal.outcome, appeal.answer = outcome, answer
    appeal.answered_by, appeal.answered_at = by, timezone.now()
    appeal.save(update_fields=["outcome", "answer", "answered_by", "answered_at"])
    if user is not None:
        enqueue_mail(
            key=f"quiz-appeal:{appeal.uuid}",
            to=user.email,
            user=user,
            template="quizzes_appeal_answered",
            context={"name": user.get_short_name(), "appeal": appeal, "assignment": assignment},
        )
    return appeal
