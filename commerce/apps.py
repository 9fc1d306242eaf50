"""Registers the room `commerce`."""

from django.apps import AppConfig


class CommerceConfig(AppConfig):
    """Prices, orders and the one door to Stripe."""

    name = "commerce"

    def ready(self) -> None:
        """Register what the database refuses of a school that has closed."""
        from certification import guards

        from .guards import SHUT

        guards.register(*SHUT)
