"""Registers the room `certification.quizzes` and its guards."""

from django.apps import AppConfig


class QuizzesConfig(AppConfig):
    """Question banks, assignments, attempts and grading."""

    name = "certification.quizzes"

    def ready(self) -> None:
        """Register guards; `certification.records` puts all rooms' guards back after every migrate."""
        from certification import guards

        from .guards import GUARDS, SHUT

        guards.register(*GUARDS, *SHUT)
