"""The one way to log in, and permissions of groups for Wagtail and Django's admin without a second way."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend
from django.db.models import QuerySet

from .models import User
from .prepared import Prepared


class PermissionsOnlyBackend(ModelBackend):
    """Answers has_perm; never authenticates, since its login would not be rate limited."""

    def authenticate(
        self, request: Any, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> None:
        """Refuse always."""
        return


def _by_number(number: int) -> QuerySet[User]:
    return User.objects.filter(pk=number)


_people = Prepared(_by_number, number=int)


class EmailBackend(AuthenticationBackend):
    """allauth's way to log in, by e-mail and password or code; who is asked on every page is asked fast."""

    def get_user(self, user_id: int) -> User | None:
        """The person of a session, while the account is active. One query, its SQL written once a process."""
        found = _people(number=user_id)
        return found[0] if found and self.user_can_authenticate(found[0]) else None
