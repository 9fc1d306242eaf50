"""Registers the room `courses.study` and its ear for signing out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out

if TYPE_CHECKING:
    from certification.records.models import TrainingRecord


class StudyConfig(AppConfig):
    """The lesson player and its seat time."""

    name = "courses.study"

    def ready(self) -> None:
        """Listen to the framework: who signs out stops studying. Give what she wrote into her copy of a record."""
        from certification.records.services import add_own_part

        add_own_part(_reflections)
        user_logged_out.connect(_close_on_logout, dispatch_uid="courses.study.logout")


def _reflections(record: TrainingRecord) -> tuple[str, Any] | None:
    from .selectors import reflections_told

    told = reflections_told(record)
    return ("reflections.json", {"reflections": told}) if told else None


def _close_on_logout(user: Any, **_rest: object) -> None:
    from .models import StudySession
    from .services import close_all_of

    if user is not None:
        close_all_of(user=user, reason=StudySession.Reason.LOGOUT)
