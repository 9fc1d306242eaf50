"""Registers the room `courses.enrollments`."""

from django.apps import AppConfig


class EnrollmentsConfig(AppConfig):
    """Who is enrolled in what, in which cohort, by which door."""

    name = "courses.enrollments"

    def ready(self) -> None:
        """Tell the room below which records are in approved courses of continuing education."""
        from certification.certificates.selectors import courses_by

        from .continuing import ApprovedCourses

        courses_by(ApprovedCourses())
