"""SQL guards that make a table append-only, for SQLite and PostgreSQL, put back after every migrate.

The lowest layer of `certification`: it knows tables and conditions, not what they mean. A room registers its guards
in its AppConfig; `install` (re)creates the triggers, `missing` names those that are not there. SQLite loses all
triggers of a table when Django rebuilds it (AlterField), hence the re-installation and the check at start.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True, slots=True)
class Check:
    """A condition on `NEW` (SQL that both databases read) under which an INSERT is refused."""

    name: str
    refuse_when: str
    message: str


@dataclass(frozen=True, slots=True)
class AppendOnly:
    """One guarded table.

    `keys` are its unique keys: SQLite's INSERT OR REPLACE deletes without asking the DELETE trigger, so a row whose
    key is taken is refused before. `frozen` names the columns that an UPDATE may not change; empty means all.
    `update_checks` are conditions on `OLD` and `NEW` under which an UPDATE is refused besides.
    `delete_when` is a condition on `OLD` under which a DELETE passes; empty means never.
    """

    table: str
    keys: tuple[tuple[str, ...], ...] = (("id",),)
    frozen: tuple[str, ...] = ()
    delete_when: str = ""
    checks: tuple[Check, ...] = ()
    update_checks: tuple[Check, ...] = ()
    sqlite_checks: tuple[Check, ...] = ()


_registry: dict[str, AppendOnly] = {}


def register(*guards: AppendOnly) -> None:
    """Add guards; called once by each room's AppConfig.ready."""
    for guard in guards:
        _registry[guard.table] = guard


def registered() -> tuple[AppendOnly, ...]:
    """All guards of all rooms."""
    return tuple(_registry.values())


def _statements(guard: AppendOnly, vendor: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield (trigger name, event, refusing condition, message)."""
    table = guard.table
    if guard.frozen:
        differs = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
        changed = " OR ".join(f'NEW."{column}" {differs} OLD."{column}"' for column in guard.frozen)
    else:
        changed = "1 = 1"
    yield f"guard_{table}_update", "UPDATE", changed, f"{table}: rows are never changed"
    kept = f"NOT ({guard.delete_when})" if guard.delete_when else "1 = 1"
    yield f"guard_{table}_delete", "DELETE", kept, f"{table}: rows are never deleted"
    checks = guard.checks
    if vendor == "sqlite":
        taken = " OR ".join(
            "(" + " AND ".join(f'"{column}" = NEW."{column}"' for column in key) + ")" for key in guard.keys
        )
        exists = f'EXISTS (SELECT 1 FROM "{table}" WHERE {taken})'  # noqa: S608 - names of our own tables
        yield f"guard_{table}_replace", "INSERT", exists, f"{table}: rows are never replaced"
        checks += guard.sqlite_checks
    for check in checks:
        yield f"guard_{table}_{check.name}", "INSERT", check.refuse_when, check.message
    for check in guard.update_checks:
        yield f"guard_{table}_{check.name}", "UPDATE", check.refuse_when, check.message


def _sql(guard: AppendOnly, vendor: str) -> Iterator[str]:
    table = guard.table
    for name, event, condition, message in _statements(guard, vendor):
        message = message.replace("'", "''")
        if vendor == "sqlite":
            yield f'DROP TRIGGER IF EXISTS "{name}"'
            yield (
                f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" FOR EACH ROW WHEN {condition} '
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )
        else:
            row = "OLD" if event == "DELETE" else "NEW"
            yield (
                f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN '
                f"IF {condition} THEN RAISE EXCEPTION '{message}' USING ERRCODE = '23000'; END IF; "
                f"RETURN {row}; END $guard$"
            )
            yield f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"'
            yield (f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" FOR EACH ROW EXECUTE FUNCTION "{name}"()')
    if vendor == "postgresql":
        name = f"guard_{table}_truncate"
        yield (
            f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN '
            f"RAISE EXCEPTION '{table}: rows are never deleted' USING ERRCODE = '23000'; END $guard$"
        )
        yield f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"'
        yield (f'CREATE TRIGGER "{name}" BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION "{name}"()')


def install(connection: BaseDatabaseWrapper) -> None:
    """(Re)create the triggers of every registered table that exists. Idempotent."""
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for guard in registered():
            if guard.table in tables:
                for statement in _sql(guard, connection.vendor):
                    cursor.execute(statement)


def _created(guard: AppendOnly, vendor: str) -> dict[str, str]:
    """Trigger name to what the database keeps of it: SQLite its whole text, PostgreSQL the body of its function."""
    kept: dict[str, str] = {}
    for statement in _sql(guard, vendor):
        name = statement.split('"')[1]
        if vendor == "sqlite" and statement.startswith("CREATE TRIGGER"):
            kept[name] = statement
        elif vendor == "postgresql" and statement.startswith("CREATE OR REPLACE FUNCTION"):
            kept[name] = statement.split("$guard$")[1]
    return kept


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of triggers that are not in the database as they should be: gone, switched off or altered. One query."""
    if connection.vendor == "sqlite":
        question = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'guard!_%' ESCAPE '!'"
    else:
        question = (
            "SELECT t.tgname, f.prosrc FROM pg_trigger AS t JOIN pg_proc AS f ON f.oid = t.tgfoid "
            "WHERE t.tgname LIKE 'guard!_%' ESCAPE '!' AND t.tgenabled IN ('O', 'A') AND f.proname = t.tgname "
            # 2 is BEFORE; 1 is FOR EACH ROW, which TRUNCATE (32) cannot be.
            "AND t.tgtype & 2 = 2 AND (t.tgtype & 1 = 1 OR t.tgtype & 32 = 32) AND t.tgqual IS NULL"
        )
    with connection.cursor() as cursor:
        cursor.execute(question)
        there = dict(cursor.fetchall())
    wanted: dict[str, str] = {}
    for guard in registered():
        wanted |= _created(guard, connection.vendor)
    return sorted(name for name, text in wanted.items() if there.get(name) != text)
