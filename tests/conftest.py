"""Shared set-up: the migrated database is made once per change of migrations and copied; the network is refused."""

import fcntl
import functools
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.test import TransactionTestCase
from django.utils import translation

from tests.effort import examples

ROOT = Path(__file__).resolve().parents[1]

# How long one example takes says more of what else the machine does than of the code.
hypothesis.settings.register_profile("palmar", deadline=None, max_examples=examples(100))
hypothesis.settings.load_profile("palmar")


def _digest() -> str:
    """A name for the present set of migrations, guards and of how tables are made."""
    sum_ = hashlib.sha256()
    for key, migration in sorted(MigrationLoader(None, ignore_no_migrations=True).disk_migrations.items()):
        sum_.update(repr(key).encode())
        file = sys.modules[type(migration).__module__].__file__
        sum_.update(Path(file or "").read_bytes())
    for file in sorted(
        file
        for room in ("certification", "courses", "cms")
        for pattern in ("guards.py", "guards/*.py", "first_tables.py")
        for file in (ROOT / room).rglob(pattern)
    ):
        sum_.update(file.read_bytes())
    return sum_.hexdigest()[:24]


@functools.cache
def _sqlite_snapshot() -> Path:
    """The migrated, empty database for the present migrations; made by the first who asks."""
    folder = Path(tempfile.gettempdir()) / f"palmar-tests-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    wanted = folder / f"{_digest()}.sqlite3"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not wanted.exists():
            fresh = folder / f"making-{os.getpid()}.sqlite3"
            subprocess.run(
                [sys.executable, "manage.py", "migrate", "-v0", "--settings=config.settings.test"],
                cwd=ROOT,
                check=True,
                env={**os.environ, "DATABASE_URL": f"sqlite:///{fresh}"},
            )
            import sqlite3

            # In WAL mode the newest pages may stand beside the file; one file is what gets copied.
            with sqlite3.connect(fresh) as raw:
                raw.execute("PRAGMA journal_mode=DELETE")
            fresh.rename(wanted)
    return wanted


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> None:
    """SQLite: each worker gets its own copy of the snapshot."""
    if connection.vendor == "sqlite":
        copy = tmp_path_factory.mktemp("db") / "test.sqlite3"
        shutil.copyfile(_sqlite_snapshot(), copy)
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(copy)
        connection.settings_dict["TEST"]["NAME"] = str(copy)
    else:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "")
        if worker:
            name = f"test_{settings.DATABASES['default']['NAME']}_{worker}"
            connection.settings_dict["TEST"]["NAME"] = name


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The SQLite copy is already migrated; PostgreSQL keeps its test database between runs when asked."""
    return connection.vendor == "sqlite" or os.environ.get("KEEP_TEST_DB") == "1"


def _tables() -> list[str]:
    return connection.introspection.django_table_names(only_existing=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """PostgreSQL: keep a copy of what migrations wrote, for after transactional tests."""
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA IF EXISTS kept CASCADE; CREATE SCHEMA kept")
            for table in _tables():
                cursor.execute(f'CREATE TABLE kept."{table}" AS TABLE public."{table}"')


def _restore() -> None:
    """Make the test database again as migrations left it."""
    if connection.vendor == "sqlite":
        connection.close()
        name = str(connection.settings_dict["NAME"])
        for file in (f"{name}-wal", f"{name}-shm"):
            Path(file).unlink(missing_ok=True)
        shutil.copyfile(_sqlite_snapshot(), name)
        return
    names = ", ".join(f'public."{table}"' for table in _tables())
    with connection.cursor() as cursor:
        # Triggers step aside here, in the test database, and nowhere else.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"TRUNCATE {names}")
        for table in _tables():
            cursor.execute(f'INSERT INTO public."{table}" SELECT * FROM kept."{table}"')
        cursor.execute("SET session_replication_role = DEFAULT")


@pytest.fixture(autouse=True, scope="session")
def _restore_after_transactions() -> Iterator[None]:
    """After a transactional test the database is as before it.

    Django would empty all tables, which the ledger's guards refuse, and leave no root page, locale or groups.
    """
    plain_setup = TransactionTestCase._fixture_setup.__func__  # type: ignore[attr-defined]
    plain_teardown = TransactionTestCase._fixture_teardown

    def setup(cls: type[TransactionTestCase]) -> None:
        # What Django would load back itself was put back by `_restore`; twice would be once too often.
        connection.__dict__.pop("_test_serialized_contents", None)
        plain_setup(cls)

    TransactionTestCase._fixture_setup = classmethod(setup)  # type: ignore[method-assign,assignment]
    TransactionTestCase._fixture_teardown = lambda _self: _restore()  # type: ignore[method-assign]
    yield
    TransactionTestCase._fixture_setup = classmethod(plain_setup)  # type: ignore[method-assign,assignment]
    TransactionTestCase._fixture_teardown = plain_teardown  # type: ignore[method-assign]


_real_connect = socket.socket.connect


def _loopback_only(self: socket.socket, address: Any) -> None:
    host = address[0] if isinstance(address, tuple) else ""
    if isinstance(address, tuple) and host not in {"127.0.0.1", "::1", "localhost"}:
        raise AssertionError(f"A test called {address}: no network beyond loopback.")
    _real_connect(self, address)


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """A call to the outside is a mistake of the test."""
    socket.socket.connect = _loopback_only  # type: ignore[method-assign]
    yield
    socket.socket.connect = _real_connect  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _no_language_left() -> Iterator[None]:
    """A request leaves its language behind; the next test begins without."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True, scope="session")
def _no_files_left() -> Iterator[None]:
    """What tests uploaded goes with them."""
    yield
    shutil.rmtree(settings.FILES_OF_TESTS, ignore_errors=True)


pytest_plugins = ["tests.layers", "tests.worlds"]
