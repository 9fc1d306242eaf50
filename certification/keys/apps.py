"""Registers the room `keys` and its guards."""

from django.apps import AppConfig


class KeysConfig(AppConfig):
    """Signing keys and what they sign."""

    name = "certification.keys"

    def ready(self) -> None:
        """Register guards."""
        from certification import guards

        from .guards import GUARDS

        guards.register(*GUARDS)
