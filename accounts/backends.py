"""Permissions of groups for Wagtail and Django's admin, without a second way to log in."""

from typing import Any

from django.contrib.auth.backends import ModelBackend


class PermissionsOnlyBackend(ModelBackend):
    """Answers has_perm; never authenticates, since its login would not be rate limited."""

    def authenticate(
        self, request: Any, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> None:
        """Refuse always."""
        return
