"""Registers the room `notices`."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """The outbox."""

    name = "notices"
