"""The ledger under parallel writers: the race is first shown without its guard, then what the database makes of it."""

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, close_old_connections, connection

from certification import guards
from certification.keys.models import SigningKey
from certification.keys.services import ensure_key
from certification.records.models import Balance, Checkpoint, HourEntry, HourLog, OccupiedTime, Posting, TrainingRecord
from certification.records.rules import merkle
from certification.records.selectors import head_of
from certification.records.services import (
    PostingConflictError,
    ensure_learner,
    make_checkpoint,
    open_record,
    post_hours,
)
from certification.verification.audit import audit
from tests.records.making import at, part
from tests.worlds import School

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
TOGETHER = 20
EXCLUSION = "occupied_no_minute_twice"


def at_once(work: Callable[[int], Any], times: int = TOGETHER) -> list[Any]:
    """Run `work` in so many threads, each with its own connection, all let go at the same moment."""
    gate = Barrier(times, timeout=60)

    def one(number: int) -> Any:
        close_old_connections()
        gate.wait()
        try:
            return work(number)
        except (IntegrityError, PostingConflictError) as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


@pytest.fixture
def unguarded() -> Iterator[None]:
    """The database without its guard against a minute twice; put back afterwards."""
    table = "records_occupiedtime"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER guard_{table}_overlap")
        else:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {EXCLUSION}")
    yield
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER guard_{table}_delete")
            cursor.execute(f"DELETE FROM {table}")
        else:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER; DELETE FROM {table}")
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            cursor.execute(
                f"ALTER TABLE {table} ADD CONSTRAINT {EXCLUSION} "
                "EXCLUDE USING gist (learner_id WITH =, tstzrange(starts_at, ends_at) WITH &&)"
            )
    guards.install(connection)


def look_then_write(record: TrainingRecord, entry: HourEntry) -> list[Any]:
    """What a writer does who trusts his own look: nobody has the hour, so he takes it. Two at the same time."""
    looked = Barrier(2, timeout=30)
    start, end = at("2026-05-04 10:00"), at("2026-05-04 11:00")

    def work(_number: int) -> Any:
        rows = OccupiedTime.objects.filter(learner=record.learner, starts_at__lt=end, ends_at__gt=start)
        is_free = not rows.exists()
        looked.wait()
        try:
            return is_free and OccupiedTime.objects.create(
                learner=record.learner, entry=entry, starts_at=start, ends_at=end
            )
        except OperationalError as refused:
            # Two inserts that wait for each other's span: PostgreSQL may refuse one as the loser of a deadlock.
            if "deadlock" not in str(refused):
                raise
            return refused

    return at_once(work, 2)


def overlapping(record: TrainingRecord) -> int:
    spans = list(
        OccupiedTime.objects.filter(learner=record.learner).order_by("starts_at").values_list("starts_at", "ends_at")
    )
    return sum(later[0] < earlier[1] for earlier, later in itertools.pairwise(spans))


def test_without_the_guard_two_writers_take_the_same_hour(record: TrainingRecord, unguarded: None) -> None:
    entry = post_hours(record=record, source_key="class:1", parts=[part()]).entries[0]
    look_then_write(record, entry)
    assert overlapping(record) == 1


def test_promise_4_with_the_guard_one_of_them_is_refused(record: TrainingRecord) -> None:
    entry = post_hours(record=record, source_key="class:1", parts=[part()]).entries[0]
    results = look_then_write(record, entry)
    refused, taken = sorted(results, key=lambda result: isinstance(result, OccupiedTime))
    assert isinstance(refused, IntegrityError | OperationalError)
    assert isinstance(taken, OccupiedTime)
    assert overlapping(record) == 0


def test_promise_4_twenty_overlapping_lessons_share_the_time(record: TrainingRecord) -> None:
    """Each asks for an hour that begins a minute after the one before: together they hold 79 minutes, once."""

    def lesson(number: int) -> Any:
        start = datetime(2026, 5, 4, 10, number, tzinfo=UTC)
        mine = TrainingRecord.objects.get(pk=record.pk)
        asked = part(60, spans=((start, start + timedelta(hours=1)),), source="lesson")
        return post_hours(record=mine, source_key=f"lesson:{number}", parts=[asked])

    results = at_once(lesson)
    assert not [result for result in results if isinstance(result, Exception)]
    assert overlapping(record) == 0
    assert sum(result.minutes for result in results) == 79
    for result in results:
        assert result.minutes + sum(out.minutes for out in result.left_out) == 60, "what is left out is said"
    assert audit().holds


def test_promise_3_twenty_parallel_posts_of_one_key_make_one_row(record: TrainingRecord) -> None:
    results = at_once(
        lambda _n: post_hours(record=TrainingRecord.objects.get(pk=record.pk), source_key="class:1", parts=[part()])
    )
    assert {result.entries[0].pk for result in results} == {HourEntry.objects.get().pk}
    assert [result.repeated for result in results].count(False) == 1
    assert Posting.objects.count() == 1


def test_promise_3_of_twenty_stories_under_one_key_one_stands(record: TrainingRecord) -> None:
    results = at_once(
        lambda number: post_hours(
            record=TrainingRecord.objects.get(pk=record.pk), source_key="class:1", parts=[part(60 - number)]
        )
    )
    refused = [result for result in results if isinstance(result, PostingConflictError)]
    assert len(refused) == TOGETHER - 1
    assert HourEntry.objects.count() == 1


def test_promise_7_many_learners_at_once_make_one_tree(record: TrainingRecord, school: School) -> None:
    people = [school.learner_user, school.registrar, school.second_registrar, school.admin]
    records = [
        open_record(
            learner=ensure_learner(user=person),
            school=school.school,
            rule_set=record.rule_set,
            program_code="SMALL",
            program_title="A small program",
            enrolled_on=record.enrolled_on,
            source_key=f"enrollment:{number}",
        )
        for number, person in enumerate(people)
    ]

    def work(number: int) -> Any:
        mine = TrainingRecord.objects.get(pk=records[number % len(records)].pk)
        for step in range(3):
            start = datetime(2026, 5, 1 + number, 10 + step, tzinfo=UTC)
            asked = part(60, spans=((start, start + timedelta(hours=1)),))
            post_hours(record=mine, source_key=f"class:{number}-{step}", parts=[asked])
        return make_checkpoint(log=HourLog.objects.get(), reason="asked")

    results = at_once(work)
    assert not [result for result in results if isinstance(result, Exception)]
    log = HourLog.objects.get()
    rows = HourEntry.objects.order_by("position").values_list("position", "leaf_hash")
    assert [position for position, _leaf in rows] == list(range(3 * TOGETHER))
    assert head_of(log)[1] == merkle.merkle_root(bytes.fromhex(leaf) for _position, leaf in rows).hex()
    assert Checkpoint.objects.filter(size=3 * TOGETHER).count() == 1
    assert sum(Balance.objects.values_list("minutes", flat=True)) == 3 * TOGETHER * 60
    assert audit().holds


def test_twenty_who_need_a_key_get_one(school: School) -> None:
    keys = at_once(lambda _n: ensure_key(purpose="log", name="palmar.log/riverbend"))
    assert {key.kid for key in keys} == {SigningKey.objects.get().kid}
