"""What still verifies when the person behind a certificate has been erased, and what is gone."""

import json
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.models import User
from certification.certificates import services as certificates
from certification.certificates.models import Certificate
from certification.keys.proofs import integrity
from certification.records.models import HourEntryText, TrainingRecord
from certification.records.services import erase_words, seal_record
from certification.verification.audit import audit
from certification.verification.models import Consent, Disclosure, Sending
from certification.verification.selectors import status_of
from certification.verification.services import send_to_graduate
from cms.desk.services import erase_person, erase_what_is_due, plan_erasure
from notices.models import Message
from tests.certificates.conftest import certificate, ready
from tests.certificates.test_files import body_of, keys
from tests.certificates.test_pages import text_of
from tests.layers import layer
from tests.sharing import share
from tests.worlds import School

__all__ = ["certificate", "ready"]
pytestmark = pytest.mark.django_db
GRADUATE = "daniela@example.org"


@layer
def shared(school: School, certificate: Certificate) -> str:
    """The token of a link to her certificate; it was also sent to her again, and her record is sealed."""
    send_to_graduate(certificate=certificate, by=school.registrar, key="1")
    _consent, token = share(certificate, until_on=certificate.today() + timedelta(days=300))
    Client().get(f"/verify/{certificate.code}?t={token}")
    seal_record(record=certificate.record, by=school.registrar, reason="completed")
    return token


def erase(school: School, on: date) -> None:
    erase_person(user=User.objects.get(email=GRADUATE), today=on, by=school.registrar)


def still_verifies(certificate: Certificate) -> None:
    """The minimal record: code, state, title, school, day, the name that is asked, signatures, status list."""
    answer = Client().get(f"/api/v1/verify/{certificate.code}?name=Daniela Reyes").json()
    assert (answer["status"], answer["name"]) == ("valid", "match")
    page = text_of(Client().get(f"/verify/{certificate.code}"))
    assert "Valid" in page and certificate.title in page and "Daniela" not in page
    ed25519, _rsa = keys(certificate)
    for format_ in ("json", "clr"):
        assert integrity.verify(json.loads(body_of(certificate, format_)), ed25519)
    place = certificate.status_places.select_related("list").first()
    assert place and Client().get(f"/status/{place.list.uuid}").status_code == 200
    assert audit().holds


@pytest.fixture
def within(school: School, shared: str) -> str:
    """Erased soon after, while boards may still ask for names."""
    erase(school, date(2026, 12, 1))
    return shared


def test_within_the_duty_it_verifies_and_every_door_of_hers_is_shut(within: str, certificate: Certificate) -> None:
    still_verifies(certificate)
    page = Client().get(f"/verify/{certificate.code}?t={within}")
    assert "Daniela" not in text_of(page), "her link shows nothing more than the code alone"
    assert Client().get(f"/certificates/{certificate.code}.pdf?t={within}").status_code == 404
    assert not Consent.objects.filter(withdrawn_at=None).exists()
    user = TrainingRecord.objects.get(pk=certificate.record_id).learner.user
    assert user and not user.is_active and user.legal_name == "Daniela Reyes"
    assert Certificate.objects.get().holder_name == "Daniela Reyes", "as it was printed (decision 0007)"
    assert HourEntryText.objects.exists(), "names behind attendance are kept so long"


def test_nothing_more_is_mailed_to_who_was_erased(within: str, school: School, certificate: Certificate) -> None:
    before = Message.objects.count()
    certificates.revoke_certificate(
        certificate=certificate, by=school.registrar, reason="order", on=certificate.today()
    )
    assert status_of(certificate.code).status == "revoked"
    assert Message.objects.count() == before


def test_the_plan_says_what_goes(school: School, shared: str) -> None:
    plan = plan_erasure(User.objects.get(email=GRADUATE), today=date(2026, 12, 1))
    lines = {line.what: line for line in plan.lines}
    assert lines["consents by which others see her certificates"].goes
    assert not lines["certificates, with the name printed on them"].goes
    assert not lines["to which addresses certificates were sent"].goes
    assert lines["to which addresses certificates were sent"].until == plan.duty_until
    assert not lines["consents to see certificates: whom she named, what for, her signature"].goes


ERASED_AT = "erased_at = '2040-01-01 00:00:00+00'"


def attack(change: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE verification_sending SET {change}")


def test_an_address_goes_only_on_a_ground_whole_and_alone(school: School, shared: str) -> None:
    record = TrainingRecord.objects.get(certificates__isnull=False)
    with pytest.raises(DatabaseError, match="never erased without a ground"):
        attack(f"address = '', {ERASED_AT}")
    erase_words(record=record, basis="asked")
    for change in ("address = ''", f"address = 'x@y.example', {ERASED_AT}", f"address = '', by_id = 0, {ERASED_AT}"):
        with pytest.raises(DatabaseError, match="never"):
            attack(change)
    attack(f"address = '', {ERASED_AT}")
    assert Sending.objects.get().address == ""


WORDS = "recipient = '', purpose = '', statement = '', signed_name = ''"


def refused(sql: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
            assert cursor.rowcount, "the attack met no row"
            transaction.set_rollback(True)
    except DatabaseError as error:
        return "never" in str(error)
    return False


def test_the_words_of_a_consent_go_only_on_a_ground_whole_and_alone(
    school: School, shared: str, certificate: Certificate
) -> None:
    consent = f"UPDATE verification_consent SET {WORDS}, {ERASED_AT}"
    look = f"UPDATE verification_disclosure SET purpose = '', {ERASED_AT}"
    assert refused(consent) and refused(look)
    erase_words(record=certificate.record, basis="asked")
    assert not refused(consent) and not refused(look)
    for change in (", scope = 'totals'", ", until_on = '2099-01-01'", ", withdrawn_at = granted_at"):
        assert refused(consent + change), change
    assert refused(f"{look}, who = 'x'") and refused(f"{look}, told = ''")
    for column in ("recipient", "purpose", "statement", "signed_name"):
        assert refused(consent.replace(f"{column} = ''", f"{column} = 'x'")), "words go, they are not rewritten"
    assert refused(f"UPDATE verification_consent SET {WORDS}") and refused(
        "UPDATE verification_disclosure SET purpose = ''"
    )


def test_after_the_duty_the_minimal_record_still_verifies(
    within: str, school: School, certificate: Certificate
) -> None:
    later = date(2040, 1, 1)
    assert list(erase_what_is_due(today=later, confirm=True))
    record = TrainingRecord.objects.get(pk=certificate.record_id)
    assert record.learner.user is None
    assert not HourEntryText.objects.filter(entry__record=record).exists()
    sending = Sending.objects.get()
    assert (sending.address, sending.by) == ("", school.registrar) and sending.erased_at
    consent, look = Consent.objects.get(), Disclosure.objects.get()
    assert {consent.recipient, consent.purpose, consent.statement, consent.signed_name, look.purpose} == {""}
    assert (consent.scope, look.told) == ("transcript", "valid, name, totals"), "that it was told, and how much, stays"
    still_verifies(certificate)
    with time_machine.travel(datetime(2026, 12, 2, 12), tick=False):
        page = school.client(school.registrar).get(f"/desk/custody/{certificate.code}/")
    assert "The address was erased." in text_of(page) and "This account is closed" in text_of(page)
    assert not list(erase_what_is_due(today=later, confirm=True)), "and again there is nothing to do"
