"""From an id to an object of this room, for this person; missing and forbidden look the same."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.access import require_role
from accounts.models import Organisation, User
from certification.records.models import TrainingRecord

from .models import (
    Clock,
    EvaluationLink,
    LearningGoal,
    PaperScan,
    Placement,
    RegisterPaper,
    Shift,
    SignOff,
    SignOffLink,
    Site,
    SiteAssignment,
    Supervisor,
)
from .selectors import PLACING_ROLES, loaded_links, school_placements, supervisors_behind
from .selectors.competencies import loaded_evaluations


def own_placement(user: User, uuid: UUID | str) -> Placement:
    """A placement, for its learner alone. One query."""
    try:
        return (
            Placement.objects.select_related(
                "site__organisation", "record__school", "record__rule_set", "record__learner__user"
            )
            .defer("record__rule_set__source")
            .get(uuid=uuid, record__learner__user=user)
        )
    except (Placement.DoesNotExist, ValueError) as error:
        raise Http404 from error


def own_shift(user: User, uuid: UUID) -> Shift:
    """A shift, for its learner alone. One query, and one more where it amends another."""
    shift = (
        Shift.objects.filter(uuid=uuid, placement__record__learner__user=user)
        .prefetch_related("amends__decisions")
        .select_related(
            "supervisor",
            "clock",
            "amends",
            "placement__site__organisation",
            "placement__record__school",
            "placement__record__rule_set",
            "placement__record__learner__user",
        )
        .defer("placement__record__rule_set__source")
        .first()
    )
    if shift is None:
        raise Http404
    return shift


def own_clock(user: User, uuid: UUID) -> Clock:
    """A clock, for its learner alone. One query."""
    clock = (
        Clock.objects.filter(uuid=uuid, learner__user=user)
        .select_related("supervisor", "placement__site__organisation", "placement__record__school", "learner__user")
        .first()
    )
    if clock is None:
        raise Http404
    return clock


def school_shift(user: User, uuid: UUID) -> Shift:
    """A shift that was ever sent, for those who place learners of its school. At most three queries.

    A draft is the learner's alone.
    """
    shift = (
        Shift.objects.filter(uuid=uuid, sent_at__isnull=False)
        .exclude(state=Shift.State.DRAFT)
        .prefetch_related("amends__decisions")
        .select_related(
            "supervisor",
            "clock",
            "amends",
            "placement__site__organisation",
            "placement__record__school",
            "placement__record__rule_set",
            "placement__record__learner__user",
        )
        .first()
    )
    if shift is None:
        raise Http404
    require_role(user, shift.placement.record.school_id, *PLACING_ROLES)
    return shift


def own_proposal(user: User, uuid: UUID) -> SignOff:
    """Proposed times, for the learner of the shift alone. One query."""
    found = (
        SignOff.objects.filter(
            uuid=uuid, decision=SignOff.Decision.PROPOSE, shift__placement__record__learner__user=user
        )
        .select_related("shift__placement__record")
        .first()
    )
    if found is None:
        raise Http404
    return found


def queued_link(user: User, uuid: UUID) -> SignOffLink:
    """A link, for the person whose proved address is its supervisor's; dead ones are missing. One query."""
    link = (
        loaded_links()
        .filter(
            uuid=uuid,
            channel=SignOffLink.Channel.MAIL,
            revoked_at=None,
            expires_at__gt=timezone.now(),
            supervisor__in=supervisors_behind(user),
        )
        .exclude(placement__record__learner__user=user)
        .first()
    )
    if link is None:
        raise Http404
    return link


def queued_evaluation(user: User, uuid: UUID) -> EvaluationLink:
    """A link that asks for an evaluation, for the person whose proved address is its supervisor's. One query."""
    link = (
        loaded_evaluations()
        .filter(uuid=uuid, supervisor__in=supervisors_behind(user))
        .exclude(placement__record__learner__user=user)
        .first()
    )
    if link is None:
        raise Http404
    return link


def school_link(user: User, uuid: UUID) -> SignOffLink:
    """A link, for those who place learners of its school. At most two queries."""
    link = loaded_links().filter(uuid=uuid).first()
    if link is None:
        raise Http404
    require_role(user, link.placement.record.school_id, *PLACING_ROLES)
    return link


def link_to_print(user: User, uuid: UUID) -> SignOffLink:
    """A mailed link, for its learner and for those who place learners of its school. At most two queries."""
    return _of_learner_or_school(user, uuid, SignOffLink.Channel.MAIL)


def printed_form(user: User, uuid: UUID) -> SignOffLink:
    """A printed form, for its learner and for those who place learners of its school. At most two queries."""
    return _of_learner_or_school(user, uuid, SignOffLink.Channel.PAPER)


def _of_learner_or_school(user: User, uuid: UUID, channel: str) -> SignOffLink:
    link = loaded_links().filter(uuid=uuid, channel=channel).first()
    if link is None:
        raise Http404
    if link.placement.record.learner.user_id != user.pk:
        require_role(user, link.placement.record.school_id, *PLACING_ROLES)
    return link


def school_form(user: User, uuid: UUID) -> SignOffLink:
    """A printed form, for those who place learners of its school. At most two queries."""
    link = loaded_links().filter(uuid=uuid, channel=SignOffLink.Channel.PAPER).first()
    if link is None:
        raise Http404
    require_role(user, link.placement.record.school_id, *PLACING_ROLES)
    return link


def school_scan(user: User, uuid: UUID) -> PaperScan:
    """A scan with its form, for those who place learners of its school. At most three queries."""
    scan = PaperScan.objects.select_related("uploaded_by", "decided_by").filter(uuid=uuid).first()
    if scan is None:
        raise Http404
    scan.link = loaded_links().get(pk=scan.link_id)
    require_role(user, scan.link.placement.record.school_id, *PLACING_ROLES)
    return scan


def school_of_placements(user: User, slug: str) -> Organisation:
    """A school, for those who place its learners. At most two queries."""
    school = Organisation.objects.filter(slug=slug, kind=Organisation.Kind.SCHOOL).first()
    if school is None:
        raise Http404
    require_role(user, school, *PLACING_ROLES)
    return school


def school_supervisor(user: User, uuid: UUID) -> Supervisor:
    """A supervisor, for those who place learners of her school. At most two queries."""
    supervisor = Supervisor.objects.select_related("school", "verified_by").filter(uuid=uuid).first()
    if supervisor is None:
        raise Http404
    require_role(user, supervisor.school_id, *PLACING_ROLES)
    return supervisor


def school_site(user: User, uuid: UUID) -> Site:
    """A site, for those who place learners of its school. At most two queries."""
    site = Site.objects.select_related("organisation", "school").filter(uuid=uuid).first()
    if site is None:
        raise Http404
    require_role(user, site.school_id, *PLACING_ROLES)
    return site


def school_assignment(user: User, uuid: UUID) -> SiteAssignment:
    """Who works where, for those who place learners of the school. At most two queries."""
    assignment = (
        SiteAssignment.objects.select_related("supervisor", "site__organisation", "site__school")
        .filter(uuid=uuid)
        .first()
    )
    if assignment is None:
        raise Http404
    require_role(user, assignment.site.school_id, *PLACING_ROLES)
    return assignment


def school_placement(user: User, uuid: UUID) -> Placement:
    """A placement with its minutes and shifts counted, for those who place learners of its school.

    At most two queries.
    """
    placement = school_placements().filter(uuid=uuid).first()
    if placement is None:
        raise Http404
    require_role(user, placement.record.school_id, *PLACING_ROLES)
    return placement


def record_to_place(user: User, uuid: UUID) -> TrainingRecord:
    """A record, for those who place learners of its school. At most two queries."""
    record = TrainingRecord.objects.select_related("school", "rule_set", "learner__user").filter(uuid=uuid).first()
    if record is None:
        raise Http404
    require_role(user, record.school_id, *PLACING_ROLES)
    return record


def own_goal(user: User, uuid: UUID) -> LearningGoal:
    """A learning goal, for its learner alone. One query."""
    goal = _goals().filter(uuid=uuid, placement__record__learner__user=user).first()
    if goal is None:
        raise Http404
    return goal


def school_goal(user: User, uuid: UUID) -> LearningGoal:
    """A learning goal, for those who place learners of the school. At most two queries."""
    goal = _goals().filter(uuid=uuid).first()
    if goal is None:
        raise Http404
    require_role(user, goal.placement.record.school_id, *PLACING_ROLES)
    return goal


def _goals() -> QuerySet[LearningGoal]:
    return LearningGoal.objects.select_related("placement__record__learner", "placement__site__organisation")


def school_paper(user: User, uuid: UUID) -> RegisterPaper:
    """A paper of the registers, for those who place learners of its school. At most two queries."""
    paper = RegisterPaper.objects.select_related("site__organisation", "supervisor").filter(uuid=uuid).first()
    if paper is None:
        raise Http404
    require_role(user, paper.school_id, *PLACING_ROLES)
    return paper
