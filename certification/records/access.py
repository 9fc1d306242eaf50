"""From an id to a training record, for this person."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from accounts.models import Organisation, User
from accounts.selectors import STAFF_ROLES, has_role, schools_of

from .models import Target, TrainingRecord, Witness

SEALING_ROLES = ("registrar", "admin")


def own_records(user: User) -> QuerySet[TrainingRecord]:
    """The records of this person, newest first. One query."""
    return (
        TrainingRecord.objects.filter(learner__user=user)
        .select_related("school", "rule_set", "learner")
        .order_by("-enrolled_on", "-pk")
    )


def record_for(user: User, uuid: UUID) -> TrainingRecord:
    """The record, for its learner and for staff of its school; for everybody else it does not exist. Two queries."""
    record = TrainingRecord.objects.select_related("school", "rule_set", "learner__user").filter(uuid=uuid).first()
    if record is None:
        raise Http404
    if record.learner.user_id is not None and record.learner.user_id == user.pk:
        return record
    if has_role(user, record.school_id, *STAFF_ROLES):
        return record
    raise Http404


def own_target(user: User, uuid: UUID) -> Target:
    """Her own aim. One query."""
    target = Target.objects.filter(uuid=uuid, learner__user=user).first()
    if target is None:
        raise Http404
    return target


def sealing_school(user: User, slug: str | None) -> tuple[Organisation, list[Organisation]]:
    """The school of this name where this person is a registrar (her first where none is named), and all of hers.

    Two queries.
    """
    schools = list(schools_of(user, *SEALING_ROLES).order_by("name", "pk"))
    found = next((school for school in schools if slug in (None, "", school.slug)), None)
    if found is None:
        raise Http404
    return found, schools


def witness_for(user: User, uuid: UUID) -> Witness:
    """Who gets a log's checkpoints, for registrars of its school. At most two queries."""
    witness = Witness.objects.select_related("log__school").filter(uuid=uuid).first()
    if witness is None or not has_role(user, witness.log.school_id, *SEALING_ROLES):
        raise Http404
    return witness
