"""Reads which organisations check, for whom somebody may act, and what the platform has to decide."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from accounts.models import Membership, Organisation, User
from accounts.selectors import roles_of

from ..models import Application, CheckingStop, MemberInvitation

MANAGING_ROLES = frozenset({"manager", "admin"})
"""Who makes keys for an organisation and says who belongs to it; a school's people are named elsewhere."""
_KINDS = (Organisation.Kind.SCHOOL, Organisation.Kind.VERIFIER, Organisation.Kind.BOARD)


def organisations_of(user: User, roles: Iterable[str]) -> QuerySet[Organisation]:
    """The organisations in which somebody holds one of `roles`, by name. One query besides `roles_of`."""
    wanted = set(roles)
    places = {place for place, role in roles_of(user) if role in wanted}
    return Organisation.objects.filter(kind__in=_KINDS, pk__in=places).order_by("name", "pk")


def open_stop(organisation: Organisation) -> CheckingStop | None:
    """Why this organisation may not check now; None while it may. One query."""
    return CheckingStop.objects.filter(organisation=organisation, lifted_at=None).first()


def members_of(organisation: Organisation) -> QuerySet[Membership]:
    """Who holds a role in it now, by name. One query."""
    held = Membership.objects.filter(organisation=organisation, until=None, role__in=MemberInvitation.ROLES)
    return held.select_related("user").order_by("user__legal_name", "pk")


def invitations_of(organisation: Organisation) -> QuerySet[MemberInvitation]:
    """The invitations that wait for an answer, newest first. One query."""
    return MemberInvitation.objects.filter(organisation=organisation, ended_at=None).order_by("-at", "-pk")


def proved(user: User) -> QuerySet[Any]:
    """The addresses that somebody has confirmed, in small letters; part of another query."""
    return user.emailaddress_set.filter(verified=True).values_list(Lower("email"))  # type: ignore[attr-defined]


def invitations_for(user: User) -> QuerySet[MemberInvitation]:
    """The invitations that somebody can answer: those to an address that she has confirmed. One query."""
    waiting = MemberInvitation.objects.filter(ended_at=None, address__in=proved(user))
    return waiting.select_related("organisation", "by").order_by("at", "pk")


def applications_of(user: User) -> QuerySet[Application]:
    """What somebody asked for, newest first. One query."""
    return Application.objects.filter(applicant=user).select_related("decision__organisation").order_by("-at", "-pk")


def applications_waiting() -> QuerySet[Application]:
    """What the platform has to decide, oldest first. One query."""
    waiting = Application.objects.filter(withdrawn_at=None, decision=None)
    return waiting.select_related("applicant").order_by("at", "pk")


def organisations_that_check(query: str = "") -> QuerySet[Organisation]:
    """All verifiers and boards of the platform by name, by any part of it. One query."""
    found = Organisation.objects.filter(kind__in=_KINDS[1:])
    for word in query.split():
        found = found.filter(Q(name__icontains=word) | Q(slug__icontains=word))
    return found.order_by("name", "pk")
