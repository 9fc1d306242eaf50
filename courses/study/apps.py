"""Registers the room `courses.study`."""

from django.apps import AppConfig


class StudyConfig(AppConfig):
    """The lesson player and its seat time."""

    name = "courses.study"
