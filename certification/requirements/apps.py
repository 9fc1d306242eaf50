"""Registers the room `certification.requirements`."""

from django.apps import AppConfig


class RequirementsConfig(AppConfig):
    """Hour rules: the pure evaluator, rule packs and their versions."""

    name = "certification.requirements"
