"""The checks of a database at start: it was made by these migrations, and no guard of the ledger is missing from it."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as CheckWarning
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from certification import guards


def foreign_migrations(connection: BaseDatabaseWrapper) -> list[str]:
    """Migrations of our rooms which the database holds and the code does not know: its tables are those of other code.

    Two queries.
    """
    labels = {apps.get_app_config(room.rsplit(".", maxsplit=1)[-1]).label for room in settings.ROOMS}
    ours = {key for key in MigrationRecorder(connection).applied_migrations() if key[0] in labels}
    if not ours:
        return []
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    return sorted(f"{label} {name}" for label, name in ours - known.keys())


def database_is_of_this_code(
    *, app_configs: Any = None, databases: Sequence[str] | None = None, **_rest: Any
) -> list[CheckMessage]:
    """Stop `migrate` with a sentence, before it touches a database that other migrations made."""
    found: list[CheckMessage] = []
    for alias in databases or []:
        if foreign := foreign_migrations(connections[alias]):
            more = f" and {len(foreign) - 1} more" if len(foreign) > 1 else ""
            found.append(
                Error(
                    f"This database was made by migrations that this code does not have ({foreign[0]}{more}): "
                    "move it away and start anew with an empty one.",
                    hint="On SQLite that is the file db.sqlite3; docs/decisions/0054 says why.",
                    id="records.E001",
                )
            )
    return found


def guards_are_there(
    *, app_configs: Any = None, databases: Sequence[str] | None = None, **_rest: Any
) -> list[CheckMessage]:
    """Name each missing guard; silent while the tables are not there yet, or are others'.

    A warning, not an error: `migrate` runs this check first and is the very command that heals it. `readyz` answers
    503 meanwhile.
    """
    found: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        if "records_hourentry" not in connection.introspection.table_names() or foreign_migrations(connection):
            continue
        found += [
            CheckWarning(
                f"The database guard {name} is missing: rows could be changed unseen.",
                hint="Run `manage.py migrate`; it puts every guard back. Then run `manage.py audit_ledger`.",
                id="records.W001",
            )
            for name in guards.missing(connection)
        ]
    return found
