"""Concurrent writers on SQLite wait; with Django's default transactions they fail, which shows that the test can."""

import sqlite3
import threading
from pathlib import Path

import pytest
from django.db import connection

from config.settings import database

WRITERS, ROUNDS = 8, 12


def hammer(path: Path, begin: str, timeout: float) -> int:
    """Read, then write, from many threads; how many transactions failed."""
    failures: list[str] = []
    start = threading.Barrier(WRITERS)

    def work() -> None:
        raw = sqlite3.connect(path, timeout=timeout, isolation_level=None)
        start.wait()
        for _round in range(ROUNDS):
            try:
                raw.execute(begin)
                (value,) = raw.execute("SELECT n FROM counter").fetchone()
                threading.Event().wait(0.001)
                raw.execute("UPDATE counter SET n = ?", (value + 1,))
                raw.execute("COMMIT")
            except sqlite3.OperationalError as error:
                failures.append(str(error))
                if raw.in_transaction:
                    raw.execute("ROLLBACK")
        raw.close()

    workers = [threading.Thread(target=work) for _number in range(WRITERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return len(failures)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "counter.sqlite3"
    with sqlite3.connect(file) as raw:
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("CREATE TABLE counter (n INTEGER)")
        raw.execute("INSERT INTO counter VALUES (0)")
    return file


def count(path: Path) -> int:
    with sqlite3.connect(path) as raw:
        return raw.execute("SELECT n FROM counter").fetchone()[0]


def test_without_immediate_transactions_writers_fail(path: Path) -> None:
    assert hammer(path, "BEGIN", 20) > 0


def test_with_our_settings_every_writer_waits_and_succeeds(path: Path) -> None:
    options = database.DATABASES["default"].get("OPTIONS", {})
    if not database.SQLITE:
        pytest.skip("PostgreSQL has row locks")
    assert (options["transaction_mode"], options["timeout"]) == ("IMMEDIATE", 20)
    assert hammer(path, f"BEGIN {options['transaction_mode']}", options["timeout"]) == 0
    assert count(path) == WRITERS * ROUNDS


@pytest.mark.django_db
def test_the_connection_has_what_the_settings_say() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite only")
    with connection.cursor() as cursor:
        for pragma, value in (("journal_mode", "wal"), ("recursive_triggers", 1), ("foreign_keys", 1)):
            cursor.execute(f"PRAGMA {pragma}")
            assert cursor.fetchone()[0] == value, pragma
