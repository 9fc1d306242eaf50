"""From an id to a competency, check-off, evaluation or examination, for this person; missing and forbidden look alike."""

from uuid import UUID

from django.http import Http404

from accounts.access import require_role
from accounts.models import User
from certification.records.models import TrainingRecord

from .models import CheckOff, Competency, EvaluationLink, Placement, Practical, PracticalKind, Remediation
from .selectors import PLACING_ROLES
from .selectors.competencies import KEEPING_ROLES, loaded_evaluations
from .selectors.practical import practicals


def kept_competency(user: User, uuid: UUID) -> Competency:
    """A competency, for those who keep its school's. At most two queries."""
    found = Competency.objects.select_related("school").filter(uuid=uuid).first()
    if found is None:
        raise Http404
    require_role(user, found.school_id, *KEEPING_ROLES)
    return found


def record_to_check(user: User, uuid: UUID) -> TrainingRecord:
    """A record, for those who keep its school's competencies. At most two queries."""
    found = (
        TrainingRecord.objects.select_related("school", "rule_set", "learner__user")
        .defer("rule_set__source")
        .filter(uuid=uuid)
        .first()
    )
    if found is None:
        raise Http404
    require_role(user, found.school_id, *KEEPING_ROLES)
    return found


def failed_checkoff(user: User, uuid: UUID) -> CheckOff:
    """A failed check-off with its plan, for those who keep its school's competencies. At most two queries."""
    found = (
        CheckOff.objects.filter(uuid=uuid, outcome=CheckOff.Outcome.FAILED)
        .select_related(
            "record__school", "record__learner__user", "version", "plan__instructor", "evaluator", "supervisor"
        )
        .first()
    )
    if found is None:
        raise Http404
    require_role(user, found.record.school_id, *KEEPING_ROLES)
    return found


def school_plan(user: User, uuid: UUID) -> Remediation:
    """A remediation plan, for those who keep its school's competencies. At most two queries."""
    found = Remediation.objects.filter(uuid=uuid).select_related("failed__record__learner__user").first()
    if found is None:
        raise Http404
    require_role(user, found.failed.record.school_id, *KEEPING_ROLES)
    return found


def placement_to_evaluate(user: User, uuid: UUID) -> Placement:
    """A placement, for its learner and those who keep its school's competencies. At most two queries."""
    found = (
        Placement.objects.select_related("site__organisation", "record__school", "record__learner__user")
        .filter(uuid=uuid)
        .first()
    )
    if found is None:
        raise Http404
    if found.record.learner.user_id != user.pk:
        require_role(user, found.record.school_id, *KEEPING_ROLES)
    return found


def school_evaluation(user: User, uuid: UUID) -> EvaluationLink:
    """An evaluation's link, for those who keep its school's competencies. At most two queries."""
    found = loaded_evaluations().filter(uuid=uuid).first()
    if found is None:
        raise Http404
    require_role(user, found.placement.record.school_id, *KEEPING_ROLES)
    return found


def school_practical(user: User, uuid: UUID) -> Practical:
    """An examination, for those who place learners of its school and for its examiners. At most three queries."""
    found = practicals().filter(uuid=uuid).first()
    if found is None:
        raise Http404
    examines = any(sheet.examiner_id == user.pk for sheet in found.sheets.all())
    require_role(user, found.record.school_id, *PLACING_ROLES, *(["instructor"] if examines else []))
    return found


def school_practical_kind(user: User, uuid: UUID) -> PracticalKind:
    """A kind of examination, for those who place learners of its school. At most two queries."""
    found = PracticalKind.objects.select_related("school").filter(uuid=uuid).first()
    if found is None:
        raise Http404
    require_role(user, found.school_id, *PLACING_ROLES)
    return found


def record_to_examine(user: User, uuid: UUID) -> TrainingRecord:
    """A record, for those who plan its examinations. At most two queries."""
    found = TrainingRecord.objects.select_related("school", "learner__user").filter(uuid=uuid).first()
    if found is None:
        raise Http404
    require_role(user, found.school_id, *PLACING_ROLES)
    return found
