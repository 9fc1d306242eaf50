"""Reads people, organisations and roles."""

from collections.abc import Collection
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from .models import ClosingPlan, CustodyChange, Licence, Membership, Organisation, SchoolClosing, User
from .prepared import Prepared

STAFF_ROLES = frozenset({"instructor", "coordinator", "registrar", "admin"})


def roles_of(user: User) -> frozenset[tuple[int, str]]:
    """All (organisation id, role) pairs that `user` holds now. One query, then kept on the user object."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return frozenset()
    kept = getattr(user, "_roles", None)
    if kept is None:
        kept = frozenset(_roles(user=user.pk))
        user._roles = kept  # type: ignore[attr-defined]
    return kept


_roles = Prepared(
    # Of a school that has closed only its custodian has a role: so every door of its staff is shut at once.
    lambda user: Membership.objects.filter(
        Q(role=Membership.Role.CUSTODIAN) | Q(organisation__closing=None), user=user, until__isnull=True
    ).values_list("organisation_id", "role"),
    user=int,
)


def has_role(user: User, organisation: Organisation | int, *roles: str) -> bool:
    """Whether `user` holds one of `roles` in `organisation` now. At most one query."""
    wanted = organisation if isinstance(organisation, int) else organisation.pk
    return any(place == wanted and role in roles for place, role in roles_of(user))


def is_staff_anywhere(user: User) -> bool:
    """Whether `user` teaches in or runs any school. At most one query."""
    return any(role in STAFF_ROLES for _place, role in roles_of(user))


def keeps_anywhere(user: User) -> bool:
    """Whether `user` keeps the records of any school that has closed. At most one query."""
    return any(role == Membership.Role.CUSTODIAN for _place, role in roles_of(user))


CHECKING_ROLES = frozenset({"verifier", "board", "manager"})


def checks_anywhere(user: User) -> bool:
    """Whether `user` checks certificates for any organisation that is no school of ours. At most one query."""
    return any(role in CHECKING_ROLES for _place, role in roles_of(user))


def schools_of(user: User, *roles: str) -> QuerySet[Organisation]:
    """The schools in which `user` holds one of `roles`. One query besides that of `roles_of`."""
    places = {place for place, role in roles_of(user) if role in roles}
    return Organisation.objects.filter(kind=Organisation.Kind.SCHOOL, pk__in=places)


def holders_of(organisation: Organisation, role: str) -> QuerySet[User]:
    """The active people who hold `role` in this organisation now. One query."""
    return User.objects.filter(
        is_active=True,
        memberships__organisation=organisation,
        memberships__role=role,
        memberships__until__isnull=True,
    ).order_by("pk")


def choosers_of(school: Organisation) -> QuerySet[User]:
    """Who gives and takes the role of custodian there: administrators, and once the school has closed its custodians.

    Of one that closed without a custodian, who was administrator then: else nobody could ever. One query, and two before it.
    """
    keepers = holders_of(school, Membership.Role.CUSTODIAN)
    closed = SchoolClosing.objects.filter(school=school).exists()
    return keepers if closed and keepers.exists() else holders_of(school, Membership.Role.ADMIN)


def custody_schools_of(user: User) -> QuerySet[Organisation]:
    """The schools whose custodians this person chooses (`choosers_of`). One query."""
    kept = Membership.objects.filter(
        organisation=OuterRef("organisation"), role=Membership.Role.CUSTODIAN, until=None, user__is_active=True
    )
    admin, custodian = Q(role=Membership.Role.ADMIN), Q(role=Membership.Role.CUSTODIAN)
    closed = Q(organisation__closing__isnull=False)
    held = Membership.objects.filter(
        (admin & ~closed) | (custodian & closed) | (admin & closed & ~Exists(kept)),
        user=user,
        user__is_active=True,
        until=None,
        organisation__kind=Organisation.Kind.SCHOOL,
    )
    return Organisation.objects.filter(pk__in=held.values("organisation")).order_by("name", "pk")


def custody_of(school: Organisation) -> list[CustodyChange]:
    """To whom the role of custodian was given there and from whom it was taken, newest first. One query."""
    changes = CustodyChange.objects.filter(school=school).select_related("user", "by")
    return list(changes.order_by("-pk"))


def closing_plans_of(school: Organisation) -> list[ClosingPlan]:
    """How a school's last day was planned and called off, oldest first. One query."""
    return list(ClosingPlan.objects.filter(school=school).select_related("by").order_by("pk"))


def account_at(email: str) -> User | None:
    """The person who can log in with this address. One query."""
    return User.objects.filter(email__iexact=email.strip(), is_active=True).first()


def home_school(*beside: str) -> Organisation | None:
    """The school whose site this installation shows first, with what higher rooms keep beside it. One query."""
    schools = Organisation.objects.filter(kind=Organisation.Kind.SCHOOL)
    return (schools.select_related(*beside) if beside else schools).order_by("pk").first()


def checked_licences(users: Collection[int], *, on: date) -> dict[int, list[Licence]]:
    """The licences of these people that somebody checked and that are in force on this day, by person. One query."""
    rows = Licence.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=on),
        Q(valid_to=None) | Q(valid_to__gte=on),
        user__in=users,
        verified_at__isnull=False,
    ).order_by("state", "profession", "number")
    found: dict[int, list[Licence]] = {}
    for licence in rows:
        found.setdefault(licence.user_id, []).append(licence)
    return found
