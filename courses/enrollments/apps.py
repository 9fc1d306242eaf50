"""Registers the room `courses.enrollments`."""

from django.apps import AppConfig


class EnrollmentsConfig(AppConfig):
    """Who is enrolled in what, in which cohort, by which door."""

    name = "courses.enrollments"

    def ready(self) -> None:
        """Tell the rooms below which groups there are, so that a whole group gets its certificates."""
        from certification.certificates.selectors import tell_groups

        from .selectors import groups_to_certify

        tell_groups(groups_to_certify)
