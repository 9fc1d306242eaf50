"""Signing while a hold is placed, an hour corrected, an entry of the register ended, the old one revoked.

Each race is first shown without its guard: somebody looks, something happens, and she writes what she saw.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from certification import guards
from certification.certificates import kinds, services
from certification.certificates.models import Certificate, CertificateProposal, Revocation, Signer
from certification.certificates.selectors import evaluation_again, today_at
from certification.certificates.services import issuing
from certification.records.models import Hold, TrainingRecord
from certification.records.services import place_hold, reverse_entry
from tests.certificates.making import complete, issued
from tests.concurrency.test_issue import at_once
from tests.worlds import School

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@contextmanager
def without_guard(*names: str, table: str = "certificates_certificate") -> Iterator[None]:
    """The database without these guards; put back afterwards."""
    with connection.cursor() as cursor:
        for name in names:
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER guard_{table}_{name}{on}")
    try:
        yield
    finally:
        guards.install(connection)


@pytest.fixture
def proposal(school: School, record: TrainingRecord) -> CertificateProposal:
    return services.propose_certificate(record=complete(record), by=school.registrar)


def look_then_write(proposal: CertificateProposal, by: User, meanwhile: Callable[[], Any]) -> Certificate:
    """What who trusts her own look does: everything was there, so she writes it down, whatever happened since."""
    case = kinds.of(proposal.kind).judge(proposal.record)
    assert case.eligibility.met
    preparing, signing = (Signer.objects.get(user=user) for user in (proposal.proposed_by, by))
    meanwhile()
    with transaction.atomic():
        return issuing._freeze(proposal, case, preparing=preparing, issuing=signing)


def sign(proposal: CertificateProposal, user: User) -> Any:
    return services.issue_certificate(proposal=proposal, by=User.objects.get(pk=user.pk))


def hold(record: TrainingRecord, user: User) -> Hold:
    return place_hold(
        uuid=uuid4(), record=record, reason="order", words="See the board.", by=User.objects.get(pk=user.pk)
    )


# ---------------------------------------------------------------- a hold


def test_without_a_guard_a_certificate_is_issued_under_a_hold(school: School, proposal: CertificateProposal) -> None:
    with without_guard("held"):
        look_then_write(proposal, school.second_registrar, lambda: hold(proposal.record, school.admin))
    assert Hold.objects.filter(released_at=None).exists() and Certificate.objects.exists()


def test_the_guard_sees_the_hold(school: School, proposal: CertificateProposal) -> None:
    with pytest.raises(IntegrityError, match="while a hold stands"):
        look_then_write(proposal, school.second_registrar, lambda: hold(proposal.record, school.admin))
    assert not Certificate.objects.exists()


def test_signing_and_holding_at_once_have_one_truth(school: School, proposal: CertificateProposal) -> None:
    def either(number: int) -> Any:
        if number % 2:
            return sign(proposal, school.second_registrar)
        return hold(proposal.record, school.admin)

    results = at_once(either, 6)
    refused = [one for one in results[1::2] if isinstance(one, ValidationError)]
    assert Hold.objects.count() == 1
    if Certificate.objects.exists():
        assert not refused, "it was issued before the hold, and whoever asked later was told so"
    else:
        assert len(refused) == 3
        assert all("A hold stands" in one.messages[0] for one in refused)


# ---------------------------------------------------------------- a correction


def test_without_the_lock_a_certificate_counts_a_minute_that_was_taken_back(
    school: School, proposal: CertificateProposal
) -> None:
    entry = proposal.record.entries.get(category="nmt_trp")
    certificate = look_then_write(
        proposal,
        school.second_registrar,
        lambda: reverse_entry(entry=entry, source_key="fix:1", reason="clerical", recorded_by=school.admin),
    )
    assert certificate.facts["totals"]["total"]["counted"] == 600
    again = evaluation_again(certificate)
    assert again and again["total"]["counted"] == 480, "at the log that it names, the lines say otherwise"


def test_signing_and_correcting_at_once_have_one_truth(school: School, proposal: CertificateProposal) -> None:
    entry = proposal.record.entries.get(category="nmt_trp")

    def either(number: int) -> Any:
        if number % 2:
            return sign(proposal, school.second_registrar)
        by = User.objects.get(pk=school.admin.pk)
        return reverse_entry(entry=entry, source_key="fix:1", reason="clerical", recorded_by=by)

    at_once(either, 6)
    for certificate in Certificate.objects.all():
        again = evaluation_again(certificate)
        assert again and again["total"]["counted"] == certificate.facts["totals"]["total"]["counted"] == 600


# ---------------------------------------------------------------- the register


def ended(school: School, user: User) -> Signer:
    return services.end_signer(
        signer=Signer.objects.get(user=user),
        until_on=today_at(school.school) - timedelta(days=1),
        by=User.objects.get(pk=school.admin.pk),
    )


def test_without_a_guard_somebody_signs_whose_entry_ended(school: School, proposal: CertificateProposal) -> None:
    with without_guard("signed"):
        certificate = look_then_write(proposal, school.second_registrar, lambda: ended(school, school.second_registrar))
    assert not Signer.objects.get(user=school.second_registrar).stands_on(certificate.issued_on)


@pytest.mark.parametrize("who", ["registrar", "second_registrar"])
def test_the_guard_reads_the_register(school: School, proposal: CertificateProposal, who: str) -> None:
    with pytest.raises(IntegrityError, match="on the register that day"):
        look_then_write(proposal, school.second_registrar, lambda: ended(school, getattr(school, who)))
    assert not Certificate.objects.exists()


@pytest.mark.parametrize("who", ["registrar", "second_registrar"])
def test_signing_and_ending_the_entry_at_once_have_one_truth(
    school: School, proposal: CertificateProposal, who: str
) -> None:
    def either(number: int) -> Any:
        if number % 2:
            return sign(proposal, school.second_registrar)
        return ended(school, getattr(school, who))

    at_once(either, 6)
    stands = Signer.objects.get(user=getattr(school, who)).until_on is None
    assert Certificate.objects.exists() == stands, "either it was signed and the entry stays, or it ended first"


# ---------------------------------------------------------------- many hands, and a replacement


def test_who_trusts_her_look_twice_is_stopped_by_the_database(school: School, proposal: CertificateProposal) -> None:
    look_then_write(proposal, school.second_registrar, lambda: None)
    with pytest.raises(IntegrityError):
        look_then_write(proposal, school.second_registrar, lambda: None)
    assert Certificate.objects.count() == 1


def test_twenty_parallel_replacements_make_one(school: School, record: TrainingRecord) -> None:
    old = issued(school, complete(record))
    proposals = at_once(
        lambda _n: services.propose_replacement(
            certificate=old, because="document_error", by=User.objects.get(pk=school.registrar.pk)
        )
    )
    assert {type(one) for one in proposals} == {CertificateProposal}, proposals
    assert len({one.pk for one in proposals}) == 1
    signers = [school.second_registrar, school.admin]
    results = at_once(lambda number: sign(proposals[0], signers[number % 2]))
    assert {type(one) for one in results} == {Certificate}, results
    assert Certificate.objects.filter(supersedes=old).count() == 1


def test_replacing_and_revoking_at_once_have_one_truth(school: School, record: TrainingRecord) -> None:
    """Either it was replaced first and then revoked too, or it was revoked first and nothing took its place."""
    old = issued(school, complete(record))
    proposal = services.propose_replacement(certificate=old, because="document_error", by=school.registrar)

    def either(number: int) -> Any:
        if number % 2:
            return sign(proposal, school.second_registrar)
        by = User.objects.get(pk=school.admin.pk)
        return services.revoke_certificate(certificate=old, by=by, reason="order", on=old.today())

    results = at_once(either, 6)
    assert Revocation.objects.count() == 1
    refused = [one for one in results if isinstance(one, ValidationError)]
    if Certificate.objects.filter(supersedes=old).exists():
        assert not refused
    else:
        assert all("It was revoked, and stays so" in one.messages[0] for one in refused) and len(refused) == 3


def test_without_a_guard_a_revoked_one_is_replaced(school: School, record: TrainingRecord) -> None:
    old = issued(school, complete(record))
    proposal = services.propose_replacement(certificate=old, because="document_error", by=school.registrar)

    def revoke() -> None:
        services.revoke_certificate(certificate=old, by=school.admin, reason="order", on=old.today())

    with without_guard("followed"):
        look_then_write(proposal, school.second_registrar, revoke)
    assert Certificate.objects.filter(supersedes=old).exists() and Revocation.objects.filter(certificate=old).exists()


def test_the_guard_sees_the_revocation(school: School, record: TrainingRecord) -> None:
    old = issued(school, complete(record))
    proposal = services.propose_replacement(certificate=old, because="document_error", by=school.registrar)
    with pytest.raises(IntegrityError, match="never replaced, only followed"):
        look_then_write(
            proposal,
            school.second_registrar,
            lambda: services.revoke_certificate(certificate=old, by=school.admin, reason="order", on=old.today()),
        )
