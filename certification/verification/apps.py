"""Registers the room `certification.verification` and its guards."""

from django.apps import AppConfig


class VerificationConfig(AppConfig):
    """What anyone may check, and what a graduate shares."""

    name = "certification.verification"

    def ready(self) -> None:
        """Register what the database refuses."""
        from certification import guards

        from .guards import GUARDS, SHUT

        guards.register(*GUARDS, *SHUT)
