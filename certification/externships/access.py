"""From an id to a placement, shift, link or supervisor, for this person; missing and forbidden look the same."""

from uuid import UUID

from django.http import Http404

from accounts.access import require_role
from accounts.models import User

from .models import Placement, Shift, SignOffLink, Supervisor
from .selectors import PLACING_ROLES, loaded_links


def own_placement(user: User, uuid: UUID | str) -> Placement:
    """A placement, for its learner alone. One query."""
    try:
        return Placement.objects.select_related("site__organisation", "record__school", "record__learner__user").get(
            uuid=uuid, record__learner__user=user
        )
    except (Placement.DoesNotExist, ValueError) as error:
        raise Http404 from error


def own_shift(user: User, uuid: UUID) -> Shift:
    """A shift, for its learner alone. One query."""
    shift = (
        Shift.objects.filter(uuid=uuid, placement__record__learner__user=user)
        .select_related(
            "supervisor",
            "placement__site__organisation",
            "placement__record__school",
            "placement__record__learner__user",
        )
        .first()
    )
    if shift is None:
        raise Http404
    return shift


def school_link(user: User, uuid: UUID) -> SignOffLink:
    """A link, for those who place learners of its school. At most two queries."""
    link = loaded_links().filter(uuid=uuid).first()
    if link is None:
        raise Http404
    require_role(user, link.placement.record.school_id, *PLACING_ROLES)
    return link


def school_supervisor(user: User, uuid: UUID) -> Supervisor:
    """A supervisor, for those who place learners of her school. At most two queries."""
    supervisor = Supervisor.objects.filter(uuid=uuid).first()
    if supervisor is None:
        raise Http404
    require_role(user, supervisor.school_id, *PLACING_ROLES)
    return supervisor
