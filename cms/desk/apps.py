"""Registers the room `cms.desk`."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The staff's home."""

    name = "cms.desk"
