"""SQL guards that make a table append-only, for SQLite and PostgreSQL, put back after every migrate.

The lowest layer of `certification`: it knows tables and conditions, not what they mean. A room registers its guards
in its AppConfig; `install` (re)creates the triggers, `missing` names those that are not there. SQLite loses all
triggers of a table when Django rebuilds it (AlterField), hence the re-installation and the check at start.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.utils import CursorWrapper


@dataclass(frozen=True, slots=True)
class Check:
    """A condition on `NEW` (SQL that both databases read) under which an INSERT is refused."""

    name: str
    refuse_when: str
    message: str


MARK = "erased_at"
"""The column that says when a row lost its personal texts."""


@dataclass(frozen=True, slots=True)
class Erasable:
    """The one change that a row which never changes may go through: its personal texts go, and `erased_at` says when.

    `columns` hold the texts; `when` is a condition on `OLD` under which they may go. They go whole (empty text, empty
    list or object, NULL) unless `emptied` is false: then a part may stay. Nothing else may change with them: `kept` names all
    the other columns, but for those that the erasure itself writes (`told`: who and why), which a CHECK holds.
    """

    columns: tuple[str, ...]
    kept: tuple[str, ...]
    when: str
    emptied: bool = True
    told: tuple[str, ...] = ()

    def refusals(self, table: str, differs: str) -> Iterator[tuple[str, str, str]]:
        """Trigger name, refusing condition and message of each rule of the change."""
        change = f"(NEW.{MARK} IS NOT NULL AND NEW.{MARK} {differs} OLD.{MARK})"
        wrong = [f'NEW."{column}" {differs} OLD."{column}"' for column in self.kept]
        if self.emptied:
            wrong += [
                f"COALESCE(CAST(NEW.\"{column}\" AS TEXT), '') NOT IN ('', '[]', '{{}}')" for column in self.columns
            ]
        yield (
            f"guard_{table}_erased",
            f"{change} AND NOT ({self.when})",
            f"{table}: personal texts are never erased without a ground",
        )
        yield (
            f"guard_{table}_erased_only",
            f"{change} AND ({' OR '.join(wrong)})",
            f"{table}: with its personal texts a row never changes in anything else",
        )


@dataclass(frozen=True, slots=True)
class AppendOnly:
    """One guarded table.

    `keys` are its unique keys: SQLite's INSERT OR REPLACE deletes without asking the DELETE trigger, so a row whose
    key is taken is refused before. `frozen` names the columns that an UPDATE may not change; empty means all.
    `update_checks` are conditions on `OLD` and `NEW` under which an UPDATE is refused besides.
    `delete_when` is a condition on `OLD` under which a DELETE passes; empty means never. `erasable` are personal texts
    that may go, whatever else is refused.
    """

    table: str
    keys: tuple[tuple[str, ...], ...] = (("id",),)
    frozen: tuple[str, ...] = ()
    delete_when: str = ""
    checks: tuple[Check, ...] = ()
    update_checks: tuple[Check, ...] = ()
    sqlite_checks: tuple[Check, ...] = ()
    erasable: Erasable | None = None


OWN = "NEW.school_id"
OF_RECORD = "(SELECT rec.school_id FROM records_trainingrecord AS rec WHERE rec.id = NEW.record_id)"
CLOSED = "the school has closed: its records are read and sent, nothing is written"


@dataclass(frozen=True, slots=True)
class Shut:
    """One table in which nothing is made any more for a school that has closed. `school` is SQL for its id, from `NEW`.

    The narrowest place of all: whichever door and service asks for the row, the database refuses it.
    """

    table: str
    school: str = OWN

    @property
    def refuse_when(self) -> str:
        """The condition under which an INSERT is refused."""
        return f"EXISTS (SELECT 1 FROM accounts_schoolclosing AS sc WHERE sc.school_id = {self.school})"


Guard = AppendOnly | Shut
_registry: dict[str, AppendOnly] = {}
_shut: dict[str, Shut] = {}


def register(*guards: Guard) -> None:
    """Add guards; called once by each room's AppConfig.ready."""
    for guard in guards:
        if isinstance(guard, Shut):
            _shut[guard.table] = guard
        else:
            _registry[guard.table] = guard


def registered() -> tuple[AppendOnly, ...]:
    """All append-only tables of all rooms."""
    return tuple(_registry.values())


def shut() -> tuple[Shut, ...]:
    """All tables of all rooms in which a school that has closed makes nothing."""
    return tuple(_shut.values())


def _all() -> tuple[Guard, ...]:
    return (*registered(), *shut())


def _statements(guard: Guard, vendor: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield (trigger name, event, refusing condition, message)."""
    table = guard.table
    if isinstance(guard, Shut):
        # PostgreSQL fires triggers by their names: that the school has closed is said before anything else.
        yield f"guard_{table}_0_shut", "INSERT", guard.refuse_when, f"{table}: {CLOSED}"
        return
    differs = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
    frozen, unless_erasing = guard.frozen, ""
    if guard.erasable:
        frozen = frozen and (*frozen, MARK)
        unless_erasing = f" AND NOT (NEW.{MARK} IS NOT NULL AND NEW.{MARK} {differs} OLD.{MARK})"
        for name, condition, message in guard.erasable.refusals(table, differs):
            yield name, "UPDATE", condition, message
    changed = " OR ".join(f'NEW."{column}" {differs} OLD."{column}"' for column in frozen) or "1 = 1"
    yield f"guard_{table}_update", "UPDATE", f"({changed}){unless_erasing}", f"{table}: rows are never changed"
    kept = f"NOT ({guard.delete_when})" if guard.delete_when else "1 = 1"
    yield f"guard_{table}_delete", "DELETE", kept, f"{table}: rows are never deleted"
    checks = guard.checks
    if vendor == "sqlite":
        taken = " OR ".join(
            "(" + " AND ".join(f'"{column}" = NEW."{column}"' for column in key) + ")" for key in guard.keys
        )
        exists = f'EXISTS (SELECT 1 FROM "{table}" WHERE {taken})'
        yield f"guard_{table}_replace", "INSERT", exists, f"{table}: rows are never replaced"
        checks += guard.sqlite_checks
    for check in checks:
        yield f"guard_{table}_{check.name}", "INSERT", check.refuse_when, check.message
    for check in guard.update_checks:
        yield f"guard_{table}_{check.name}", "UPDATE", f"({check.refuse_when}){unless_erasing}", check.message


def _sql(guard: Guard, vendor: str) -> Iterator[str]:
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
    if vendor == "postgresql" and isinstance(guard, AppendOnly):
        name = f"guard_{table}_truncate"
        yield (
            f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN '
            f"RAISE EXCEPTION '{table}: rows are never deleted' USING ERRCODE = '23000'; END $guard$"
        )
        yield f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"'
        yield (f'CREATE TRIGGER "{name}" BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION "{name}"()')


def install(connection: BaseDatabaseWrapper) -> None:
    """(Re)create the triggers of every registered table that exists, and drop those that do not fit it. Idempotent.

    A migration that is taken back leaves on PostgreSQL what speaks of its columns: every write would fail on that.
    """
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        wanted: set[tuple[str, str]] = set()
        for guard in _all():
            if guard.table not in tables:
                continue
            fitting = _fitting(guard, _columns(connection, guard.table), tables)
            for statement in _sql(fitting, connection.vendor) if fitting else ():
                cursor.execute(statement)
                if statement.startswith("CREATE TRIGGER"):
                    wanted.add((guard.table, statement.split('"')[1]))
        there = {(table, name) for table, name in _there(cursor, connection.vendor) if table in tables}
        for table, name in sorted(there - wanted):
            if connection.vendor == "sqlite":
                cursor.execute(f'DROP TRIGGER "{name}"')
            else:
                cursor.execute(f'DROP TRIGGER "{name}" ON "{table}"')
                cursor.execute(f'DROP FUNCTION IF EXISTS "{name}"()')


def _there(cursor: CursorWrapper, vendor: str) -> list[tuple[str, str]]:
    """Table and name of each guard's trigger in the database."""
    if vendor == "sqlite":
        question = "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'guard!_%' ESCAPE '!'"
    else:
        question = (
            "SELECT c.relname, t.tgname FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid "
            "WHERE NOT t.tgisinternal AND t.tgname LIKE 'guard!_%' ESCAPE '!' AND pg_table_is_visible(c.oid)"
        )
    cursor.execute(question)
    return cursor.fetchall()


_NAMED = re.compile(r'\b(?:NEW|OLD)\."?(\w+)"?')
_READ = re.compile(r"\b(?:FROM|JOIN) (\w+)")


def _fitting(guard: Guard, columns: set[str], tables: set[str]) -> Guard | None:
    """A guard without what its table, standing before some of its migrations, does not have yet."""

    def fits(text: str) -> bool:
        return columns >= set(_NAMED.findall(text)) and tables >= set(_READ.findall(text))

    if isinstance(guard, Shut):
        return guard if fits(guard.refuse_when) else None

    def kept(checks: tuple[Check, ...]) -> tuple[Check, ...]:
        return tuple(check for check in checks if fits(check.refuse_when))

    erasable = guard.erasable
    if erasable and not columns >= {*erasable.columns, *erasable.kept, MARK}:
        erasable = None  # nothing of it may go
    return replace(
        guard,
        keys=tuple(key for key in guard.keys if columns >= set(key)),
        frozen=tuple(column for column in guard.frozen if column in columns),
        delete_when=guard.delete_when if fits(guard.delete_when) else "",
        checks=kept(guard.checks),
        update_checks=kept(guard.update_checks),
        sqlite_checks=kept(guard.sqlite_checks),
        erasable=erasable,
    )


def lift(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """For RunPython, before and after what changes a guarded table: on SQLite the guards step aside until migrate ends.

    SQLite makes such a table anew and refuses while a guard of another table speaks of it. In the migration's own
    transaction: where that fails, the guards are back. PostgreSQL needs nothing of it.
    """
    if editor.connection.vendor != "sqlite":
        return
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'guard!_%' ESCAPE '!'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')


def _columns(connection: BaseDatabaseWrapper, table: str) -> set[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":  # Django reads the whole of CREATE TABLE, and stumbles over some constraints
            cursor.execute(f'PRAGMA table_info("{table}")')
            return {row[1] for row in cursor.fetchall()}
        return {column.name for column in connection.introspection.get_table_description(cursor, table)}


def _created(guard: Guard, vendor: str) -> dict[str, str]:
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
    for guard in _all():
        wanted |= _created(guard, connection.vendor)
    return sorted(name for name, text in wanted.items() if there.get(name) != text)
