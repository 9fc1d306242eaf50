"""The check at start: no guard of the ledger may be missing from a migrated database."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage
from django.core.checks import Warning as CheckWarning
from django.db import connections

from certification import guards


def guards_are_there(
    *, app_configs: Any = None, databases: Sequence[str] | None = None, **_rest: Any
) -> list[CheckMessage]:
    """Name each missing guard; silent while the tables are not there yet.

    A warning, not an error: `migrate` runs this check first and is the very command that heals it. `readyz` answers
    503 meanwhile.
    """
    found: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        if "records_hourentry" not in connection.introspection.table_names():
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
