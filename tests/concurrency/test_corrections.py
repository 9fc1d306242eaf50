"""Twenty at the same time: one proposal, one reversal, one new posting, one mail; one claim of a line."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from certification.records import services
from certification.records.models import Claim, Correction, HourEntry, OccupiedTime, Posting, TrainingRecord
from notices.models import Message
from tests.concurrency.test_issue import at_once
from tests.records.making import part
from tests.worlds import School

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
HALF = part(30, "2026-03-02 14:00", "2026-03-02 14:30")


@pytest.fixture
def entry(record: TrainingRecord) -> HourEntry:
    return services.post_hours(record=record, source_key="class:1", parts=[part()]).entries[0]


def propose(entry: HourEntry, by: User) -> Correction:
    return services.propose_correction(
        uuid=uuid4(), record=entry.record, entry=entry, parts=[HALF], reason="minutes", words="Half of it.", by=by
    )


def test_twenty_parallel_approvals_make_one_reversal_and_one_posting(school: School, entry: HourEntry) -> None:
    correction = propose(entry, school.registrar)
    people = [school.second_registrar.pk, school.admin.pk]

    def approve(number: int) -> Any:
        return services.approve_correction(correction=correction, by=User.objects.get(pk=people[number % 2]))

    results = at_once(approve)
    assert {type(result) for result in results} == {Correction}, results
    assert sorted(HourEntry.objects.values_list("minutes", flat=True)) == [-60, 30, 60]
    assert (Posting.objects.count(), OccupiedTime.objects.count()) == (3, 1)
    assert Message.objects.filter(key__startswith="correction:").count() == 1


def test_twenty_parallel_proposals_leave_one_open(school: School, entry: HourEntry) -> None:
    results = at_once(lambda _n: propose(entry, User.objects.get(pk=school.registrar.pk)))
    assert [type(result) for result in results].count(Correction) == 1, results
    assert {type(result) for result in results} == {Correction, ValidationError}, results
    assert Correction.objects.count() == 1


def test_approving_and_refusing_at_once_leave_one_of_the_two(school: School, entry: HourEntry) -> None:
    correction = propose(entry, school.registrar)

    def either(number: int) -> Any:
        by = User.objects.get(pk=school.admin.pk)
        if number % 2:
            return services.approve_correction(correction=correction, by=by)
        return services.refuse_correction(correction=correction, by=by, words="No.")

    at_once(either, 8)
    correction.refresh_from_db()
    assert HourEntry.objects.count() == (3 if correction.outcome == "approved" else 1)


def test_twenty_parallel_claims_of_a_line_are_one(school: School, entry: HourEntry) -> None:
    def claim(_number: int) -> Any:
        by = User.objects.get(pk=school.learner_user.pk)
        return services.make_claim(
            uuid=uuid4(), record=entry.record, entry=entry, day=date(2026, 3, 2), minutes=45, words="Too much.", by=by
        )

    results = at_once(claim)
    assert [type(result) for result in results].count(Claim) == 1, results
    assert (Claim.objects.count(), Message.objects.filter(key__startswith="claim:").count()) == (1, 1)
