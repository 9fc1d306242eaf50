"""Reads appeals: those of an attempt for its learner, and those that wait for the school's answer."""

from collections.abc import Mapping

from django.db.models import F, QuerySet

from accounts.models import User

from ..models import Appeal, Attempt, Quiz


def appeals_of(attempt: Attempt) -> Mapping[int, Appeal]:
    """The appeals about an attempt's answers by the position of their question. One query."""
    rows = Appeal.objects.filter(response__attempt=attempt).select_related("response")
    return {appeal.response.position: appeal for appeal in rows}


def appeals_to_answer(quizzes: QuerySet[Quiz], *, by: User) -> QuerySet[Appeal]:
    """The appeals about answers at these quizzes, those that wait first and of these the oldest; never her own.

    With all that a list shows, in one query. The answered ones come newest first.
    """
    return (
        Appeal.objects.filter(response__attempt__assignment__quiz__in=quizzes)
        .exclude(response__attempt__assignment__record__learner__user=by)
        .select_related("response__attempt__assignment__quiz", "response__question_version__question", "answered_by")
        .order_by(F("answered_at").desc(nulls_first=True), "raised_at", "pk")
    )
