"""Registers the room `certification.quizzes`."""

from django.apps import AppConfig


class QuizzesConfig(AppConfig):
    """Question banks, assignments, attempts and grading."""

    name = "certification.quizzes"
