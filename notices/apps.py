"""Registers the room `notices`."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """The outbox."""

    name = "notices"

    def ready(self) -> None:
        """Register the checks."""
        from . import checks  # noqa: F401
