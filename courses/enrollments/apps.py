"""Registers the room `courses.enrollments`."""

from django.apps import AppConfig


class EnrollmentsConfig(AppConfig):
    """Who is enrolled in what, in which cohort, by which door."""

    name = "courses.enrollments"

    def ready(self) -> None:
        """Register what the database refuses of a school that has closed."""
        from certification import guards

        from .guards import SHUT

        guards.register(*SHUT)
