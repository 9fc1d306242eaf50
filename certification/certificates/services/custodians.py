"""Gives and takes the role of custodian, and tells the person."""

from django.db import transaction
from django.utils import timezone

from accounts.models import Membership, Organisation, User
from accounts.selectors import has_role
from accounts.services import give_custody, take_custody
from notices.services import enqueue_mail


@transaction.atomic
def name_custodian(*, school: Organisation, user: User, by: User) -> Membership:
    """Make a person a custodian of a school, and mail her what that is. As `give_custody`, which refuses."""
    held = has_role(user, school, Membership.Role.CUSTODIAN)
    membership = give_custody(school=school, user=user, by=by)
    if not held:
        _tell(user, school, by, is_given=True)
    return membership


@transaction.atomic
def release_custodian(*, school: Organisation, user: User, by: User) -> None:
    """End a person's role of custodian, and mail her that it has ended. As `take_custody`, which refuses."""
    held = has_role(user, school, Membership.Role.CUSTODIAN)
    take_custody(school=school, user=user, by=by)
    if held:
        _tell(user, school, by, is_given=False)


def _tell(user: User, school: Organisation, by: User, *, is_given: bool) -> None:
    if not user.is_active or user == by:
        return
    moment = timezone.now()
    enqueue_mail(
        key=f"custody:{school.uuid}:{user.uuid}:{moment.isoformat()}",
        to=user.email,
        template="certificates_custody",
        context={"school": school, "name": user.get_short_name(), "by": by, "is_given": is_given},
        user=user,
    )
