"""Registers the room `commerce`."""

from django.apps import AppConfig


class CommerceConfig(AppConfig):
    """Prices, orders and the one door to Stripe."""

    name = "commerce"
