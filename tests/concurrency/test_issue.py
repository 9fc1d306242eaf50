"""Twenty at the same time: one proposal, one certificate, one document, one mail."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import close_old_connections, connection

from accounts.models import User
from certification.certificates import services
from certification.certificates.models import Certificate, CertificateDocument, CertificateProposal
from certification.records.models import TrainingRecord
from certification.records.services import reverse_entry
from notices.models import Message
from tests.certificates.making import complete
from tests.worlds import School

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
TOGETHER = 20


def at_once(work: Callable[[int], Any], times: int = TOGETHER) -> list[Any]:
    """Run `work` in so many threads, each with its own connection, all let go at the same moment."""
    gate = Barrier(times)

    def one(number: int) -> Any:
        close_old_connections()
        gate.wait()
        try:
            return work(number)
        except ValidationError as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def test_twenty_parallel_issues_make_one_certificate(school: School, record: TrainingRecord) -> None:
    complete(record)
    proposal = services.propose_certificate(record=record, by=school.registrar)
    signers = [school.second_registrar.pk, school.admin.pk]

    def issue(number: int) -> Any:
        by = User.objects.get(pk=signers[number % 2])
        return services.issue_certificate(proposal=proposal, by=by)

    results = at_once(issue)
    assert {type(result) for result in results} == {Certificate}, results
    assert len({result.code for result in results}) == 1
    assert (Certificate.objects.count(), CertificateDocument.objects.count()) == (1, len(CertificateDocument.Format))
    assert Message.objects.filter(key__startswith="certificate:").count() == 1


def test_twenty_parallel_proposals_make_one(school: School, record: TrainingRecord) -> None:
    complete(record)
    results = at_once(
        lambda _n: services.propose_certificate(record=record, by=User.objects.get(pk=school.registrar.pk))
    )
    assert {type(result) for result in results} == {CertificateProposal}, results
    assert CertificateProposal.objects.count() == 1


def test_signing_and_withdrawing_at_once_leave_one_of_the_two(school: School, record: TrainingRecord) -> None:
    complete(record)
    proposal = services.propose_certificate(record=record, by=school.registrar)

    def either(number: int) -> Any:
        by = User.objects.get(pk=school.second_registrar.pk)
        if number % 2:
            return services.issue_certificate(proposal=proposal, by=by)
        return services.withdraw_proposal(proposal=proposal, by=by)

    at_once(either, 8)
    proposal.refresh_from_db()
    assert Certificate.objects.exists() != (proposal.withdrawn_at is not None)


def test_a_minute_taken_back_meanwhile_is_seen(school: School, record: TrainingRecord) -> None:
    """Either the certificate was first, with all its minutes, or the reversal was, and nothing was issued."""
    complete(record)
    proposal = services.propose_certificate(record=record, by=school.registrar)
    entry = record.entries.get(category="nmt_trp")

    def either(number: int) -> Any:
        by = User.objects.get(pk=school.second_registrar.pk)
        if number % 2:
            return services.issue_certificate(proposal=proposal, by=by)
        return reverse_entry(entry=entry, source_key="fix:1", reason="clerical", recorded_by=by)

    at_once(either, 4)
    certificate = Certificate.objects.first()
    if certificate:
        assert certificate.log_size == 3, "the head was read before the reversal"
        assert certificate.facts["totals"]["total"]["counted"] == 600
