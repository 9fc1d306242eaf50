"""Registers the room `accounts`, and makes the cache's table with those of the rooms."""

from django.apps import AppConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    """Who people and organisations are."""

    name = "accounts"
    verbose_name = "People and organisations"

    def ready(self) -> None:
        """A database that was only migrated can serve."""
        post_migrate.connect(_make_cache_table, sender=self, dispatch_uid="accounts.cache_table")


def _make_cache_table(using: str, **_rest: object) -> None:
    # Nothing happens where it is there, or where the cache lives elsewhere.
    call_command("createcachetable", database=using, verbosity=0)
