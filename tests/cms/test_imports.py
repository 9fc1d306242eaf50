"""Moving in: a file of historic hours, judged row by row, brought by one person and let pass by another."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from accounts.models import User
from accounts.services import change_legal_name
from certification.records.models import CourseResult, HourEntry, ImportBatch, Learner, Posting, TrainingRecord
from certification.records.rules.imports import COLUMNS
from certification.records.selectors import transcript_for
from certification.records.services import (
    approve_import,
    dry_run,
    imports,
    post_batch,
    propose_import,
    refuse_import,
    reverse_entry,
    withdraw_import,
)
from certification.requirements.models import RuleSet
from cms.desk.places import SchoolPlaces
from courses.catalog.models import Program
from courses.enrollments.models import Enrollment
from courses.enrollments.services import enroll
from notices.models import Message
from tests.layers import layer
from tests.records.making import at
from tests.worlds import School

pytestmark = pytest.mark.django_db
NOW = at("2026-03-20 12:00")


@pytest.fixture(autouse=True)
def _in_march() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@layer(at=NOW)
def program(school: School, rule_set: RuleSet) -> Program:
    """A program of the school."""
    return Program.objects.create(school=school.school, code="SMALL", title="A small program", rule_set=rule_set)


def row(**fields: Any) -> dict[str, Any]:
    values = {
        "email": "old@example.org",
        "legal_name": "Olga Old",
        "program": "SMALL",
        "enrolled_on": "2024-01-08",
        "date": "2024-05-12",
        "minutes": 120,
        "category": "mfr",
        "document": "Transcript 12",
        "sending_school": "Hillside",
        "course": "MFR-OLD",
    }
    return {**values, **fields}


def table(*rows: dict[str, Any]) -> bytes:
    lines = [",".join(COLUMNS)] + [",".join(str(one.get(column, "")) for column in COLUMNS) for one in rows]
    return "\n".join(lines).encode()


ROWS = (row(), row(date="2024-05-13", grade_percent="91.5"), row(email="new@example.org", legal_name="Nora New"))


def judged(school: School, *rows: dict[str, Any], by: User | None = None) -> list[tuple[str, str]]:
    found = dry_run(
        school=school.school, data=table(*rows), places=SchoolPlaces(school.school), by=by or school.registrar
    )
    return [(one["verdict"], one["code"]) for one in found]


def bring(school: School, *rows: dict[str, Any], by: User | None = None, data: bytes = b"") -> ImportBatch:
    return propose_import(
        school=school.school,
        data=data or table(*rows),
        name="old hours.csv",
        places=SchoolPlaces(school.school),
        by=by or school.registrar,
    )


def passed(school: School, batch: ImportBatch, by: User | None = None) -> ImportBatch:
    return approve_import(batch=batch, places=SchoolPlaces(school.school), by=by or school.second_registrar)


def everything() -> tuple[int, ...]:
    tables = (User, Learner, TrainingRecord, Enrollment, Posting, HourEntry, CourseResult)
    return tuple(one._default_manager.count() for one in tables)


def test_a_file_becomes_learners_places_hours_and_grades(school: School, program: Program) -> None:
    before = everything()
    batch = bring(school, *ROWS)
    assert everything() == before, "bringing a file posts nothing"
    assert batch.tally == {"rows": 3, "post": 3, "new_learners": 2, "there": 0, "refused": 0, "minutes": 360}
    passed(school, batch)
    olga = Enrollment.objects.get(learner__user__email="old@example.org")
    assert (olga.program, olga.record.enrolled_on.isoformat()) == (program, "2024-01-08")
    lines = transcript_for(olga.record).entries
    assert [(line.minutes, line.source, line.evidence, line.sending_school, line.title) for line in lines] == [
        (120, "transfer", "imported", "Hillside", "MFR-OLD")
    ] * 2
    entry = HourEntry.objects.get(record=olga.record, date="2024-05-12")
    assert entry.posting.source_key.startswith("import:")
    assert '"note":"Transcript 12"' in entry.text.body
    assert entry.recorded_by == school.second_registrar.uuid
    assert olga.record.course_results.get().grade_hundredths == 9150
    batch.refresh_from_db()
    assert (batch.outcome, batch.decided_by) == ("posted", school.second_registrar)


def test_twice_the_same_file_adds_nothing(school: School, program: Program) -> None:
    batch = bring(school, *ROWS)
    for _ in range(2):
        passed(school, batch)
    there = everything()
    again = bring(school, *ROWS)
    assert again.pk != batch.pk
    assert (again.tally["there"], again.tally["post"], again.may_pass) == (3, 0, False)
    passed(school, again)
    assert everything() == there


def test_the_same_row_in_another_file_adds_nothing(school: School, program: Program) -> None:
    passed(school, bring(school, *ROWS))
    there = everything()
    another = bring(school, row(legal_name="OLGA  OLD", title="Other words"), row(minutes=30))
    assert [one["verdict"] for one in another.verdicts] == ["there", "post"]
    passed(school, another)
    assert everything() == tuple(n + (place in (4, 5)) for place, n in enumerate(there)), "one posting with one line"


def test_a_row_twice_in_one_file_counts_once(school: School, program: Program) -> None:
    assert judged(school, row(), row()) == [("post", "post"), ("there", "there")]
    passed(school, bring(school, row(), row()))
    assert HourEntry.objects.count() == 1


def test_what_was_taken_back_does_not_come_again(school: School, program: Program) -> None:
    passed(school, bring(school, row()))
    reverse_entry(entry=HourEntry.objects.get(), source_key="x", reason="twice", recorded_by=school.registrar)
    Enrollment.objects.update(state="withdrawn")
    assert judged(school, row()) == [("there", "there")]


def test_stopped_half_way_nothing_is_there(school: School, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "A_BATCH", 2)
    calls = []

    def dies(**fields: Any) -> Any:
        calls.append(len(fields["requests"]))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return post_batch(**fields)

    monkeypatch.setattr(imports, "post_batch", dies)
    batch = bring(school, *ROWS)
    before = everything()
    with pytest.raises(KeyboardInterrupt):
        passed(school, batch)
    assert calls == [2, 1]
    assert everything() == before
    assert ImportBatch.objects.get().is_open
    monkeypatch.setattr(imports, "post_batch", post_batch)
    passed(school, batch)
    assert HourEntry.objects.count() == 3


def test_who_has_a_place_keeps_it(school: School, program: Program) -> None:
    place = enroll(user=school.learner_user, program=program, source_key="desk:1")
    mine = row(email="daniela@example.org", legal_name="Daniela Reyes")
    assert bring(school, mine).tally["new_learners"] == 0
    passed(school, ImportBatch.objects.get())
    assert HourEntry.objects.get().record == place.record
    assert Enrollment.objects.count() == 1


def test_a_rule_set_opens_a_record_without_a_place(school: School, program: Program) -> None:
    passed(school, bring(school, row(program="small-sample@1"), row(program="small-sample@1", date="2024-05-13")))
    record = TrainingRecord.objects.get()
    assert (record.rule_set.label, record.entries.count()) == ("small-sample@1", 2)
    assert not Enrollment.objects.exists()


@pytest.mark.parametrize("where", ["SMALL", "small-sample@1"])
def test_a_row_without_hours_opens_a_record_once(school: School, program: Program, where: str) -> None:
    only = row(program=where, date="", minutes="", category="")
    passed(school, bring(school, only))
    assert (TrainingRecord.objects.count(), HourEntry.objects.count()) == (1, 0)
    assert judged(school, only) == [("there", "there")]


REFUSED = [
    (row(minutes="ten"), "minutes"),
    (row(program="NONE"), "program"),
    (row(program="no-such-rules@1"), "program"),
    (row(category="cooking"), "category"),
    (row(date="2026-03-21"), "future"),
    (row(enrolled_on="2026-03-21", program="small-sample@1"), "future"),
    (row(enrolled_on="2024-02-01", minutes=5), "two_days"),
    (row(email="daniela@example.org"), "other_name"),
    (row(email="helen@example.org", legal_name="Helen Marsh"), "own"),
]


@pytest.mark.parametrize(("bad", "code"), REFUSED)
def test_a_refused_row_keeps_the_whole_file_back(
    school: School, program: Program, bad: dict[str, Any], code: str
) -> None:
    batch = bring(school, row(), bad)
    assert [(one["verdict"], one["code"]) for one in batch.verdicts] == [("post", "post"), ("refused", code)]
    assert not batch.may_pass
    before = everything()
    with pytest.raises(ValidationError, match="Row 2 is refused"):
        passed(school, batch)
    assert everything() == before


def test_two_names_of_one_address(school: School, program: Program) -> None:
    assert judged(school, row(), row(legal_name="Olga Young", minutes=5))[1] == ("refused", "two_names")


def test_a_former_name_is_hers(school: School, program: Program) -> None:
    change_legal_name(user=school.learner_user, legal_name="Daniela Park", until_on=NOW.date())
    assert judged(school, row(email="daniela@example.org", legal_name="daniela reyes")) == [("post", "post")]


def test_a_sealed_record_takes_nothing(school: School, program: Program) -> None:
    place = enroll(user=school.learner_user, program=program, source_key="desk:1")
    TrainingRecord.objects.filter(pk=place.record_id).update(sealed_at=NOW)
    assert judged(school, row(email="daniela@example.org", legal_name="Daniela Reyes")) == [("refused", "sealed")]


def test_another_schools_program_is_none(school: School, program: Program) -> None:
    found = dry_run(
        school=school.other_school,
        data=table(row()),
        places=SchoolPlaces(school.other_school),
        by=school.foreign_registrar,
    )
    assert found[0]["code"] == "program"


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("registrar", "You brought it"),
        ("instructor", "Only registrars and administrators"),
        ("coordinator", "Only registrars and administrators"),
        ("foreign_registrar", "Only registrars and administrators"),
    ],
)
def test_two_people(school: School, program: Program, who: str, said: str) -> None:
    batch = bring(school, row())
    user = getattr(school, who)
    for decide in (passed, lambda _school, one, by: refuse_import(batch=one, by=by, words="x")):
        with pytest.raises(ValidationError, match=said):
            decide(school, batch, user)
    if who != "registrar":
        with pytest.raises(ValidationError, match=said):
            bring(school, row(), by=user)
    assert not HourEntry.objects.exists()


def test_nobody_lets_her_own_hours_pass(school: School, program: Program) -> None:
    batch = bring(school, row(email="victor@example.org", legal_name="Victor Osei"))
    with pytest.raises(ValidationError, match="Row 1 is refused"):
        passed(school, batch)
    assert passed(school, batch, school.admin).outcome == "posted"


def test_refusing_and_withdrawing(school: School, program: Program) -> None:
    batch = bring(school, row())
    assert bring(school, row()).pk == batch.pk, "the same file waits once"
    with pytest.raises(ValidationError, match="Write why"):
        refuse_import(batch=batch, by=school.admin, words=" ")
    with pytest.raises(ValidationError, match="Only who brought"):
        withdraw_import(batch=batch, by=school.admin)
    for _ in range(2):
        assert refuse_import(batch=batch, by=school.admin, words="Whose papers?").outcome == "refused"
    with pytest.raises(ValidationError, match="decided before: Refused"):
        passed(school, batch)
    other = bring(school, row())
    assert withdraw_import(batch=other, by=school.registrar).outcome == "withdrawn"
    assert not HourEntry.objects.exists()


def test_who_brought_a_file_is_told_that_it_was_refused(school: School, program: Program) -> None:
    for rows, kind in ((ROWS, "a person’s decision"), ((row(), row(minutes="ten")), "1 row could not be posted")):
        batch = bring(school, *rows)
        for _ in range(2):
            refuse_import(batch=batch, by=school.admin, words="Olga Old never came here.")
        mail = Message.objects.get(key=f"import:{batch.uuid}:refused")
        assert (mail.to, mail.user) == (school.registrar.email, school.registrar)
        assert f"/desk/imports/{batch.uuid}/" in mail.body and kind in mail.body
        for private in ("Olga", "never came", "old hours", "old_hours", "old@example.org"):
            assert private not in mail.subject + mail.body
    withdraw_import(batch=bring(school, row(minutes=3)), by=school.registrar)
    assert Message.objects.filter(key__startswith="import:").count() == 2, "who takes her own back needs no mail"


def test_a_file_that_was_exchanged_is_refused(school: School, program: Program) -> None:
    batch = bring(school, row())
    Path(batch.file.path).write_bytes(table(row(minutes=9000)))
    with pytest.raises(ValidationError, match="not the one that was brought"):
        passed(school, batch)


ATTACKS = {
    "other minutes": "UPDATE records_importbatch SET tally = '{}'",
    "another file": "UPDATE records_importbatch SET file = 'x'",
    "deleted": "DELETE FROM records_importbatch",
    "by one person": "UPDATE records_importbatch SET outcome = 'posted', decided_by_id = proposed_by_id, "
    "decided_at = proposed_at",
    "by nobody": "UPDATE records_importbatch SET outcome = 'posted'",
}


@pytest.mark.parametrize("name", ATTACKS)
def test_the_database_keeps_what_was_brought(school: School, program: Program, name: str) -> None:
    bring(school, row())
    with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ATTACKS[name])


def test_a_decision_stands(school: School, program: Program) -> None:
    passed(school, bring(school, row()))
    with pytest.raises(DatabaseError, match="never decided again"), transaction.atomic():
        ImportBatch.objects.update(decision_words="x")


def test_the_dry_run_asks_little(school: School, program: Program, django_assert_max_num_queries) -> None:
    rows = [row(email=f"p{number}@example.org", legal_name="P", minutes=number + 1) for number in range(300)]
    with django_assert_max_num_queries(10):
        assert set(judged(school, *rows)) == {("post", "post")}


# ---------------------------------------------------------------- the command


def command(*args: str) -> None:
    call_command("import_records", *args)


def test_the_command(school: School, program: Program, tmp_path: Path, capsys) -> None:
    file = tmp_path / "old.csv"
    file.write_bytes(table(*ROWS))
    both = ["--school", "riverbend", "--by", "helen@example.org"]
    command(str(file), *both, "--dry-run")
    out = capsys.readouterr().out
    assert "row 1: New learner: posts 120 minutes." in out
    assert "3 rows to post (360 minutes), 0 already there" in out
    assert not ImportBatch.objects.exists()
    command(str(file), *both, "--approve", "--second", "victor@example.org")
    assert "posted" in capsys.readouterr().out
    assert HourEntry.objects.count() == 3
    command(str(file), *both, "--approve", "--second", "victor@example.org")
    assert "0 rows to post (0 minutes), 3 already there" in capsys.readouterr().out
    assert ImportBatch.objects.count() == 1
    file.write_bytes(table(row(minutes=7)))
    command(str(file), *both)
    assert "another registrar approves it" in capsys.readouterr().out
    assert HourEntry.objects.count() == 3


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--by", "helen@example.org", "--approve"], "come together"),
        (["--by", "nobody@example.org"], "Nobody has the address"),
        (["--by", "ines@example.org"], "Only registrars"),
        (["--by", "helen@example.org", "--approve", "--second", "helen@example.org"], "You brought it"),
        (["--by", "helen@example.org", "--approve", "--second", "ines@example.org"], "Only registrars"),
    ],
)
def test_the_command_refuses_and_keeps_nothing(
    school: School, program: Program, tmp_path: Path, args: list[str], said: str
) -> None:
    file = tmp_path / "old.csv"
    file.write_bytes(table(row()))
    folder = Path(settings.PRIVATE_ROOT) / "imports"
    before = set(folder.glob("*"))
    with pytest.raises(CommandError, match=said) as refused:
        command(str(file), "--school", "riverbend", *args)
    assert refused.value.returncode == 2
    assert not ImportBatch.objects.exists()
    assert not HourEntry.objects.exists()
    assert set(folder.glob("*")) == before, "no file stays behind"


def test_the_command_names_the_bad_cell(school: School, program: Program, tmp_path: Path, capsys) -> None:
    file = tmp_path / "old.csv"
    file.write_bytes(table(row(), row(minutes="ten")))
    with pytest.raises(CommandError, match="1 rows are refused"):
        command(str(file), "--school", "riverbend", "--by", "helen@example.org")
    assert "row 2: Column minutes: “ten” is not a whole number of minutes" in capsys.readouterr().err
    assert not ImportBatch.objects.exists()
    file.write_bytes(b"email\n")
    with pytest.raises(CommandError, match="The column “legal_name” is missing"):
        command(str(file), "--school", "riverbend", "--by", "helen@example.org")


# ---------------------------------------------------------------- the screens


def upload(data: bytes, name: str = "old hours.csv") -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile(name, data)}


def test_from_upload_to_posted_on_screen(school: School, program: Program) -> None:
    first, second = school.client(school.registrar), school.client(school.second_registrar)
    empty = first.get(reverse("desk:imports")).content.decode()
    assert "No file yet" in empty
    answer = first.post(reverse("desk:imports"), upload(table(*ROWS)))
    batch = ImportBatch.objects.get()
    assert answer["Location"] == reverse("desk:import", args=[batch.uuid])
    page = first.get(answer["Location"]).content.decode()
    assert "New learner: posts 120 minutes." in page
    assert "another registrar must decide" in page
    assert "Let it pass" not in page
    assert "Let it pass" in second.get(answer["Location"]).content.decode()
    assert second.post(answer["Location"], {"decision": "approve"}).status_code == 302
    assert HourEntry.objects.count() == 3
    after = second.get(answer["Location"]).content.decode()
    assert "Approved by Victor Osei" in after
    file = first.get(reverse("desk:import_file", args=[batch.uuid]))
    assert b"".join(file) == table(*ROWS)  # type: ignore[arg-type]
    assert file["Content-Disposition"].startswith("attachment")
    assert "old_hours.csv" in first.get(reverse("desk:imports")).content.decode()


def test_the_table_is_filtered_and_paged(school: School, program: Program) -> None:
    rows = [row(minutes=number + 1) for number in range(120)] + [row(minutes="ten")]
    batch = bring(school, *rows)
    client = school.client(school.second_registrar)
    address = reverse("desk:import", args=[batch.uuid])
    page = client.get(address).content.decode()
    assert "Page 1 of 2" in page
    assert "It cannot pass as it is" in page
    assert "Let it pass" not in page
    refused = client.get(address, {"show": "refused"}).content.decode()
    assert "Column minutes: “ten” is not a whole number" in refused
    assert "posts 120 minutes" not in refused
    assert "No row of this kind" in client.get(address, {"show": "there"}).content.decode()
    assert client.post(address, {"decision": "approve"}).status_code == 422
    assert client.post(address, {}).status_code == 422


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04", "neither a CSV file nor an XLSX workbook"),
        (b"email\n", "The column “legal_name” is missing"),
        (table(), "The file has no rows"),
        (b"", "The file is empty"),
        (b"x" * (10 * 1024 * 1024 + 1), "larger than 10 MB"),
    ],
)
def test_a_file_that_is_none_is_refused_beside_the_field(
    school: School, program: Program, data: bytes, said: str
) -> None:
    answer = school.client(school.registrar).post(reverse("desk:imports"), upload(data))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_another_school_sees_nothing(school: School, program: Program) -> None:
    batch = bring(school, row())
    client = school.client(school.foreign_registrar)
    assert client.get(reverse("desk:import", args=[batch.uuid])).status_code == 404
    assert client.get(reverse("desk:import_file", args=[batch.uuid])).status_code == 404
    assert "old_hours" not in client.get(reverse("desk:imports")).content.decode()
