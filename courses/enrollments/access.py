"""From an id or a token to an object, for this person; missing and forbidden look the same."""

from uuid import UUID

from django.http import Http404

from accounts.access import require_role
from accounts.models import User
from courses.catalog.models import Program

from .models import Enrollment, Invitation
from .selectors import INVITING_ROLES, enrollments_of, invitation_by_token


def own_enrollment(user: User, uuid: UUID) -> Enrollment:
    """Her own enrollment, unless it was withdrawn. One query."""
    enrollment = enrollments_of(user).filter(uuid=uuid).first()
    if enrollment is None:
        raise Http404
    return enrollment


def offered_invitation(token: str) -> Invitation:
    """The invitation that this link opens, for whoever holds the link. One query."""
    invitation = invitation_by_token(token)
    if invitation is None:
        raise Http404
    return invitation


def invitation_of_staff(user: User, uuid: UUID) -> Invitation:
    """An invitation, for coordinators, registrars and administrators of its school. Two queries."""
    invitation = Invitation.objects.select_related("program__school").filter(uuid=uuid).first()
    if invitation is None:
        raise Http404
    require_role(user, invitation.program.school_id, *INVITING_ROLES)
    return invitation


def open_program(uuid: UUID) -> Program:
    """A program as anyone may see it. One query."""
    program = Program.objects.select_related("school").filter(uuid=uuid).first()
    if program is None:
        raise Http404
    return program
