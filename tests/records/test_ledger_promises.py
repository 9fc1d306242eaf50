"""The ledger's promises of design.md, by their numbers; those of the database are attacked with raw SQL."""

import json
from datetime import date

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.services import ensure_organisation
from certification import guards
from certification.records import rules
from certification.records.models import (
    Balance,
    HourEntry,
    HourEntryText,
    HourLog,
    OccupiedTime,
    Posting,
    TrainingRecord,
)
from certification.records.selectors import leaf_fields, log_head
from certification.records.services import (
    HourRequest,
    PostingConflictError,
    ensure_learner,
    open_record,
    post_batch,
    post_hours,
    record_course_result,
    record_milestone,
    reverse_entry,
)
from tests.records.making import at, part
from tests.worlds import School

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(record: TrainingRecord) -> HourEntry:
    """One hour of class."""
    return post_hours(record=record, source_key="class:1", parts=[part()]).entries[0]


ATTACKS = {
    "update": "UPDATE records_hourentry SET minutes = 600 WHERE id = {id}",
    "update a title": "UPDATE records_hourentry SET title = 'x' WHERE id = {id}",
    "update of nothing real": "UPDATE records_hourentry SET minutes = minutes WHERE id = {id}",
    "delete": "DELETE FROM records_hourentry WHERE id = {id}",
    "update text": "UPDATE records_hourentrytext SET body = 'x' WHERE entry_id = {id}",
    "delete text": "DELETE FROM records_hourentrytext WHERE entry_id = {id}",
    "free held time": "DELETE FROM records_occupiedtime WHERE entry_id = {id}",
    "move held time": "UPDATE records_occupiedtime SET ends_at = '2027-01-01 00:00:00+00' WHERE entry_id = {id}",
    "update posting": "UPDATE records_posting SET request_digest = 'x'",
    "delete posting": "DELETE FROM records_posting",
    "rename the log": "UPDATE records_hourlog SET origin = 'x'",
    "delete the log": "DELETE FROM records_hourlog",
    "weaken a requirement": "DELETE FROM records_recordrequirement",
}
SQLITE_ATTACKS = {
    "replace": "INSERT OR REPLACE INTO records_hourentry SELECT * FROM records_hourentry WHERE id = {id}",
    "update or replace": "UPDATE OR REPLACE records_hourentry SET minutes = 5 WHERE id = {id}",
    "upsert": "INSERT INTO records_hourentry SELECT * FROM records_hourentry WHERE id = {id} "
    "ON CONFLICT DO UPDATE SET minutes = 5",
}
POSTGRES_ATTACKS = {
    "truncate": "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE records_hourentry CASCADE",
    "upsert": "INSERT INTO records_hourentry SELECT * FROM records_hourentry WHERE id = {id} "
    "ON CONFLICT (id) DO UPDATE SET minutes = 5",
}


@pytest.mark.parametrize("name", [*ATTACKS, *sorted({*SQLITE_ATTACKS, *POSTGRES_ATTACKS})])
def test_promise_1_the_database_refuses(entry: HourEntry, name: str) -> None:
    special = SQLITE_ATTACKS if connection.vendor == "sqlite" else POSTGRES_ATTACKS
    sql = {**ATTACKS, **special}.get(name)
    if sql is None:
        pytest.skip(f"{name} is a statement of the other database")
    with pytest.raises(DatabaseError, match=r"never|no minute"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(id=entry.pk))
    assert HourEntry.objects.values_list("minutes", "title").get(pk=entry.pk) == (60, "Class: cross-hand release")


def test_promise_1_replace_is_stopped_on_a_connection_without_the_pragma(entry: HourEntry) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite only")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers=OFF")
        try:
            with pytest.raises(IntegrityError, match="never replaced"), transaction.atomic():
                cursor.execute(
                    f"INSERT OR REPLACE INTO records_hourentry SELECT * FROM records_hourentry WHERE id={entry.pk}"
                )
        finally:
            cursor.execute("PRAGMA recursive_triggers=ON")


def test_promise_1_facts_beside_hours_are_append_only_too(record: TrainingRecord) -> None:
    record_milestone(record=record, code="quiz:MFR", title="Quiz", occurred_at=at("2026-03-02 10:00"), source_key="a:1")
    record_course_result(record=record, course="MFR@1", source_key="a:1", grade_hundredths=7650, evidence="attempt")
    for table in ("records_milestone", "records_courseresult"):
        for sql in (f"DELETE FROM {table}", f"UPDATE {table} SET source_key = 'x'"):
            with pytest.raises(DatabaseError, match="never"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)


def test_promise_1_a_guard_that_is_gone_is_named_and_comes_back() -> None:
    assert guards.missing(connection) == []
    drop = "DROP TRIGGER guard_records_hourentry_update"
    with connection.cursor() as cursor:
        cursor.execute(drop if connection.vendor == "sqlite" else f"{drop} ON records_hourentry")
    assert guards.missing(connection) == ["guard_records_hourentry_update"]
    guards.install(connection)
    assert guards.missing(connection) == []


def test_promise_1_what_a_guard_left_behind_goes_and_nothing_else_does(entry: HourEntry) -> None:
    """As after a migration that was taken back: a trigger of a guard that is no more, and one that is none of ours."""
    with connection.cursor() as cursor:
        for name in ("guard_records_hourentry_of_old", "kept_by_others"):
            if connection.vendor == "sqlite":
                cursor.execute(
                    f"CREATE TRIGGER {name} BEFORE INSERT ON records_milestone FOR EACH ROW "
                    "BEGIN SELECT RAISE(ABORT, 'of old'); END"
                )
            else:
                cursor.execute(
                    f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'of old'; END $$"
                )
                cursor.execute(
                    f"CREATE TRIGGER {name} BEFORE INSERT ON records_milestone FOR EACH ROW EXECUTE FUNCTION {name}()"
                )
    guards.install(connection)
    assert guards.missing(connection) == []
    on = "" if connection.vendor == "sqlite" else " ON records_milestone"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER kept_by_others{on}")
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(f"DROP TRIGGER guard_records_hourentry_of_old{on}")
    record_milestone(
        record=entry.record, code="quiz:MFR", title="Quiz", occurred_at=at("2026-03-02 10:00"), source_key="a:1"
    )


def test_promise_1_a_guard_that_was_softened_is_named(entry: HourEntry) -> None:
    name = "guard_records_hourentry_delete"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER {name}")
            cursor.execute(
                f"CREATE TRIGGER {name} BEFORE DELETE ON records_hourentry FOR EACH ROW WHEN 1 = 0 "
                "BEGIN SELECT RAISE(ABORT, 'never'); END"
            )
        else:
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$"
            )
    assert guards.missing(connection) == [name]
    guards.install(connection)
    assert guards.missing(connection) == []


@pytest.mark.parametrize("minutes", [0, -60])
def test_promise_2_no_zero_and_no_negative_without_reversal(entry: HourEntry, minutes: int) -> None:
    columns = [field.column for field in HourEntry._meta.concrete_fields if field.column != "id"]
    changed = {
        "minutes": str(minutes),
        "uuid": "'%s'" % ("f" * 32),
        "source_key": "'x/1'",
        "position": "99",
        "leaf_hash": "'x'",
    }
    values = ", ".join(changed.get(column, f'"{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO records_hourentry ({names}) SELECT {values} FROM records_hourentry WHERE id={entry.pk}"
        )


def test_promise_2_a_reversal_takes_back_one_entry_once(
    record: TrainingRecord, entry: HourEntry, school: School
) -> None:
    back = reverse_entry(entry=entry, source_key="fix:1", reason="clerical", recorded_by=school.registrar)
    assert (back.minutes, back.reverses_id) == (-60, entry.pk)
    again = reverse_entry(entry=entry, source_key="fix:2", reason="clerical", recorded_by=school.registrar)
    assert again.pk == back.pk
    with pytest.raises(ValidationError, match="already takes another"):
        reverse_entry(entry=back, source_key="fix:3", reason="clerical", recorded_by=school.registrar)
    assert not OccupiedTime.objects.filter(entry=entry).exists(), "the time is free again"
    assert post_hours(record=record, source_key="class:2", parts=[part()]).minutes == 60


def test_promise_3_same_request_same_rows_other_request_conflict(record: TrainingRecord) -> None:
    first = post_hours(record=record, source_key="class:1", parts=[part()])
    again = post_hours(record=record, source_key="class:1", parts=[part()])
    assert again.repeated
    assert [row.pk for row in again.entries] == [row.pk for row in first.entries]
    with pytest.raises(PostingConflictError):
        post_hours(record=record, source_key="class:1", parts=[part(59)])
    assert HourEntry.objects.count() == 1


def test_promise_3_the_key_is_looked_up_before_trimming(record: TrainingRecord) -> None:
    """A retry of what filled the time gets its rows back and is not trimmed by itself; also when nothing was free."""
    post_hours(record=record, source_key="class:1", parts=[part()])
    second = post_hours(record=record, source_key="class:2", parts=[part()])
    assert (second.entries, [out.minutes for out in second.left_out]) == ([], [60])
    retry = post_hours(record=record, source_key="class:2", parts=[part()])
    assert retry.repeated
    assert [(out.minutes, out.entry) for out in retry.left_out] == [(out.minutes, out.entry) for out in second.left_out]


def test_promise_3_all_parts_or_none(record: TrainingRecord) -> None:
    bad = part(30, "2026-03-02 16:00", "2026-03-02 17:00", category="astrology")
    with pytest.raises(ValidationError, match="astrology"):
        post_hours(record=record, source_key="class:1", parts=[part(), bad])
    assert not Posting.objects.exists()


def test_promise_4_no_minute_twice_and_the_holder_is_named(record: TrainingRecord, entry: HourEntry) -> None:
    later = post_hours(
        record=record, source_key="lesson:1", parts=[part(60, "2026-03-02 14:30", "2026-03-02 15:30", source="lesson")]
    )
    assert later.minutes == 30
    assert [(out.minutes, out.entry) for out in later.left_out] == [(30, entry.uuid)]


def test_promise_4_the_database_forbids_overlap(record: TrainingRecord, entry: HourEntry) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        OccupiedTime.objects.create(
            learner=record.learner, entry=entry, starts_at=at("2026-03-02 14:59"), ends_at=at("2026-03-02 15:10")
        )
    OccupiedTime.objects.create(
        learner=record.learner, entry=entry, starts_at=at("2026-03-02 15:00"), ends_at=at("2026-03-02 15:10")
    )


def test_promise_4_pauses_leave_gaps_that_others_may_fill(record: TrainingRecord) -> None:
    spans = ((at("2026-03-02 14:00"), at("2026-03-02 14:20")), (at("2026-03-02 14:40"), at("2026-03-02 15:00")))
    post_hours(record=record, source_key="session:1", parts=[part(40, spans=spans, source="lesson")])
    between = post_hours(record=record, source_key="class:1", parts=[part(20, "2026-03-02 14:20", "2026-03-02 14:40")])
    assert (between.minutes, between.left_out) == (20, [])


def test_promise_6_the_row_keeps_what_was_true_that_day(record: TrainingRecord) -> None:
    night = part(120, "2026-03-03 04:00", "2026-03-03 06:00", place="Harborview", tags=("hands_on", "clinic"))
    before, after = post_hours(record=record, source_key="shift:1", parts=[night]).entries
    assert [(row.date, row.minutes, row.source_key) for row in (before, after)] == [
        (date(2026, 3, 2), 60, "shift:1/1"),
        (date(2026, 3, 3), 60, "shift:1/2"),
    ]
    assert (before.place, before.tags, before.evidence) == ("Harborview", "clinic;hands_on", "co_signed")
    assert json.loads(before.text.body)["signer_name"] == "Ines Instructor"
    assert "Ines" not in repr(before.__dict__), "names stand apart"


def test_promise_6_no_cascade_leads_to_the_ledger() -> None:
    from django.apps import apps
    from django.db.models import CASCADE

    facts = {HourEntry, HourEntryText, Posting, OccupiedTime, HourLog, TrainingRecord}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if model in facts and field.remote_field is not None:
                assert field.remote_field.on_delete is not CASCADE, f"{model.__name__}.{field.name}"


def test_promise_7_every_entry_is_a_leaf_that_anyone_can_rebuild(record: TrainingRecord) -> None:
    for number in range(5):
        start = f"2026-03-0{number + 1} 14:00"
        post_hours(record=record, source_key=f"class:{number}", parts=[part(60, start, start.replace("14:", "15:"))])
    rows = list(HourEntry.objects.order_by("position").select_related("log", "record__learner", "posting", "text"))
    assert [row.position for row in rows] == [0, 1, 2, 3, 4]
    for row in rows:
        assert rules.leaf_hash(rules.leaf_text(leaf_fields(row, log=row.log))).hex() == row.leaf_hash
        assert rules.text_hash(row.text.salt, row.text.body) == row.text_hash
    size, root = log_head(record)
    assert (size, root) == (5, rules.merkle_root(bytes.fromhex(row.leaf_hash) for row in rows).hex())


def test_promise_7_the_leaf_covers_every_column(entry: HourEntry) -> None:
    covered = set(leaf_fields(entry, log=entry.log))
    names = {field.name for field in HourEntry._meta.concrete_fields}
    # `entry` is the row's uuid; the leaf's own hash cannot be in the leaf, and `id` means nothing outside.
    assert names - covered == {"id", "uuid", "leaf_hash"}, "a column that no leaf binds could be changed unseen"


def test_an_entry_of_another_school_cannot_enter_this_log(record: TrainingRecord, entry: HourEntry) -> None:
    other = ensure_organisation(kind="school", slug="third", name="Third School")
    foreign = open_record(
        learner=record.learner,
        school=other,
        rule_set=record.rule_set,
        program_code="X",
        program_title="X",
        enrolled_on=date(2026, 1, 1),
        source_key="enrollment:x",
    )
    entry.pk, entry.uuid, entry.source_key, entry.position, entry.leaf_hash = None, "0" * 32, "x/1", 7, "x"
    entry.record = foreign
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save(force_insert=True)


def test_a_sealed_record_takes_no_more_hours(record: TrainingRecord) -> None:
    TrainingRecord.objects.filter(pk=record.pk).update(sealed_at=at("2026-05-01 00:00"))
    with pytest.raises(ValidationError, match="sealed"):
        post_hours(record=record, source_key="class:1", parts=[part()])


def test_opening_a_record_twice_makes_one(record: TrainingRecord, school: School) -> None:
    again = open_record(
        learner=ensure_learner(user=school.learner_user),
        school=school.school,
        rule_set=record.rule_set,
        program_code="SMALL",
        program_title="A small program",
        enrolled_on=date(2026, 1, 5),
        source_key=record.source_key,
    )
    assert again.pk == record.pk
    assert [requirement.code for requirement in again.requirements.all()] == ["quiz:MFR"]


def test_a_batch_posts_as_its_facts_would_one_by_one(record: TrainingRecord) -> None:
    requests = [
        HourRequest(record, "class:1", [part()]),
        HourRequest(record, "class:2", [part(60, "2026-03-02 14:30", "2026-03-02 15:30")]),
        HourRequest(record, "class:1", [part()]),
        HourRequest(record, "night:1", [part(120, "2026-03-03 04:00", "2026-03-03 06:00")]),
    ]
    first, second, again, night = post_batch(requests=requests)
    assert [(one.minutes, one.repeated) for one in (first, second, again, night)] == [
        (60, False),
        (30, False),
        (60, True),
        (120, False),
    ]
    assert [(out.minutes, out.entry) for out in second.left_out] == [(30, first.entries[0].uuid)]
    assert [row.source_key for row in night.entries] == ["night:1/1", "night:1/2"]
    assert list(HourEntry.objects.order_by("position").values_list("position", flat=True)) == [0, 1, 2, 3]
    assert all(one.repeated for one in post_batch(requests=requests))
    assert HourEntry.objects.count() == 4


def test_a_batch_is_all_or_nothing(record: TrainingRecord) -> None:
    with pytest.raises(PostingConflictError):
        post_batch(requests=[HourRequest(record, "class:1", [part()]), HourRequest(record, "class:1", [part(59)])])
    assert not Posting.objects.exists()
    with pytest.raises(ValidationError, match="astrology"):
        post_batch(
            requests=[
                HourRequest(record, "class:1", [part()]),
                HourRequest(record, "class:2", [part(category="astrology")]),
            ]
        )
    assert not Posting.objects.exists()


def test_a_batch_takes_as_many_statements_as_one_fact(record: TrainingRecord, django_assert_max_num_queries) -> None:
    def request(number: int) -> HourRequest:
        day = f"2026-{number // 28 + 3:02}-{number % 28 + 1:02}"
        return HourRequest(record, f"class:{number}", [part(60, f"{day} 14:00", f"{day} 15:00")])

    with django_assert_max_num_queries(16):
        post_batch(requests=[request(0)])
    with django_assert_max_num_queries(16):
        post_batch(requests=[request(number) for number in range(1, 25)])
    assert log_head(record)[0] == 25


def test_promise_5_balances_move_with_the_postings(record: TrainingRecord, entry: HourEntry, school: School) -> None:
    post_hours(record=record, source_key="class:2", parts=[part(30, "2026-03-05 14:00", "2026-03-05 15:00")])
    balance = Balance.objects.get(record=record)
    assert balance.stands_for == (90, date(2026, 3, 5), 2)
    reverse_entry(entry=entry, source_key="fix:1", reason="clerical", recorded_by=school.registrar)
    balance.refresh_from_db()
    assert balance.stands_for == (30, date(2026, 3, 5), 3)


def test_a_clock_that_is_set_back_makes_no_line_look_older(record: TrainingRecord, entry: HourEntry) -> None:
    with time_machine.travel("2020-01-01 00:00+00:00", tick=False):
        later = post_hours(
            record=record, source_key="class:2", parts=[part(60, "2026-03-05 14:00", "2026-03-05 15:00")]
        )
    assert later.entries[0].recorded_at == entry.recorded_at
