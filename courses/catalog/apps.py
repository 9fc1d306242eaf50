"""Registers the room `courses.catalog`."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Programs, modules and lessons, and the pages that present them."""

    name = "courses.catalog"
