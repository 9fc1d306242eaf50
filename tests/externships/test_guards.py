"""What the database itself refuses, attacked with raw SQL: decisions, signed shifts, rows as shown, dead links."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from certification import guards
from certification.externships.models import Shift, SignOff, SignOffLink, SignOffRow
from certification.externships.services import Decision, decide, take_back_shift

from .conftest import Clinic

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed(clinic: Clinic) -> SignOff:
    """One signed shift; a second one waits in the same link."""
    shift = clinic.draft()
    clinic.draft("2026-11-10 09:00", "2026-11-10 12:00")
    link = clinic.send()
    decide(
        link=link, decisions=[Decision(shift.uuid, "sign")], typed_name="Priya Raman", confirms_statement=True
    )  # fmt: skip
    return SignOff.objects.get()


def run(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


ATTACKS = {
    "change a decision": "UPDATE externships_signoff SET decision = 'refuse', words = 'x' WHERE id = {d}",
    "change minutes": "UPDATE externships_signoff SET posted_minutes = 600 WHERE id = {d}",
    "change the name": "UPDATE externships_signoff SET typed_name = 'X' WHERE id = {d}",
    "touch without a change": "UPDATE externships_signoff SET digest = digest WHERE id = {d}",
    "delete a decision": "DELETE FROM externships_signoff WHERE id = {d}",
    "change a signed shift": "UPDATE externships_shift SET break_minutes = 0 WHERE id = {s}",
    "unsign a shift": "UPDATE externships_shift SET state = 'draft' WHERE id = {s}",
    "delete a shift": "DELETE FROM externships_shift WHERE id = {s}",
    "change what was shown": "UPDATE externships_signoffrow SET shown = 'x' WHERE id = {r}",
    "delete what was shown": "DELETE FROM externships_signoffrow WHERE id = {r}",
    "swap a token": "UPDATE externships_signofflink SET token_hash = 'x' WHERE id = {l}",
    "prolong a link": "UPDATE externships_signofflink SET expires_at = '2099-01-01 00:00:00+00' WHERE id = {l}",
    "delete a link": "DELETE FROM externships_signofflink WHERE id = {l}",
    "sign without a signature": "UPDATE externships_shift SET state = 'signed' WHERE state = 'sent'",
    "turn a version back": "UPDATE externships_shift SET version = 0 WHERE state = 'sent'",
    "move a shift": "UPDATE externships_shift SET uuid = '00000000000000000000000000000000' WHERE state = 'sent'",
}


@pytest.mark.parametrize("name", ATTACKS)
def test_the_database_refuses(signed: SignOff, name: str) -> None:
    before = (SignOff.objects.values().get(), list(Shift.objects.values()), list(SignOffRow.objects.values()))
    ids = {"d": signed.pk, "s": signed.shift_id, "r": signed.row_id, "l": signed.row.link_id}
    with pytest.raises(DatabaseError, match=r"never|needs a signature"):
        run(ATTACKS[name].format(**ids))
    assert (SignOff.objects.values().get(), list(Shift.objects.values()), list(SignOffRow.objects.values())) == before


@pytest.mark.parametrize("table", ["signoff", "signoffrow", "signofflink", "shift"])
def test_rows_are_not_replaced(signed: SignOff, table: str) -> None:
    name = f"externships_{table}"
    if connection.vendor == "sqlite":
        with pytest.raises(DatabaseError, match=r"never|exactly what was sent|begins as a draft"):
            run(f"INSERT OR REPLACE INTO {name} SELECT * FROM {name}")
    else:
        run("SET CONSTRAINTS ALL IMMEDIATE")  # else PostgreSQL refuses for the pending checks of this transaction
        with pytest.raises(DatabaseError, match="never"):
            run(f"TRUNCATE {name} CASCADE")


def insert(signed: SignOff, **fields: Any) -> None:
    """Forge a decision by SQL: a copy of a real one with some columns changed."""
    copy = {field.column: f'"{field.column}"' for field in SignOff._meta.concrete_fields if field.column != "id"}
    copy["uuid"] = "'%s'" % ("f" * 32 if connection.vendor == "sqlite" else "ffffffff-ffff-4fff-8fff-ffffffffffff")
    copy |= fields
    columns, values = ", ".join(f'"{name}"' for name in copy), ", ".join(copy.values())
    run(f"INSERT INTO externships_signoff ({columns}) SELECT {values} FROM externships_signoff WHERE id = {signed.pk}")


def test_a_version_has_one_decision_and_only_what_was_sent_is_decided(signed: SignOff) -> None:
    row = SignOffRow.objects.exclude(pk=signed.row_id).get()
    target = {"row_id": str(row.pk), "shift_id": str(row.shift_id), "digest": f"'{row.digest}'"}
    for forged in (
        {},
        {"version": "2"},
        {**target, "digest": "'other'"},
        {**target, "version": "2"},
        {**target, "row_id": str(signed.row_id)},
    ):
        with pytest.raises(DatabaseError, match=r"exactly what was sent|never replaced|one_decision"):
            insert(signed, **forged)
    take_back_shift(shift=row.shift)
    with pytest.raises(DatabaseError, match="exactly what was sent"):
        insert(signed, **target)
    assert SignOff.objects.count() == 1


def test_a_forged_copy_of_what_waits_passes_only_whole(signed: SignOff) -> None:
    row = SignOffRow.objects.exclude(pk=signed.row_id).get()
    target = {"row_id": str(row.pk), "shift_id": str(row.shift_id), "digest": f"'{row.digest}'"}
    for incomplete in ({"statement": "''"}, {"typed_name": "''"}, {"decision": "'party'"}, {"decision": "'refuse'"}):
        with pytest.raises(IntegrityError, match=r"signoff_|CHECK|check"):
            insert(signed, **target, **incomplete)
    insert(signed, **target)
    with pytest.raises(DatabaseError):
        insert(signed, **target, uuid="'%s'" % ("e" * 32))


def test_a_dead_link_is_never_revived(signed: SignOff) -> None:
    link = signed.row.link
    SignOffLink.objects.filter(pk=link.pk).update(revoked_at=signed.decided_at, revoked_why="school")
    with pytest.raises(DatabaseError, match="never revived"):
        SignOffLink.objects.filter(pk=link.pk).update(revoked_at=None, revoked_why="")


def test_a_shift_begins_as_a_draft(clinic: Clinic) -> None:
    shift = clinic.draft()
    for state in ("signed", "sent", "refused"):
        fresh = Shift(
            placement=clinic.placement, supervisor=clinic.supervisor, kind="idle", starts_at=shift.starts_at,
            ends_at=shift.ends_at, state=state, sent_at=shift.starts_at,
        )  # fmt: skip
        with pytest.raises(DatabaseError, match="begins as a draft"), transaction.atomic():
            fresh.save()


def test_the_guards_of_this_room_are_there() -> None:
    assert guards.missing(connection) == []
