"""Migrations: a room comes and goes whole, a later step changes a guarded table, the database of another code is told."""

import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError, SystemCheckError
from django.db import DatabaseError, connection, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from certification import guards
from certification.records.models import Hold, TrainingRecord
from certification.records.services import place_hold
from tests.worlds import School


def kept() -> set[tuple[str, ...]]:
    """Every column, index, constraint and trigger, as the database keeps them."""
    questions = [
        "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns "
        "WHERE table_schema = 'public'",
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
        "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    ]
    if connection.vendor == "sqlite":
        questions = ["SELECT type, name, tbl_name, sql FROM sqlite_master"]
    found: set[tuple[str, ...]] = set()
    with connection.cursor() as cursor:
        for question in questions:
            cursor.execute(question)
            found |= {tuple(map(str, row)) for row in cursor.fetchall()}
    return found


@pytest.mark.django_db(transaction=True)
def test_a_room_is_taken_back_whole_and_comes_again_as_it_was() -> None:
    before = kept()
    call_command("migrate", "verification", "zero", verbosity=0)
    gone = before - kept()
    assert "verification_consent" in str(gone) and "guard_verification_consent_update" in str(gone)
    assert not any("verification_" in str(row) for row in kept())
    assert guards.missing(connection), "the guards of its tables are not there, and are missed"
    call_command("migrate", "verification", verbosity=0)
    assert kept() == before
    assert guards.missing(connection) == []


@pytest.mark.django_db(transaction=True)
def test_tables_with_rows_are_not_taken_away(record: TrainingRecord) -> None:
    """Also not when a package that came before them is taken back."""
    before = kept()
    with pytest.raises(CommandError, match="holds rows: tables of a room are only taken away empty"):
        call_command("migrate", "mfa", "0002", verbosity=0)
    assert TrainingRecord.objects.get() == record
    call_command("migrate", verbosity=0)
    assert kept() == before


@contextmanager
def step(lifted: bool = True) -> Iterator[BaseDatabaseSchemaEditor]:
    """What a migration does to tables, guards lifted first; and, as after each `migrate`, installed again."""
    with connection.schema_editor() as editor:
        if lifted:
            guards.lift(None, editor)
        yield editor
    guards.install(connection)


def undone() -> AbstractContextManager[object]:
    """PostgreSQL takes changed tables back; of SQLite's file the next test gets a fresh copy."""
    return transaction.atomic() if connection.vendor == "postgresql" else nullcontext()


def widen(editor: BaseDatabaseSchemaEditor) -> None:
    """Of a table that guards of many others speak of."""
    title = TrainingRecord._meta.get_field("program_title")
    wider = title.clone()
    wider.max_length = 2 * title.max_length
    wider.set_attributes_from_name(title.name)
    editor.alter_field(TrainingRecord, title, wider)


@pytest.mark.django_db(transaction=True)
def test_sqlite_refuses_a_step_that_does_not_lift_the_guards() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite alone makes tables anew")
    with pytest.raises(DatabaseError, match="error in trigger guard_"), step(lifted=False) as editor:
        widen(editor)
    assert guards.missing(connection) == [], "it is taken back whole"


@pytest.mark.django_db(transaction=True)
def test_a_later_step_changes_guarded_tables(school: School, record: TrainingRecord) -> None:
    hold = place_hold(uuid=uuid.uuid4(), record=record, reason="unpaid", words="Pay the rest.", by=school.registrar)
    words = Hold._meta.get_field("words")

    def change(sql: str) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE records_hold SET {sql}")

    with undone():
        with step() as editor:
            widen(editor)
        assert guards.missing(connection) == []
        with step() as editor:
            editor.remove_field(Hold, words)
        assert "guard_records_hold_update" in guards.missing(connection), "it does not speak of what is gone"
        with pytest.raises(DatabaseError, match="rows are never changed"):
            change("reason = 'other'")
        change("released_at = NULL")
        with step() as editor:
            editor.add_field(Hold, words)
        assert guards.missing(connection) == []
        with pytest.raises(DatabaseError, match="rows are never changed"):
            change("words = 'x'")
        assert Hold.objects.get(pk=hold.pk).record == record
        if connection.vendor == "postgresql":
            transaction.set_rollback(True)


@pytest.mark.django_db
def test_a_database_of_other_migrations_is_told_in_a_sentence_and_not_touched() -> None:
    call_command("migrate", verbosity=0, skip_checks=False)
    recorder = MigrationRecorder(connection)
    recorder.record_applied("others", "0001_initial")  # only rooms of ours are asked about
    call_command("migrate", verbosity=0, skip_checks=False)
    recorder.record_applied("records", "0001_initial")
    with pytest.raises(SystemCheckError, match=r"does not have \(records 0001_initial\): move it away and start anew"):
        call_command("migrate", verbosity=0, skip_checks=False)
    assert Client().get("/readyz").status_code == 200, "in an update the processes of before go on answering"
