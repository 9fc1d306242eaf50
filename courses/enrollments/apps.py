"""Registers the room `courses.enrollments`."""

from django.apps import AppConfig


class EnrollmentsConfig(AppConfig):
    """Who is enrolled in what, in which cohort, by which door."""

    name = "courses.enrollments"
