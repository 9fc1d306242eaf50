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
from certification.certificates.kinds.completion import Completion
from certification.certificates.models import Certificate, CertificateDocument, CertificateProposal, IssueBatch
from certification.keys.models import SigningKey
from certification.keys.services import compromise_key
from certification.records.models import TrainingRecord
from certification.records.services import reverse_entry
from certification.requirements.models import RuleSet
from notices.models import Message
from tests.certificates.making import complete, issued
from tests.certificates.test_batches import another
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
    assert (Certificate.objects.count(), CertificateDocument.objects.count()) == (1, len(Completion.formats))
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


def test_twenty_workers_at_one_list_issue_each_once(school: School, record: TrainingRecord, rule_set: RuleSet) -> None:
    records = [complete(record), *(another(school, rule_set, number) for number in (1001, 1002, 1003))]
    batch = services.prepare_batch(school=school.school, records=records, by=school.registrar, source_key="x")
    at_once(lambda _n: services.run_batch(batch=IssueBatch.objects.get(pk=batch.pk)), 8)
    assert CertificateProposal.objects.count() == 4

    def sign(number: int) -> Any:
        by = User.objects.get(pk=[school.second_registrar.pk, school.admin.pk][number % 2])
        return services.sign_batch(batch=batch, by=by, expected=4)

    signed = {one.signed_by_id for one in at_once(sign, 8) if isinstance(one, IssueBatch)}
    assert len(signed) == 1, "one of the two signs; the other is told"
    moved = at_once(lambda _n: services.run_batch(batch=IssueBatch.objects.get(pk=batch.pk)), 8)
    services.run_batch(batch=batch)  # what somebody else held was passed over
    assert sum(one for one in moved if isinstance(one, int)) <= 4
    assert set(batch.rows.values_list("outcome", flat=True)) == {"issued"}
    assert (Certificate.objects.count(), CertificateDocument.objects.count()) == (
        4,
        4 * len(Completion.formats),
    )


def test_twenty_at_once_sign_anew_once(school: School, record: TrainingRecord) -> None:
    certificate = issued(school, complete(record))
    compromise_key(key=SigningKey.objects.get(purpose="token", retired_at=None))
    at_once(lambda _n: services.make_documents_anew(certificate=certificate), 8)
    assert certificate.documents.count() == 2 * len(Completion.formats)
    assert Message.objects.filter(key__contains=":signed-anew:").count() == 1
