"""The log over the ledger: its tree, its signed checkpoints, who gets them, and the proofs that anyone may ask for."""

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from certification.keys import keyfile
from certification.keys.models import SigningKey
from certification.keys.rules import BadNoteError, NamedKey, open_note
from certification.keys.selectors import keys_of, named
from certification.keys.services import KeyFileError, ensure_key, rotate_key
from certification.records.models import Checkpoint, HourEntry, HourLog, LogNode, TrainingRecord, Witness
from certification.records.rules import merkle
from certification.records.rules.checkpoints import read_checkpoint
from certification.records.selectors import consistency_of, head_of, inclusion_of, log_head, root_at
from certification.records.services import (
    add_witness,
    end_witness,
    make_checkpoint,
    make_due_checkpoints,
    post_hours,
)
from cms.jobs import run_due
from tests.layers import layer
from tests.records.making import part
from tests.worlds import School

pytestmark = pytest.mark.django_db


def hours(record: TrainingRecord, first: int, count: int) -> None:
    """So many hours of class, one a day, each a posting."""
    for number in range(first, first + count):
        day = (datetime(2026, 2, 2, tzinfo=UTC) + timedelta(days=number)).date()
        post_hours(record=record, source_key=f"class:{number}", parts=[part(60, f"{day} 14:00", f"{day} 15:00")])


@layer
def log(record: TrainingRecord) -> HourLog:
    """A log of eleven lines."""
    hours(record, 0, 11)
    return HourLog.objects.get(school=record.school)


def leaves(log: HourLog) -> list[bytes]:
    """All leaf hashes, in order."""
    rows = HourEntry.objects.filter(log=log).order_by("position").values_list("leaf_hash", flat=True)
    return [bytes.fromhex(leaf) for leaf in rows]


def test_promise_7_the_tree_grows_with_the_postings(log: HourLog) -> None:
    assert log.size == 11
    assert head_of(log) == (11, merkle.merkle_root(leaves(log)).hex())
    assert LogNode.objects.filter(log=log).count() == 5 + 2 + 1
    for size in range(1, 12):
        assert root_at(log, size) == merkle.merkle_root(leaves(log)[:size]).hex()


def test_the_head_costs_one_query_whatever_the_length(log: HourLog, record: TrainingRecord, django_assert_num_queries):
    with django_assert_num_queries(1):
        log_head(record)


def test_proofs_hold_at_every_size(log: HourLog, django_assert_max_num_queries) -> None:
    hashes = leaves(log)
    for size in range(1, 12):
        for index in range(size):
            with django_assert_max_num_queries(3):
                proof = inclusion_of(log, hashes[index].hex(), size)
            assert proof is not None
            steps = [bytes.fromhex(step) for step in proof.proof]
            root = merkle.merkle_root(hashes[:size])
            assert proof.root == root.hex()
            assert merkle.includes(leaf=hashes[index], index=index, size=size, proof=steps, root=root)
        assert size == 11 or inclusion_of(log, hashes[size].hex(), size) is None, "a later line is not in an older tree"
        for old in range(1, size + 1):
            found = consistency_of(log, old, size)
            assert found is not None
            assert merkle.extends(
                old=old,
                old_root=merkle.merkle_root(hashes[:old]),
                size=size,
                root=merkle.merkle_root(hashes[:size]),
                proof=[bytes.fromhex(step) for step in found.proof],
            )
    assert consistency_of(log, 0, 5) is None
    assert consistency_of(log, 3, 12) is None
    assert inclusion_of(log, hashes[0].hex(), 12) is None


TREE_ATTACKS = {
    "node update": "UPDATE records_lognode SET hash = '00' WHERE level = 1",
    "node delete": "DELETE FROM records_lognode",
    "checkpoint update": "UPDATE records_checkpoint SET note = 'x'",
    "checkpoint delete": "DELETE FROM records_checkpoint",
    "shrink the log": "UPDATE records_hourlog SET size = size - 1",
    "another tree of that size": "UPDATE records_hourlog SET peaks = '[\"00\"]'",
    "key update": "UPDATE keys_signingkey SET public_key = 'x'",
    "key delete": "DELETE FROM keys_signingkey",
    "forget a witness": "DELETE FROM records_witness",
    "another address": "UPDATE records_witness SET email = 'x@example.org'",
}


@pytest.mark.parametrize("name", TREE_ATTACKS)
def test_promise_7_the_database_keeps_the_tree(log: HourLog, name: str) -> None:
    make_checkpoint(log=log, reason="asked")
    add_witness(log=log, name="Board", email="board@example.org")
    refused = pytest.raises(DatabaseError, match=r"never|only grows|by growing")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TREE_ATTACKS[name])


def test_a_checkpoint_of_lines_that_are_not_there_is_refused(log: HourLog) -> None:
    with pytest.raises(DatabaseError, match="not there"), transaction.atomic():
        Checkpoint.objects.create(log=log, size=12, root="00", note="x", reason="asked")


def test_a_checkpoint_is_the_signed_head(log: HourLog) -> None:
    made = make_checkpoint(log=log, reason="asked")
    assert made is not None
    (key,) = keys_of("log", log.origin)
    head = read_checkpoint(open_note(made.note, [named(key)]))
    assert (head.origin, head.size, head.root) == (log.origin, 11, made.root)
    assert made.root == merkle.merkle_root(leaves(log)).hex()
    again = make_checkpoint(log=log, reason="daily")
    assert again == made, "a log that did not grow has its checkpoint"
    assert Checkpoint.objects.count() == 1


def test_an_empty_log_has_nothing_to_sign(record: TrainingRecord) -> None:
    assert make_checkpoint(log=HourLog.objects.get(), reason="asked") is None
    assert not SigningKey.objects.exists()


@pytest.mark.fresh
def test_checkpoints_leave_the_house_daily_once(log: HourLog, record: TrainingRecord, school: School, settings) -> None:
    add_witness(log=log, name="State board", email="Records@Board.example")
    gone = add_witness(log=log, name="Auditor", email="auditor@example.org")
    end_witness(witness=gone)
    with time_machine.travel("2026-09-01 06:00+00:00", tick=False):
        assert make_due_checkpoints(now=datetime.now(UTC)) == 1
        assert make_due_checkpoints(now=datetime.now(UTC)) == 0
    hours(record, 20, 1)
    with time_machine.travel("2026-09-01 23:00+00:00", tick=False):
        assert make_due_checkpoints(now=datetime.now(UTC)) == 0, "one a day"
    with time_machine.travel("2026-09-02 00:10+00:00", tick=False):
        assert make_due_checkpoints(now=datetime.now(UTC)) == 1
        assert make_due_checkpoints(now=datetime.now(UTC)) == 0
    notes = list(Checkpoint.objects.order_by("size").values_list("note", flat=True))
    assert len(notes) == 2
    from notices.models import Message

    sent = Message.objects.filter(key__startswith="checkpoint:").order_by("pk")
    assert [message.to for message in sent] == ["records@board.example"] * 2
    for message, note in zip(sent, notes, strict=True):
        assert note in message.body, "the note goes out word for word, so that a copied one can be checked"


def test_without_witnesses_the_registrars_get_it(log: HourLog, school: School) -> None:
    from notices.models import Message

    make_checkpoint(log=log, reason="daily")
    assert {message.to for message in Message.objects.filter(key__startswith="checkpoint:")} >= {school.registrar.email}


def test_tick_signs(log: HourLog) -> None:
    assert run_due(force=True)["checkpoints"] == "1 done"
    assert run_due(force=True)["checkpoints"] == "0 done"


def test_the_private_half_stays_out_of_the_database_and_is_ours_alone(log: HourLog) -> None:
    make_checkpoint(log=log, reason="asked")
    key = SigningKey.objects.get()
    secret = next(row["d"] for row in json.loads(keyfile.path().read_text())["keys"] if row["kid"] == key.kid)
    assert stat.S_IMODE(keyfile.path().stat().st_mode) == 0o600
    with connection.cursor() as cursor:
        cursor.execute("SELECT kid, purpose, name, public_key FROM keys_signingkey")
        assert secret not in repr(cursor.fetchall())


def test_a_retired_key_still_opens_what_it_signed(log: HourLog, record: TrainingRecord) -> None:
    old = make_checkpoint(log=log, reason="asked")
    rotate_key(purpose="log", name=log.origin)
    hours(record, 20, 1)
    new = make_checkpoint(log=log, reason="asked")
    assert old and new
    first, second = (named(key) for key in keys_of("log", log.origin))
    assert open_note(old.note, [first, second])
    assert open_note(new.note, [second])
    with pytest.raises(BadNoteError):
        open_note(new.note, [first])
    retired = SigningKey.objects.get(retired_at__isnull=False)
    with pytest.raises(DatabaseError, match="retired once"), transaction.atomic():
        SigningKey.objects.filter(pk=retired.pk).update(retired_at=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        SigningKey.objects.create(kid="x", purpose="log", name=log.origin, public_key="x")


def test_without_the_private_half_nothing_is_signed_and_the_file_is_named(log: HourLog, tmp_path: Path, settings):
    ensure_key(purpose="log", name=log.origin)
    settings.ISSUER_KEY_FILE = str(tmp_path / "empty.json")
    with pytest.raises(KeyFileError, match=r"empty\.json"):
        make_checkpoint(log=log, reason="asked")
    assert not Checkpoint.objects.exists()
    (tmp_path / "empty.json").write_text("no json")
    with pytest.raises(KeyFileError, match="not a JWK set"):
        make_checkpoint(log=log, reason="asked")


# Through addresses, as a stranger.


def test_a_stranger_checks_everything_by_address(log: HourLog, record: TrainingRecord, client: Client) -> None:
    old = make_checkpoint(log=log, reason="asked")
    hours(record, 20, 9)
    new = make_checkpoint(log=log, reason="asked")
    assert old and new
    slug = record.school.slug
    key = NamedKey.from_verifier(client.get(f"/checkpoints/{slug}/keys").content.decode().splitlines()[-1])
    kept = read_checkpoint(open_note(client.get(f"/checkpoints/{slug}/11").content.decode(), [key]))
    newest = read_checkpoint(open_note(client.get(f"/checkpoints/{slug}/newest").content.decode(), [key]))
    assert (kept.size, newest.size) == (11, 20)

    found = client.get(f"/proofs/{slug}/consistency", {"from": kept.size, "size": newest.size}).json()
    assert merkle.extends(
        old=kept.size,
        old_root=bytes.fromhex(kept.root),
        size=newest.size,
        root=bytes.fromhex(newest.root),
        proof=[bytes.fromhex(step) for step in found["consistency_path"]],
    )
    leaf = leaves(log)[4]
    proof = client.get(f"/proofs/{slug}/{leaf.hex()}", {"size": kept.size}).json()
    assert merkle.includes(
        leaf=leaf,
        index=proof["leaf_index"],
        size=kept.size,
        root=bytes.fromhex(kept.root),
        proof=[bytes.fromhex(step) for step in proof["inclusion_path"]],
    )
    assert client.get(f"/proofs/{slug}/{leaf.hex()}").json()["tree_size"] == 20, "without a size: the newest"
    answer = client.get(f"/checkpoints/{slug}/11")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "immutable" in answer["Cache-Control"]
    page = client.get(f"/checkpoints/{slug}/").content.decode()
    assert "20 lines" in page and key.verifier in page


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/checkpoints/nowhere/", 404),
        ("/checkpoints/{slug}/10", 404),
        ("/checkpoints/nowhere/newest", 404),
        ("/proofs/nowhere/consistency?from=1&size=2", 404),
        ("/proofs/{slug}/consistency", 422),
        ("/proofs/{slug}/consistency?from=0&size=5", 404),
        ("/proofs/{slug}/consistency?from=5&size=4", 404),
        ("/proofs/{slug}/consistency?from=5&size=12", 422),
        ("/proofs/{slug}/consistency?from=x&size=٣", 422),
        ("/proofs/{slug}/consistency?from=1&size=99999999999999999999999", 422),
        ("/proofs/{slug}/" + "a" * 64, 404),
        ("/proofs/{slug}/" + "a" * 64 + "?size=-1", 422),
    ],
)
def test_what_is_not_there_is_refused_in_the_programs_language(
    log: HourLog, record: TrainingRecord, client: Client, path: str, status: int
) -> None:
    make_checkpoint(log=log, reason="asked")
    answer = client.get(path.format(slug=record.school.slug))
    assert answer.status_code == status
    if path.startswith("/proofs/{slug}") and status == 422:
        assert answer["Content-Type"] == "application/problem+json"


def test_lines_that_were_not_published_yet_have_no_proof(log: HourLog, record: TrainingRecord, client: Client) -> None:
    make_checkpoint(log=log, reason="asked")
    hours(record, 20, 1)
    last = leaves(log)[-1].hex()
    assert client.get(f"/proofs/{record.school.slug}/{last}").status_code == 404


# The registrar's page.


def test_a_registrar_signs_and_names_who_keeps_copies(log: HourLog, school: School, client: Client) -> None:
    client.force_login(school.registrar, backend="accounts.backends.EmailBackend")
    page = client.get(reverse("records:desk_log")).content.decode()
    assert "Nobody outside the house yet" in page
    answer = client.post(reverse("records:desk_make_checkpoint"), {"school": school.school.slug}, follow=True)
    assert "the first 11 lines are fixed" in answer.content.decode()
    answer = client.post(reverse("records:desk_log"), {"name": "Board", "email": "nonsense"})
    assert answer.status_code == 422
    assert 'value="nonsense"' in answer.content.decode()
    assert not Witness.objects.exists()
    client.post(reverse("records:desk_log"), {"name": " The  Board ", "email": "Board@example.org"})
    client.post(reverse("records:desk_log"), {"name": "The Board", "email": "board@example.org"})
    witness = Witness.objects.get()
    assert (witness.name, witness.email) == ("The Board", "board@example.org")
    client.post(reverse("records:desk_end_witness", args=[witness.uuid]))
    witness.refresh_from_db()
    assert witness.until is not None
    assert end_witness(witness=witness).until == witness.until


def test_a_witness_needs_a_name(log: HourLog) -> None:
    with pytest.raises(ValidationError):
        add_witness(log=log, name="  ", email="board@example.org")
    assert mail.outbox == []
