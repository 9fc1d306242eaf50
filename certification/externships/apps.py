"""Registers the room `certification.externships` and its guards."""

from django.apps import AppConfig


class ExternshipsConfig(AppConfig):
    """Sites, supervisors, placements, shifts and sign-offs."""

    name = "certification.externships"

    def ready(self) -> None:
        """Register the guards; `records` puts them back after every migrate."""
        from certification import guards

        from .guards import GUARDS

        guards.register(*GUARDS)
