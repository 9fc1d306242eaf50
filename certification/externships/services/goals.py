"""Writes what a learner wants to learn in a placement, and that she has."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User

from ..models import LearningGoal, Placement, Supervisor
from ..selectors import named_supervisors, supervisors_at
from ..selectors.competencies import may_speak_of
from .placements import locked
from .registers import must_place, one_line
from .wording import refuse_clients

MOST_GOALS = 12
MOST_SIGNS = 300


@transaction.atomic
def add_goal(
    *, placement: Placement, words: str, by: User, uuid: UUID | None = None, now: datetime | None = None
) -> LearningGoal:
    """Write down what the learner wants to learn there; herself, or staff for her.

    Idempotent by `uuid` (chosen by the form) and by words. Refuses outsiders, a placement that is over, no words or too
    many, more than MOST_GOALS, and words that may name a client.
    """
    placement = locked(placement)
    _must_be_hers_or_staff(placement, by)
    found = placement.goals.filter(uuid=uuid).first() if uuid else None
    words = one_line(words)
    found = found or placement.goals.filter(words=words).exclude(words="").first()
    if found:
        return found
    if placement.state not in {*Placement.LIVE, Placement.State.REQUESTED}:
        raise ValidationError(_("This placement is over. Its goals stay as they are."))
    if not 3 <= len(words) <= MOST_SIGNS:
        raise ValidationError({"words": _("Say it in one sentence, 300 characters at most.")})
    known = [str(placement.site), placement.record.school.name, *(who.name for who in supervisors_at(placement))]
    refuse_clients("words", words, known)
    if placement.goals.count() >= MOST_GOALS:
        raise ValidationError({"words": _("These are many goals already. Drop one first.")})
    taken = uuid is None or LearningGoal.objects.filter(uuid=uuid).exists()
    return LearningGoal.objects.create(
        placement=placement,
        words=words,
        added_by=by,
        added_at=now or timezone.now(),
        **({} if taken else {"uuid": uuid}),
    )


def _must_be_hers_or_staff(placement: Placement, by: User) -> None:
    if placement.record.learner.user_id != by.pk:
        must_place(by, placement.record.school_id)


@transaction.atomic
def drop_goal(*, goal: LearningGoal, by: User) -> None:
    """Drop a goal that is not reached; the learner or staff. Idempotent. Refuses outsiders and a reached one."""
    placement = locked(goal.placement)
    _must_be_hers_or_staff(placement, by)
    found = LearningGoal.objects.filter(pk=goal.pk).first()
    if found is None:
        return
    if found.reached_at is not None:
        raise ValidationError(_("It was ticked as reached meanwhile, so it stays."))
    found.delete()


@transaction.atomic
def tick_goal(
    *,
    goal: LearningGoal,
    reached: bool,
    by: User | None = None,
    supervisor: Supervisor | None = None,
    now: datetime | None = None,
) -> LearningGoal:
    """Note that a goal is reached, or take that back; by staff, or by a supervisor who works there today. Idempotent.

    Refuses outsiders, the learner herself, a supervisor of another place, and one who is not named where others are.
    """
    now = now or timezone.now()
    placement = locked(goal.placement)
    if supervisor is not None:
        if not may_speak_of(supervisor, placement, now):
            raise ValidationError(_("The school does not list you at this site today."))
        named = named_supervisors(placement)
        if named and supervisor.pk not in named:
            raise ValidationError(_("The school named others for this placement."))
    elif by is not None:
        must_place(by, placement.record.school_id)
    if supervisor is None and (by is None or placement.record.learner.user_id == by.pk):
        raise ValidationError(_("Nobody ticks her own goals. Ask a colleague."))
    goal = LearningGoal.objects.get(pk=goal.pk)
    if reached == (goal.reached_at is not None):
        return goal
    goal.reached_at = now if reached else None
    goal.reached_by = by if reached and supervisor is None else None
    goal.reached_by_supervisor = supervisor if reached else None
    goal.save(update_fields=["reached_at", "reached_by", "reached_by_supervisor"])
    return goal
