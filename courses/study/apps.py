"""Registers the room `courses.study`, its ear for signing out and its part of a record's export."""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out


class StudyConfig(AppConfig):
    """The lesson player and its seat time."""

    name = "courses.study"

    def ready(self) -> None:
        """Listen to the framework: who signs out stops studying. Add what a learner wrote to the export of her record."""
        from certification import guards
        from certification.records.services import register_part

        from .guards import SHUT
        from .selectors import own_notes_told, own_reflections_told, questions_told, visits_told

        guards.register(*SHUT)
        register_part("notes.json", own_notes_told)
        register_part("questions.json", questions_told)
        register_part("reflections.json", own_reflections_told)
        register_part("visits.json", visits_told)
        user_logged_out.connect(_close_on_logout, dispatch_uid="courses.study.logout")


def _close_on_logout(user: Any, **_rest: object) -> None:
    from .models import StudySession
    from .services import close_all_of

    if user is not None:
        close_all_of(user=user, reason=StudySession.Reason.LOGOUT)
