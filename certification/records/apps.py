"""Registers the room `records`, its guards, and their return after every migrate."""

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db import connections
from django.db.models.signals import post_migrate


class RecordsConfig(AppConfig):
    """The ledger of hours."""

    name = "certification.records"

    def ready(self) -> None:
        """Register guards; the framework's post_migrate puts all rooms' guards back."""
        from certification import guards

        from . import checks
        from .guards import GUARDS, SHUT

        guards.register(*GUARDS, *SHUT)
        register(Tags.database)(checks.database_is_of_this_code)
        register(Tags.database)(checks.guards_are_there)
        post_migrate.connect(_reinstall, sender=self, dispatch_uid="certification.guards")


def _reinstall(using: str, **_rest: object) -> None:
    from certification import guards

    guards.install(connections[using])
