"""Registers the room `cms`."""

from django.apps import AppConfig


class CmsConfig(AppConfig):
    """The school's site, its navigation, the demo and the due jobs."""

    name = "cms"
