"""Registers the room `courses.study` and its ear for signing out."""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out


class StudyConfig(AppConfig):
    """The lesson player and its seat time."""

    name = "courses.study"

    def ready(self) -> None:
        """Listen to the framework: who signs out stops studying."""
        user_logged_out.connect(_close_on_logout, dispatch_uid="courses.study.logout")


def _close_on_logout(user: Any, **_rest: object) -> None:
    from .models import StudySession
    from .services import close_all_of

    if user is not None:
        close_all_of(user=user, reason=StudySession.Reason.LOGOUT)
