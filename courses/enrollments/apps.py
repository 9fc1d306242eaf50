"""Registers the room `courses.enrollments`."""

from django.apps import AppConfig


class EnrollmentsConfig(AppConfig):
    """Who is enrolled in what, in which cohort, by which door."""

    name = "courses.enrollments"

    def ready(self) -> None:
        """Register what the database refuses of a school that has closed, and tell the room below which groups there are
        and which records are in approved courses of continuing education.
        """
        from certification import guards
        from certification.certificates.selectors import courses_by, tell_groups

        from .continuing import ApprovedCourses
        from .guards import SHUT
        from .selectors import groups_to_certify

        guards.register(*SHUT)
        courses_by(ApprovedCourses())
        tell_groups(groups_to_certify)
