"""`audit_ledger`: an insider with the database's password changes something, guards and all; the audit names it."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.services import ensure_user
from certification import guards
from certification.certificates.models import Certificate
from certification.certificates.rules import sha256
from certification.certificates.services import make_notice, revoke_certificate
from certification.keys.models import SigningKey
from certification.records.models import Balance, Checkpoint, HourEntry, HourLog, LogNode, TrainingRecord
from certification.records.rules import leaf_hash, leaf_text, merkle
from certification.records.rules.checkpoints import read_kept
from certification.records.selectors import leaf_fields
from certification.records.services import make_checkpoint, post_hours, rebuild_balances, reverse_entry
from certification.verification.audit import Report, audit
from cms.jobs import run_due
from notices.models import Message
from tests.layers import layer
from tests.records.making import part
from tests.worlds import School

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 2, 2, tzinfo=UTC)


def hours(record: TrainingRecord, first: int, count: int) -> None:
    for number in range(first, first + count):
        day = (DAY + timedelta(days=number)).date()
        post_hours(record=record, source_key=f"class:{number}", parts=[part(60, f"{day} 14:00", f"{day} 15:00")])


@layer
def log(record: TrainingRecord, school: School) -> HourLog:
    """A log of ten lines and a reversal, its checkpoint at eleven, and two lines more."""
    hours(record, 0, 10)
    reverse_entry(
        entry=HourEntry.objects.get(position=3), source_key="fix:1", reason="clerical", recorded_by=school.registrar
    )
    log = HourLog.objects.get(school=record.school)
    make_checkpoint(log=log, reason="daily")
    hours(record, 20, 2)
    return HourLog.objects.get(pk=log.pk)


@contextmanager
def insider() -> Iterator[Callable[[str], None]]:
    """Raw SQL with every guard taken down before and put back after."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        else:
            for guard in guards.registered():
                cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [guard.table])
                for (name,) in cursor.fetchall():
                    cursor.execute(f'DROP TRIGGER "{name}"')
        yield cursor.execute
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = DEFAULT")
    guards.install(connection)


def kinds(report: Report) -> set[str]:
    return {finding.kind for finding in report.findings}


def named(report: Report, kind: str) -> list[int | None]:
    return [finding.position for finding in report.findings if finding.kind == kind]


def run(*args: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("audit_ledger", "--quiet", *args, stdout=out, stderr=StringIO())
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_an_honest_ledger_holds(log: HourLog) -> None:
    code, said = run()
    assert code == 0
    assert "read 13 lines in 1 logs" in said
    assert said.strip().endswith("all holds")
    report = json.loads(run("--json")[1])
    assert (report["holds"], report["lines"], report["nodes"], report["findings"]) == (True, 13, 10, [])


SQL = {
    "minutes": ("UPDATE records_hourentry SET minutes = 90 WHERE position = 4", {"leaf": [4], "balance": [None]}),
    "title": ("UPDATE records_hourentry SET title = 'x' WHERE position = 4", {"leaf": [4]}),
    "words": ("UPDATE records_hourentrytext SET body = '{}' WHERE entry_id = {4}", {"text": [4]}),
    "back-dated": (
        "UPDATE records_hourentry SET recorded_at = '2020-01-01 00:00:00+00:00' WHERE position = 4",
        {"leaf": [4], "order": [4]},
    ),
    "held time": ("DELETE FROM records_occupiedtime WHERE entry_id = {4}", {"time": [4]}),
    "moved time": (
        "UPDATE records_occupiedtime SET ends_at = '2026-02-06 14:30:00+00:00' WHERE entry_id = {4}",
        {"time": [4]},
    ),
    "node": ("UPDATE records_lognode SET hash = '00' WHERE level = 1 AND \"index\" = 2", {"node": [4]}),
    "lost node": ('DELETE FROM records_lognode WHERE level = 2 AND "index" = 1', {"node": [4]}),
    "head": ("UPDATE records_hourlog SET peaks = '[]'", {"head": [None]}),
    "checkpoint": (f"UPDATE records_checkpoint SET root = '{1:064x}'", {"checkpoint": [11]}),
    "note": ("UPDATE records_checkpoint SET note = 'x'", {"checkpoint": [11]}),
    "balance": ("UPDATE records_balance SET minutes = minutes + 1", {"balance": [None]}),
    "lost balance": ("DELETE FROM records_balance", {"balance": [None]}),
    "key": (
        "UPDATE keys_signingkey SET public_key = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'",
        {
            "checkpoint": [11],
            "key": [None],
        },
    ),
}


@pytest.mark.parametrize("name", SQL)
def test_what_was_altered_is_named(log: HourLog, name: str) -> None:
    sql, expected = SQL[name]
    entry = HourEntry.objects.get(position=4)
    with insider() as execute:
        execute(sql.replace("{4}", str(entry.pk)))
    report = audit()
    assert {kind: named(report, kind) for kind in kinds(report)} == expected
    if expected.get("leaf"):
        assert next(f.entry for f in report.findings if f.kind == "leaf") == str(entry.uuid)
    assert run()[0] == 1


def test_a_missing_line_is_named(log: HourLog) -> None:
    entry = HourEntry.objects.get(position=4)
    with insider() as execute:
        for table in ("records_hourentrytext", "records_occupiedtime"):
            execute(f"DELETE FROM {table} WHERE entry_id = {entry.pk}")
        execute(f"DELETE FROM records_hourentry WHERE id = {entry.pk}")
    report = audit()
    assert named(report, "missing")[0] == 4
    assert "rebuilt" in kinds(report), "what was signed does not come out any more"


def test_missing_last_lines_are_named(log: HourLog) -> None:
    entry = HourEntry.objects.get(position=12)
    with insider() as execute:
        for table in ("records_hourentrytext", "records_occupiedtime"):
            execute(f"DELETE FROM {table} WHERE entry_id = {entry.pk}")
        execute(f"DELETE FROM records_hourentry WHERE id = {entry.pk}")
    assert any("should hold 13 lines and holds 12" in finding.message for finding in audit().findings)


def test_swapped_lines_are_named(log: HourLog) -> None:
    with insider() as execute:
        execute("UPDATE records_hourentry SET position = 900 WHERE position = 4")
        execute("UPDATE records_hourentry SET position = 4 WHERE position = 5")
        execute("UPDATE records_hourentry SET position = 5 WHERE position = 900")
    assert named(audit(), "leaf") == [4, 5]


def copy_of(line: int, **changes: str) -> str:
    """SQL that inserts a copy of a line, changed."""
    columns = [field.column for field in HourEntry._meta.concrete_fields if field.column != "id"]
    changes = {"uuid": "'%s'" % ("f" * 32), "source_key": "'forged/1'", "leaf_hash": "'%s'" % ("f" * 64), **changes}
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(changes.get(column, f'"{column}"') for column in columns)
    return f"INSERT INTO records_hourentry ({names}) SELECT {values} FROM records_hourentry WHERE position = {line}"


def test_a_line_behind_the_end_is_named(log: HourLog) -> None:
    with insider() as execute:
        execute(copy_of(4, position="13"))
    report = audit()
    assert named(report, "inserted") == [13]


def rebuild(log: HourLog, first: int = 0) -> None:
    """What an insider with our own code can do: every hash anew, so that nothing contradicts itself."""
    with insider() as execute:
        execute("DELETE FROM records_lognode")
        rows = HourEntry.objects.filter(log=log).order_by("position")
        for row in rows.select_related("record__learner", "posting", "reverses"):
            fresh = leaf_hash(leaf_text(leaf_fields(row, log=log))).hex()
            execute(f"UPDATE records_hourentry SET leaf_hash = '{fresh}' WHERE id = {row.pk}")
        leaves = [bytes.fromhex(leaf) for leaf in rows.values_list("leaf_hash", flat=True)]
        grown = merkle.grow(0, (), leaves)
        LogNode.objects.bulk_create(
            LogNode(log=log, level=level, index=index, hash=node.hex()) for level, index, node in grown.nodes
        )
        peaks = json.dumps([peak.hex() for peak in grown.peaks])
        execute(f"UPDATE records_hourlog SET peaks = '{peaks}', size = {len(leaves)}")
    rebuild_balances(records=list(TrainingRecord.objects.values_list("pk", flat=True)))


def test_a_wholly_rebuilt_log_betrays_itself_by_its_own_checkpoint(log: HourLog) -> None:
    with insider() as execute:
        execute("UPDATE records_hourentry SET minutes = 59 WHERE position = 4")
    rebuild(log)
    report = audit()
    assert [(f.kind, f.position) for f in report.findings] == [("rebuilt", 11)]


@pytest.mark.parametrize("keeps", ["note", "mail"])
def test_and_by_the_copy_that_somebody_kept_when_the_house_kept_none(log: HourLog, tmp_path: Path, keeps: str) -> None:
    kept = tmp_path / "kept.txt"
    note = Checkpoint.objects.get().note
    mail = Message.objects.filter(key__startswith="checkpoint:").first()
    assert mail
    kept.write_text(note if keeps == "note" else f"From: office\r\n\r\n{mail.body}".replace("\n", "\r\n"))
    assert run("--checkpoint", str(kept))[0] == 0, "an honest log agrees with the copy"
    with insider() as execute:
        execute("UPDATE records_hourentry SET minutes = 59 WHERE position = 4")
        execute("DELETE FROM records_checkpoint")
    rebuild(log)
    assert run()[0] == 0, "nothing in the house contradicts it: this is why copies leave the house"
    code, said = run("--checkpoint", str(kept))
    assert code == 1
    assert "The first 11 lines are not those of" in said


def test_a_shorter_log_than_was_signed(log: HourLog, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text(Checkpoint.objects.get().note)
    entries = list(HourEntry.objects.filter(position__gte=9).values_list("pk", flat=True))
    with insider() as execute:
        execute("DELETE FROM records_checkpoint")
        for table, column in (
            ("records_hourentrytext", "entry_id"),
            ("records_occupiedtime", "entry_id"),
            ("records_hourentry", "id"),
        ):
            execute(f"DELETE FROM {table} WHERE {column} IN ({', '.join(map(str, entries))})")
    rebuild(log)
    code, said = run("--checkpoint", str(kept))
    assert code == 1
    assert "there were 11 lines; the log holds 9" in said


def test_a_copy_that_is_not_ours(log: HourLog, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text(Checkpoint.objects.get().note.replace("\n11\n", "\n10\n"))
    assert run("--checkpoint", str(kept))[0] == 1
    kept.write_text(Checkpoint.objects.get().note.replace("riverbend", "elsewhere"))
    assert "not here" in run("--checkpoint", str(kept))[1]


@pytest.mark.parametrize("content", [b"no checkpoint\n", b"\xff\xfe", None])
def test_a_file_that_is_no_checkpoint_is_bad_input(log: HourLog, tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "kept.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CommandError) as refused:
        run("--checkpoint", str(file))
    assert refused.value.returncode == 2
    assert str(file) in str(refused.value)


def test_a_dropped_guard_is_named(log: HourLog) -> None:
    drop = "DROP TRIGGER guard_records_hourentry_delete"
    with connection.cursor() as cursor:
        cursor.execute(drop if connection.vendor == "sqlite" else f"{drop} ON records_hourentry")
    assert [f.message for f in audit().findings if "guard_records_hourentry_delete" in f.message]


def test_a_certificate_that_its_lines_do_not_carry_any_more(certificate: Certificate) -> None:
    assert audit().holds
    entry = HourEntry.objects.filter(record=certificate.record).first()
    assert entry
    with insider() as execute:
        execute(f"UPDATE records_hourentry SET minutes = minutes - 1 WHERE id = {entry.pk}")
    messages = [f.message for f in audit().findings if f.kind == "certificate"]
    assert messages == [f"Certificate {certificate.code}: its evaluation does not follow from the lines any more."]


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("UPDATE certificates_certificate SET data = data || ' '", "its data do not give their hash"),
        ("UPDATE certificates_certificate SET log_root = 'x'", "not a checkpoint that was signed"),
        (
            "UPDATE certificates_certificatedocument SET sha256 = 'x' WHERE format = 'pdf'",
            "its pdf does not give its hash",
        ),
        ("UPDATE certificates_certificate SET holder_name = 'Rita Buyer'", "its name is not that of its frozen facts"),
        ("UPDATE certificates_certificate SET title = 'Doctor'", "its title is not that of its frozen facts"),
        ("UPDATE certificates_certificate SET kind = 'letter'", "its kind is not that of its frozen facts"),
        ("UPDATE certificates_certificate SET issued_on = '2020-01-01'", "its day is not that of its frozen facts"),
        ("UPDATE certificates_certificate SET expires_on = '2099-01-01'", "its last day is not that of"),
    ],
)
def test_an_altered_certificate_is_named(certificate: Certificate, sql: str, says: str) -> None:
    with insider() as execute:
        execute(sql)
    assert [says in finding.message for finding in audit().findings] == [True]


def test_a_certificate_that_was_written_anew_for_another_is_named(certificate: Certificate) -> None:
    """The insider changes column, facts and their hash alike: the credential that was signed still says whose it was."""
    data = certificate.data.replace("Daniela Reyes", "Rita Buyer")
    assert data != certificate.data
    with insider() as execute:
        quoted = data.replace("'", "''")
        execute(
            f"UPDATE certificates_certificate SET holder_name = 'Rita Buyer', data = '{quoted}', "
            f"data_sha256 = '{sha256(data.encode())}'"
        )
    assert [finding.message for finding in audit().findings] == [
        f"Certificate {certificate.code}: its frozen facts name another than the credential that was signed."
    ]


def test_a_revocation_that_was_taken_out_is_named(certificate: Certificate, school: School) -> None:
    revoke_certificate(certificate=certificate, by=school.registrar, reason="fraud", on=certificate.today())
    make_notice(certificate=certificate)
    assert audit().holds
    with insider() as execute:
        execute("DELETE FROM certificates_revocation")
    assert [finding.message for finding in audit().findings] == [
        f"Certificate {certificate.code}: a notice says that it was revoked, and nothing else does."
    ]


def test_later_hours_do_not_touch_an_issued_certificate(certificate: Certificate) -> None:
    day = date(2026, 12, 1)
    post_hours(record=certificate.record, source_key="late:1", parts=[part(30, f"{day} 14:00", f"{day} 15:00")])
    assert audit().holds


def test_the_number_of_queries_does_not_grow_with_the_lines(
    log: HourLog, record: TrainingRecord, django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(32):
        audit()
    hours(record, 40, 20)
    with django_assert_max_num_queries(34):
        audit()


def test_reading_a_kept_checkpoint_needs_one(log: HourLog) -> None:
    with pytest.raises(ValueError, match="holds no checkpoint"):
        read_kept("x", "riverbend\n11\nnot base64 at all\n")


def test_promise_5_one_command_rebuilds_and_compares(log: HourLog, record: TrainingRecord) -> None:
    assert SigningKey.objects.count() == 1
    Balance.objects.filter(record=record).update(minutes=1)
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("rebuild_balances", "--check", stdout=out)
    assert "1 balance differs" in out.getvalue()
    assert Balance.objects.get(record=record).minutes == 1, "--check changes nothing"
    call_command("rebuild_balances", stdout=out)
    assert Balance.objects.get(record=record).minutes == 11 * 60
    call_command("rebuild_balances", "--check", stdout=out)
    assert audit().holds


# ---------------------------------------------------------------- the audit of each day


def test_the_day_that_it_does_not_hold_the_platforms_people_are_told(
    certificate: Certificate, caplog: pytest.LogCaptureFixture
) -> None:
    platform = ensure_user(email="platform@example.org", legal_name="Pia Platform", superuser=True)
    told = Message.objects.filter(to=platform.email, subject="The daily audit does not hold")
    assert run_due(force=True)["audit of everything"] == "1 done"
    assert not told.exists(), "all holds"
    with insider() as execute:
        execute("UPDATE records_hourentry SET minutes = 90 WHERE position = 0")
        execute("UPDATE certificates_certificate SET holder_name = 'Rita Buyer'")
    for _run in range(2):
        run_due(force=True)
    body = told.get().body
    assert "leaf: 1" in body and "certificate:" in body and ", line 0" in body
    assert "run audit_ledger" in body
    for person in ("Rita", "Daniela"):
        assert person not in body + caplog.text
    assert "the audit does not hold" in caplog.text
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        run_due(force=True)
    assert told.count() == 2, "each day anew"


@pytest.mark.parametrize(
    ("column", "says"),
    [("data", "its frozen facts cannot be read"), ("evaluation", "its evaluation does not follow")],
)
@pytest.mark.parametrize("value", ["x", "[]", "{}"])
def test_what_cannot_be_read_any_more_stops_no_audit(
    certificate: Certificate, column: str, value: str, says: str
) -> None:
    with insider() as execute:
        execute(f"UPDATE certificates_certificate SET {column} = '{value}'")
    assert says in " ".join(finding.message for finding in audit().findings)


def test_an_audit_that_breaks_is_told_of(log: HourLog, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Report:
        raise OverflowError("a row that no reading survives")

    platform = ensure_user(email="platform@example.org", legal_name="Pia Platform", superuser=True)
    monkeypatch.setattr("certification.verification.services.audits.audit", broken)
    run_due(force=True)
    assert "stopped: 1" in Message.objects.get(to=platform.email, subject="The daily audit does not hold").body
