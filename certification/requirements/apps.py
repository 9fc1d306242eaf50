"""Registers the room `certification.requirements` and the guard of its table."""

from django.apps import AppConfig


class RequirementsConfig(AppConfig):
    """Hour rules: the pure evaluator, rule packs and their versions."""

    name = "certification.requirements"

    def ready(self) -> None:
        """Register the guard; `records` puts all rooms' guards back after every migrate."""
        from certification import guards

        from .guards import GUARDS

        guards.register(*GUARDS)
