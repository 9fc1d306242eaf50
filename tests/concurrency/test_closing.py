"""A school closes in the moment in which a certificate is issued: one is first, and the other sees it."""

import threading
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Organisation, SchoolClosing, User
from accounts.services import hold_school
from certification.certificates.models import Certificate, CertificateProposal
from certification.certificates.selectors import today_at
from certification.certificates.services import issue_certificate, plan_closing, propose_certificate
from certification.records.models import TrainingRecord
from certification.records.services import close_due_schools, seal_record
from certification.requirements.models import RuleSet
from tests.certificates.making import complete
from tests.certificates.test_batches import another
from tests.concurrency.test_issue import at_once
from tests.worlds import School

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
HELD = 1.5
"""So many seconds the first transaction stays open after its work: the second comes within."""


def first_then(first: Callable[[], Any], second: Callable[[], Any]) -> tuple[Any, Any]:
    """What both gave or refused, `second` begun once `first` has done its work and not yet committed it."""
    done, over, results = threading.Event(), threading.Event(), {}

    def run(name: str, call: Callable[[], Any]) -> None:
        try:
            results[name] = call()
        except ValidationError as refused:
            results[name] = refused
        finally:
            connection.close()

    def slow() -> Any:
        with transaction.atomic():
            found = first()
            done.set()
            over.wait(HELD)
        return found

    def late() -> Any:
        assert done.wait(60)
        return second()

    threads = [threading.Thread(target=run, args=one) for one in (("first", slow), ("second", late))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return results["first"], results["second"]


@pytest.fixture(params=["open record", "sealed record"])
def proposal(request: Any, school: School, record: TrainingRecord) -> CertificateProposal:
    """A certificate that waits for its second hand; sealed, closing has no reason to wait for the learner."""
    complete(record)
    made = propose_certificate(record=record, by=school.registrar)
    if request.param == "sealed record":
        seal_record(record=record, by=school.registrar, reason="completed")
    return made


def test_a_certificate_of_today_is_seen_by_who_closes_as_of_yesterday(
    school: School, proposal: CertificateProposal
) -> None:
    day = today_at(school.school) - timedelta(days=1)

    def issue() -> Certificate:
        return issue_certificate(proposal=proposal, by=User.objects.get(pk=school.second_registrar.pk))

    def close() -> SchoolClosing | None:
        by = User.objects.get(pk=school.admin.pk)
        return plan_closing(
            school=school.school, last_day=day, custodian="An archive", contact="a@example.org", by=by,
            now=timezone.now(),
        )  # fmt: skip

    issued, closed = first_then(issue, close)
    assert isinstance(issued, Certificate)
    assert isinstance(closed, ValidationError) and "It issued a certificate on" in str(closed)
    assert not SchoolClosing.objects.exists()


def test_no_certificate_comes_out_of_a_school_that_closes(school: School, proposal: CertificateProposal) -> None:
    Organisation.objects.filter(pk=school.school.pk).update(closed_on=today_at(school.school))
    tomorrow = timezone.now() + timedelta(days=2)

    def issue() -> Certificate:
        return issue_certificate(proposal=proposal, by=User.objects.get(pk=school.second_registrar.pk))

    closed, issued = first_then(lambda: close_due_schools(now=tomorrow), issue)
    assert closed == 1 and SchoolClosing.objects.exists()
    assert isinstance(issued, ValidationError) and issued.code == "school_closed"
    assert not Certificate.objects.exists()


def test_several_issue_for_one_school_at_once(school: School, rule_set: RuleSet) -> None:
    """The hold is shared, and nobody who has it asks for more of the school: only closing waits."""
    proposals = [propose_certificate(record=another(school, rule_set, 1001 + n), by=school.registrar) for n in range(4)]

    def issue(number: int) -> Certificate:
        with transaction.atomic():
            hold_school(school=school.school)
            together.wait(30)  # all of them hold it before the first goes on
            return issue_certificate(proposal=proposals[number], by=User.objects.get(pk=school.second_registrar.pk))

    # SQLite has one writer at a time.
    together = Barrier(4 if connection.vendor == "postgresql" else 1)
    assert len({issued.code for issued in at_once(issue, 4)}) == 4
