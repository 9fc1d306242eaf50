"""Tells whether two who rate are one person: nobody writes an account beside a supervisor, but her mailbox is proved."""

from collections.abc import Iterable
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.db.models import Q

from accounts.models import User

from .. import rules
from ..models import Supervisor


@dataclass(frozen=True, slots=True)
class _Known:
    users: frozenset[int]
    mailboxes: frozenset[str]


def are_one_person(one: User | Supervisor, other: User | Supervisor) -> bool:
    """Whether two are the same person: by account, or by a mailbox under any spelling.

    A supervisor is also whoever has an account with her address, and its other proved addresses are hers. No query for
    one row twice; else at most three for each of the two.
    """
    if type(one) is type(other) and one.pk == other.pk:
        return True
    first, second = _known(one), _known(other)
    return not (first.users.isdisjoint(second.users) and first.mailboxes.isdisjoint(second.mailboxes))


def _known(who: User | Supervisor) -> _Known:
    if isinstance(who, User):
        users, own = {who.pk}, set[str]()
    else:
        own = {rules.canonical_address(who.email)}
        users = _users_with(who.email) | ({who.user_id} if who.user_id else set())
    return _Known(frozenset(users), frozenset(own | _mailboxes_of(users)))


def _users_with(address: str) -> set[int]:
    """The accounts to which a mailbox belongs."""
    alike = Q()
    for domain in rules.domains_alike(address):
        alike |= Q(email__iendswith=f"@{domain}")
    # The sieve is by domain alone: the spellings of the part before it are compared here.
    found = [
        *User.objects.filter(alike).values_list("pk", "email"),
        *EmailAddress.objects.filter(alike, verified=True).values_list("user", "email"),
    ]
    wanted = rules.canonical_address(address)
    return {user for user, email in found if rules.canonical_address(email) == wanted}


def _mailboxes_of(users: Iterable[int]) -> set[str]:
    first = User.objects.filter(pk__in=users).values_list("email", flat=True)
    proved = EmailAddress.objects.filter(user__in=users, verified=True).values_list("email", flat=True)
    return {rules.canonical_address(email) for email in first.union(proved)}
