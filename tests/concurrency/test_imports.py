"""Two registrars let the same file pass at the same instant: its rows are posted once."""

from collections.abc import Iterator
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from certification import guards
from certification.records.models import CourseResult, HourEntry, ImportBatch, ImportRun, Posting
from certification.records.services import approve_import, imports, propose_import, refuse_import
from certification.requirements.models import RuleSet
from certification.verification.audit import audit
from cms.desk.places import SchoolPlaces
from cms.desk.services import let_pass
from courses.catalog.models import Program
from courses.enrollments.models import Enrollment
from tests.cms.test_imports import row, table
from tests.concurrency.test_issue import at_once
from tests.worlds import School

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
TOGETHER = 8


@pytest.fixture
def batch(school: School, rule_set: RuleSet) -> ImportBatch:
    Program.objects.create(school=school.school, code="SMALL", title="A small program", rule_set=rule_set)
    rows = [row(), row(date="2024-05-13", grade_percent="91.5"), row(email="new@example.org", legal_name="Nora New")]
    return propose_import(
        school=school.school, data=table(*rows), name="x.csv", places=SchoolPlaces(school.school), by=school.registrar
    )


def tally() -> tuple[int, ...]:
    return tuple(one._default_manager.count() for one in (Posting, HourEntry, CourseResult, Enrollment))


def deciders(school: School) -> list[int]:
    return [school.second_registrar.pk, school.admin.pk]


@pytest.fixture
def unguarded() -> Iterator[None]:
    """The database without its guard against a second decision; put back afterwards."""
    on = " ON records_importbatch" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER guard_records_importbatch_decided{on}")
    yield
    guards.install(connection)


def look_then_decide(school: School, batch: ImportBatch) -> list[Any]:
    """What who trusts her own look does: nobody decided it, so she does. Two at the same time."""
    looked, people = Barrier(2, timeout=30), deciders(school)

    def work(number: int) -> Any:
        by = User.objects.get(pk=people[number])
        mine = ImportBatch.objects.get(pk=batch.pk)
        is_open = mine.is_open
        looked.wait()
        try:
            with transaction.atomic():
                return is_open and imports._decide(mine, ImportBatch.Outcome.POSTED, by, "")
        except IntegrityError as refused:
            return refused

    return at_once(work, 2)


def test_without_a_guard_two_decide_and_one_is_forgotten(school: School, batch: ImportBatch, unguarded: None) -> None:
    results = look_then_decide(school, batch)
    assert sorted(result.decided_by_id for result in results) == sorted(deciders(school)), (
        "both think that it is theirs"
    )


def test_with_the_guard_one_of_them_is_refused(school: School, batch: ImportBatch) -> None:
    results = look_then_decide(school, batch)
    assert sorted(type(result).__name__ for result in results) == ["ImportBatch", "IntegrityError"]


def test_parallel_approvals_post_the_file_once(school: School, batch: ImportBatch) -> None:
    people = deciders(school)

    def approve(number: int) -> Any:
        by = User.objects.get(pk=people[number % 2])
        return approve_import(batch=batch, places=SchoolPlaces(batch.school), by=by)

    results = at_once(approve, TOGETHER)
    assert {type(result) for result in results} == {ImportBatch}, results
    assert len({result.decided_by_id for result in results}) == 1, "one lands, the others are told whose it is"
    assert tally() == (3, 3, 1, 2)
    assert audit().holds


def test_parallel_approvals_on_screen_are_one_run(school: School, batch: ImportBatch) -> None:
    people = deciders(school)
    results = at_once(lambda n: let_pass(batch=batch, by=User.objects.get(pk=people[n % 2])), TOGETHER)
    assert len({result.pk for result in results}) == 1, results
    assert (ImportRun.objects.get().state, tally()) == ("done", (3, 3, 1, 2))


def test_approving_and_refusing_at_once_leave_one_of_the_two(school: School, batch: ImportBatch) -> None:
    def either(number: int) -> Any:
        by = User.objects.get(pk=school.admin.pk)
        if number % 2:
            return approve_import(batch=batch, places=SchoolPlaces(batch.school), by=by)
        return refuse_import(batch=batch, by=by, words="No.")

    at_once(either, TOGETHER)
    batch.refresh_from_db()
    assert tally() == ((3, 3, 1, 2) if batch.outcome == "posted" else (0, 0, 0, 0))
    assert batch.outcome in {"posted", "refused"}
