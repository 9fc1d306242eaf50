"""Moving out: exports of a record and of a school, the checker that reads them, and tables that no spreadsheet runs."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from certification.records.models import HourLog, TrainingRecord
from certification.records.rules import exports, leaf_hash, leaf_text, merkle_root, text_hash
from certification.records.rules.checkpoints import read_kept
from certification.records.rules.export_check import LEAF_MEMBERS, NotAnExportError, Verdict, check_export
from certification.records.services import (
    approve_correction,
    ensure_learner,
    ensure_log,
    export_record,
    export_school,
    make_checkpoint,
    open_record,
    post_hours,
    record_course_result,
    record_milestone,
)
from tests.layers import layer
from tests.records.making import at, part, without_times
from tests.records.test_corrections import propose
from tests.worlds import School

pytestmark = pytest.mark.django_db
NOW = at("2026-03-20 12:00")


@pytest.fixture(autouse=True)
def _in_march() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@layer(at=NOW)
def story(record: TrainingRecord, school: School) -> TrainingRecord:
    """A record with standing, reversed and corrected lines between those of another learner, and two checkpoints."""
    other = open_record(
        learner=ensure_learner(user=school.other_learner_user),
        school=school.school,
        rule_set=record.rule_set,
        program_code="SMALL",
        program_title="A small program",
        enrolled_on=record.enrolled_on,
        source_key="enrollment:2",
    )
    for day in range(2, 9):
        fields = {"title": '=HYPERLINK("http://x.example")'} if day == 2 else {"title": "+cmd", "place": "@home"}
        mine = part(60, f"2026-03-0{day} 14:00", f"2026-03-0{day} 15:00", note="-2+3", **fields)
        post_hours(record=record, source_key=f"class:{day}", parts=[mine])
        post_hours(record=other, source_key=f"class:{day}", parts=[mine])
        if day == 4:
            make_checkpoint(log=HourLog.objects.get(school=record.school), reason="asked")
    wrong = record.entries.order_by("position")[1]
    fix = propose(wrong, [part(30, "2026-03-03 14:00", "2026-03-03 14:30")], school.instructor)
    approve_correction(correction=fix, by=school.registrar)
    propose(None, [without_times(5)], school.registrar, record=record, reason="missing")
    record_milestone(record=record, code="quiz:MFR", title="Quiz", occurred_at=NOW, source_key="q:1")
    record_course_result(record=record, course="MFR@1", source_key="r:1", grade_hundredths=9150, evidence="quiz")
    make_checkpoint(log=HourLog.objects.get(school=record.school), reason="daily")
    return record


def parts_of_zip(body: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def verdict_of(parts: dict[str, bytes], **options: object) -> Verdict:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    with zipfile.ZipFile(out) as archive:
        return check_export(archive, **options)  # type: ignore[arg-type]


def summed(parts: dict[str, bytes]) -> dict[str, bytes]:
    """With sums that fit again: what somebody does who alters an export on purpose."""
    rest = {name: data for name, data in parts.items() if name != exports.SUMS}
    return rest | {exports.SUMS: exports.sums_told({name: exports.sha256(data) for name, data in rest.items()})}


@pytest.fixture
def parts(story: TrainingRecord) -> dict[str, bytes]:
    return parts_of_zip(export_record(record=story, whole=True))


def test_an_export_holds_everything_and_proves_itself(story: TrainingRecord, parts: dict[str, bytes]) -> None:
    told = json.loads(parts["record.json"])
    lines = told["lines"]
    assert [line["leaf"]["minutes"] for line in lines] == [60] * 7 + [-60, 30]
    assert lines[7]["leaf"]["reverses"] == lines[1]["leaf"]["entry"]
    assert json.loads(lines[0]["text"]["body"]) == {"note": "-2+3", "signer_name": "Ines Instructor"}
    record = told["record"]
    assert (record["email"], record["rule_set"]) == ("daniela@example.org", "small-sample@1")
    assert (record["milestones"][0]["code"], record["results"][0]["grade_hundredths"]) == ("quiz:MFR", 9150)
    assert [one["outcome"] for one in record["corrections"]] == ["approved", ""]
    assert parts["rules.yaml"].decode() == story.rule_set.source
    verdict = verdict_of(parts)
    assert (verdict.misfits, verdict.proved, verdict.lines, verdict.size) == ([], 9, 9, 16)
    assert b"check_export" in parts["README.txt"]


def test_her_own_copy_has_no_words_of_staff(story: TrainingRecord) -> None:
    own = parts_of_zip(export_record(record=story, whole=False))
    (correction,) = json.loads(own["record.json"])["record"]["corrections"]
    assert correction["outcome"] == "approved"
    assert not {"words", "decision_words", "proposed_by"} & correction.keys()
    assert verdict_of(own).holds


def test_an_export_takes_few_queries(story: TrainingRecord, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(23):
        export_record(record=story, whole=True)


def test_a_bent_byte_in_any_part_is_named(parts: dict[str, bytes]) -> None:
    for name, data in parts.items():
        if not data:
            continue
        bent = data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :]
        verdict = verdict_of(parts | {name: bent})
        assert not verdict.holds, name
        # A bent sum is seen at the part that it is of.
        assert name == exports.SUMS or name in {one.part for one in verdict.misfits}, name
        without = {key: value for key, value in parts.items() if key != name}
        if name == "record.json":
            with pytest.raises(NotAnExportError):
                verdict_of(without)
        else:
            assert not verdict_of(without).holds, f"without {name}"


def altered(
    change: Callable[[dict], None], name: str = "record.json"
) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    def alter(parts: dict[str, bytes]) -> dict[str, bytes]:
        told = json.loads(parts[name])
        change(told)
        changed = parts | {name: exports.json_page(told)}
        return summed(changed)

    return alter


def longer(told: dict) -> None:
    told["lines"][2]["leaf"]["minutes"] = 90


def longer_with_its_hash(told: dict) -> None:
    longer(told)
    told["lines"][2]["leaf_hash"] = leaf_hash(leaf_text(told["lines"][2]["leaf"])).hex()


def other_words(told: dict) -> None:
    told["lines"][2]["text"]["body"] = '{"note":"","signer_name":"Somebody Else"}'


def without_reversal(told: dict) -> None:
    del told["lines"][1]


def swapped(told: dict) -> None:
    told["lines"][2], told["lines"][3] = told["lines"][3], told["lines"][2]


def of_somebody_else(told: dict) -> None:
    told["record"]["learner"] = "00000000-0000-4000-8000-000000000009"


ALTERED = {
    "longer": (longer, "record.json", 4),
    "longer, hashed anew": (longer_with_its_hash, "proofs.json", 4),
    "other words": (other_words, "record.json", 4),
    "a line left out": (without_reversal, "record.json", 14),
    "another order": (swapped, "record.json", 4),
    "of somebody else": (of_somebody_else, "record.json", 0),
}


@pytest.mark.parametrize("name", ALTERED)
def test_what_is_altered_on_purpose_is_named_by_its_line(parts: dict[str, bytes], name: str) -> None:
    change, part_, position = ALTERED[name]
    misfits = verdict_of(altered(change)(parts)).misfits
    assert (part_, position) in {(one.part, one.position) for one in misfits}, misfits


def test_a_proof_of_another_line_and_another_table_are_named(parts: dict[str, bytes]) -> None:
    def exchange(told: dict) -> None:
        told["inclusion"][0]["inclusion_path"] = told["inclusion"][1]["inclusion_path"]

    verdict = verdict_of(altered(exchange, "proofs.json")(parts))
    assert [(one.part, one.position) for one in verdict.misfits] == [("proofs.json", 0)]
    table = verdict_of(summed(parts | {"hours.csv": parts["hours.csv"].replace(b",60,", b",61,", 1)}))
    assert [one.part for one in table.misfits] == ["hours.csv"]


def test_a_line_that_no_checkpoint_holds_is_not_proved(story: TrainingRecord) -> None:
    post_hours(record=story, source_key="class:late", parts=[part(60, "2026-03-19 14:00", "2026-03-19 15:00")])
    verdict = verdict_of(parts_of_zip(export_record(record=story, whole=True)))
    assert [(one.part, one.position) for one in verdict.misfits] == [("proofs.json", 16)]
    assert "younger" in verdict.misfits[0].message
    assert (verdict.proved, verdict.lines) == (9, 10)


def test_a_record_before_the_first_checkpoint(record: TrainingRecord) -> None:
    post_hours(record=record, source_key="class:1", parts=[part()])
    verdict = verdict_of(parts_of_zip(export_record(record=record, whole=True)))
    assert [one.part for one in verdict.misfits] == ["checkpoint.txt"]


def test_a_checkpoint_that_was_kept(story: TrainingRecord, parts: dict[str, bytes]) -> None:
    log = HourLog.objects.get(school=story.school)
    for checkpoint in log.checkpoints.all():
        assert verdict_of(parts, kept=[read_kept("kept.txt", checkpoint.note)]).holds
    old = log.checkpoints.get(size=6)
    unsigned = read_kept("kept.txt", old.note.replace("\n6\n", "\n7\n"))
    assert [one.part for one in verdict_of(parts, kept=[unsigned]).misfits] == ["kept.txt"]

    def cut(told: dict) -> None:
        told["consistency"][0]["consistency_path"].pop()

    cut_parts = altered(cut, "proofs.json")(parts)
    assert "rewritten" in verdict_of(cut_parts, kept=[read_kept("kept.txt", old.note)]).misfits[0].message
    post_hours(record=story, source_key="class:late", parts=[part(60, "2026-03-19 14:00", "2026-03-19 15:00")])
    young = make_checkpoint(log=log, reason="asked")
    assert young
    assert "younger" in verdict_of(parts, kept=[read_kept("kept.txt", young.note)]).misfits[0].message


def test_the_command_says_what_it_found(
    story: TrainingRecord, tmp_path: Path, capsys, django_assert_num_queries
) -> None:
    file, kept = tmp_path / "record.zip", tmp_path / "kept.txt"
    body = export_record(record=story, whole=True)
    file.write_bytes(body)
    kept.write_text("Dear board,\n\n" + HourLog.objects.get(school=story.school).checkpoints.get(size=6).note)
    with django_assert_num_queries(0):
        call_command("check_export", str(file), "--checkpoint", str(kept))
    assert "9 of 9 lines are proved by a checkpoint of 16\nall fits" in capsys.readouterr().out
    place = body.index(b"hours.csv")
    file.write_bytes(body[: place + 200] + bytes([body[place + 200] ^ 1]) + body[place + 201 :])
    with pytest.raises(SystemExit) as ended:
        call_command("check_export", str(file))
    assert ended.value.code == 1
    assert "hours.csv: it is not as it was exported" in capsys.readouterr().out
    kept.write_text("no checkpoint")
    for args in ([str(tmp_path / "none.zip")], [str(kept)], [str(file), "--checkpoint", str(kept)]):
        with pytest.raises(CommandError) as refused:
            call_command("check_export", *args)
        assert refused.value.returncode == 2


def test_no_cell_of_a_table_is_a_formula(story: TrainingRecord, school: School) -> None:
    client = school.client(school.learner_user)
    csv_answer = client.get(reverse("records:hours_table", args=[story.uuid, "csv"]))
    text = csv_answer.content.decode()
    assert "\"'=HYPERLINK(" in text
    assert ",'+cmd," in text and ",'@home," in text and ",'-2+3," in text
    assert ",-60," in text, "numbers stay numbers"
    assert csv_answer["Content-Disposition"] == f'attachment; filename="hours-{story.uuid}.csv"'
    answer = client.get(reverse("records:hours_table", args=[story.uuid, "xlsx"]))
    (sheet,) = load_workbook(io.BytesIO(answer.content)).worksheets
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}, "no formula"
    header = [cell.value for cell in sheet[1]]
    column = header.index("minutes")
    assert [row[column].value for row in sheet.iter_rows(min_row=2)] == [60] * 7 + [-60, 30]
    title = header.index("title")
    assert sheet[2][title].value == '\'=HYPERLINK("http://x.example")'


def test_the_buttons_stand_where_they_may_be_pressed(story: TrainingRecord, school: School) -> None:
    address = reverse("records:record_zip", args=[story.uuid])
    own = school.client(school.learner_user)
    assert address in own.get(reverse("records:hours", args=[story.uuid])).content.decode()
    registrar = school.client(school.registrar)
    assert address in registrar.get(reverse("desk:record", args=[story.uuid])).content.decode()
    teacher = school.client(school.instructor)
    assert address not in teacher.get(reverse("records:hours", args=[story.uuid])).content.decode()
    assert [client.get(address).status_code for client in (own, registrar, teacher)] == [200, 200, 404]
    told = json.loads(parts_of_zip(own.get(address).content)["record.json"])
    assert len(told["record"]["corrections"]) == 1, "her own copy"
    told = json.loads(parts_of_zip(registrar.get(address).content)["record.json"])
    assert len(told["record"]["corrections"]) == 2, "the school's"


# ---------------------------------------------------------------- a school


@pytest.fixture
def school_parts(story: TrainingRecord) -> dict[str, bytes]:
    return parts_of_zip(b"".join(export_school(school=story.school)))


def rows_of(parts: dict[str, bytes], name: str) -> list[dict]:
    return [json.loads(line) for line in parts[name].splitlines()]


def test_a_school_leaves_whole(story: TrainingRecord, school_parts: dict[str, bytes]) -> None:
    assert [row["leaf"]["position"] for row in rows_of(school_parts, "lines.jsonl")] == list(range(16))
    assert [row["email"] for row in rows_of(school_parts, "records.jsonl")] == [
        "daniela@example.org",
        "jun@example.org",
    ]
    assert [row["size"] for row in rows_of(school_parts, "checkpoints.jsonl")] == [6, 16]
    assert school_parts["rules/small-sample@1.yaml"].decode() == story.rule_set.source
    verdict = verdict_of(school_parts)
    assert (verdict.misfits, verdict.proved, verdict.lines) == ([], 16, 16)


def test_another_schools_lines_are_not_in_it(story: TrainingRecord, school: School) -> None:
    ensure_log(school=school.other_school)
    parts = parts_of_zip(b"".join(export_school(school=school.other_school)))
    assert (parts["lines.jsonl"], parts["records.jsonl"]) == (b"", b"")
    assert verdict_of(parts).holds


def test_a_bent_byte_of_a_school_is_named(school_parts: dict[str, bytes]) -> None:
    for name, data in school_parts.items():
        bent = data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :]
        verdict = verdict_of(school_parts | {name: bent})
        assert not verdict.holds, name
        assert name == exports.SUMS or name in {one.part for one in verdict.misfits}, name


def replaced(name: str, change: Callable[[list[dict]], None]) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    def alter(parts: dict[str, bytes]) -> dict[str, bytes]:
        rows = rows_of(parts, name)
        change(rows)
        return summed(parts | {name: b"".join(map(exports.json_line, rows))})

    return alter


def second_line_gone(rows: list[dict]) -> None:
    del rows[1]


def last_line_gone(rows: list[dict]) -> None:
    del rows[-1]


def fewer_minutes(rows: list[dict]) -> None:
    rows[3]["leaf"]["minutes"] = 6


def a_record_gone(rows: list[dict]) -> None:
    del rows[0]


def another_root(rows: list[dict]) -> None:
    rows[0]["root"] = "00" * 32


SCHOOL_ALTERED = {
    "a line gone": ("lines.jsonl", second_line_gone, "line 1 should stand here"),
    "the last line gone": ("lines.jsonl", last_line_gone, "it holds 15 lines; school.json says 16"),
    "fewer minutes": ("lines.jsonl", fewer_minutes, "its columns do not give its leaf hash"),
    "a record gone": ("records.jsonl", a_record_gone, "its record is not in records.jsonl"),
    "another root": ("checkpoints.jsonl", another_root, "something else than its note"),
    "the newest checkpoint gone": ("checkpoints.jsonl", last_line_gone, "lines 6 to 15 are younger"),
}


@pytest.mark.parametrize("name", SCHOOL_ALTERED)
def test_what_is_altered_in_a_school_on_purpose_is_named(school_parts: dict[str, bytes], name: str) -> None:
    part_, change, said = SCHOOL_ALTERED[name]
    misfits = verdict_of(replaced(part_, change)(school_parts)).misfits
    assert any(said in one.message for one in misfits), misfits


def test_a_log_that_was_built_anew_does_not_fit_a_kept_checkpoint(school_parts: dict[str, bytes]) -> None:
    """The forger has the keys' file and hashes all anew, but cannot reach the copy that lay elsewhere."""
    kept = [read_kept("kept.txt", rows_of(school_parts, "checkpoints.jsonl")[0]["note"])]

    def rebuilt(rows: list[dict]) -> None:
        fewer_minutes(rows)
        for row in rows:
            row["leaf_hash"] = leaf_hash(leaf_text(row["leaf"])).hex()

    forged = replaced("checkpoints.jsonl", list.clear)(replaced("lines.jsonl", rebuilt)(school_parts))
    misfits = verdict_of(forged, kept=kept).misfits
    assert ("kept.txt", "the first 6 lines are not those that it signed") in {
        (one.part, one.message) for one in misfits
    }


def test_the_command_signs_writes_and_can_be_checked(story: TrainingRecord, tmp_path: Path, capsys) -> None:
    post_hours(record=story, source_key="class:late", parts=[part(60, "2026-03-19 14:00", "2026-03-19 15:00")])
    out = tmp_path / "school.zip"
    call_command("export_school", "riverbend", "--out", str(out))
    call_command("check_export", str(out))
    assert "17 of 17 lines are proved by a checkpoint of 17\nall fits" in capsys.readouterr().out
    before = out.read_bytes()
    for args in (
        ["riverbend", "--out", str(out)],
        ["nowhere", "--out", str(tmp_path / "x")],
        ["riverbend", "--out", str(tmp_path / "no" / "x")],
    ):
        with pytest.raises(CommandError) as refused:
            call_command("export_school", *args)
        assert refused.value.returncode == 2
    assert out.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["school.zip"]


def test_the_screen_says_what_is_not_proved_and_streams(story: TrainingRecord, school: School) -> None:
    client = school.client(school.registrar)
    page = client.get(reverse("records:desk_export")).content.decode()
    assert "not proved yet" not in page
    post_hours(record=story, source_key="class:late", parts=[part(60, "2026-03-19 14:00", "2026-03-19 15:00")])
    page = client.get(reverse("records:desk_export")).content.decode()
    assert "1 line is not proved yet" in page
    answer = client.get(reverse("records:school_zip"))
    assert answer.streaming
    assert len(rows_of(parts_of_zip(b"".join(answer)), "lines.jsonl")) == 17
    foreign = school.client(school.foreign_registrar)
    assert foreign.get(reverse("records:school_zip"), {"school": "riverbend"}).status_code == 404
    assert "The log is empty" in foreign.get(reverse("records:desk_export")).content.decode()


def test_the_queries_of_a_school_do_not_grow_with_its_records(story: TrainingRecord, school: School) -> None:
    def counted() -> int:
        with CaptureQueriesContext(connection) as seen:
            for _piece in export_school(school=school.school):
                pass
        return len(seen)

    before = counted()
    for number, user in enumerate((school.instructor, school.coordinator)):
        more = open_record(
            learner=ensure_learner(user=user),
            school=school.school,
            rule_set=story.rule_set,
            program_code="SMALL",
            program_title="A small program",
            enrolled_on=story.enrolled_on,
            source_key=f"enrollment:more{number}",
        )
        post_hours(record=more, source_key="class:1", parts=[part()])
    assert counted() == before


def test_the_worked_example_of_the_documentation_holds() -> None:
    text = (Path(settings.BASE_DIR) / "docs" / "export.md").read_text()
    line = json.loads(text.partition("```json\n")[2].partition("```")[0])
    assert leaf_hash(leaf_text(line["leaf"])).hex() == line["leaf_hash"]
    assert text_hash(line["text"]["salt"], line["text"]["body"]) == line["leaf"]["text_hash"]
    assert line["leaf"].keys() == LEAF_MEMBERS
    assert f"`{merkle_root([bytes.fromhex(line['leaf_hash'])]).hex()}`" in text
