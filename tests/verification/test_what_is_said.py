"""What an organisation is told of a certificate that is no plain valid one: words for a hurried clerk, and what to do."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from defusedcsv import csv
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import Organisation
from certification.certificates.models import Certificate
from certification.certificates.services import issue_certificate, propose_certificate, revoke_certificate
from certification.codes import code_from_bits
from certification.keys.services import sign_statement
from certification.records.models import TrainingRecord
from certification.records.services import close_school
from certification.verification.models import Check, Receipt
from certification.verification.offline import check_file, read_did_document
from certification.verification.offline.receipt import MOST_INSIDE, TYP, receipt_claims
from certification.verification.selectors import asked_and_told, lines_of
from certification.verification.services.receipts import fresh_salt, platform_did
from certification.verification.verdicts import Asked
from tests.certificates.making import replaced
from tests.verification.asking import a_key, ask, college
from tests.verification.test_asking_desk import text_of
from tests.worlds import School

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


@pytest.fixture
def tidewater(school: School) -> Any:
    return college()


@pytest.fixture
def letter(school: School, record: TrainingRecord) -> Certificate:
    proposal = propose_certificate(record=record, by=school.registrar, kind="letter")
    return issue_certificate(proposal=proposal, by=school.second_registrar)


def page_of(tidewater: Any, made: Check) -> str:
    client = Client()
    client.force_login(tidewater[1], backend="accounts.backends.EmailBackend")
    return text_of(client.get(f"/checks/{made.uuid}/"))


def said_of(tidewater: Any, certificate: Certificate) -> str:
    return page_of(tidewater, ask(*tidewater, Asked(certificate.code)))


def test_a_letter_is_never_taken_for_a_certificate_of_completion(letter: Certificate, tidewater: Any) -> None:
    """Its title is that of the program, so each answer says what it is."""
    made = ask(*tidewater, Asked(letter.code))
    said = page_of(tidewater, made)
    assert "This letter of hours was valid when you checked" in said
    assert "No certificate of completion" in said
    client = Client()
    answer = client.post(
        "/api/v1/verifications",
        json.dumps({"items": [{"code": letter.code}]}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {a_key(*tidewater)[1]}"},
    ).json()
    assert answer["items"][0]["kind"] == "letter"
    trusted = read_did_document(client.get("/.well-known/did.json").content.decode())
    checked = check_file(answer["receipt"].encode(), trusted, timezone.now())
    assert checked.holds
    assert f"Line 1: {letter.code}: valid, letter" in checked.notes
    client.force_login(tidewater[1], backend="accounts.backends.EmailBackend")
    table = client.get(f"/checks/{made.uuid}/answers.csv").content.decode()
    assert next(csv.DictReader(table.splitlines()))["kind"] == "letter"
    many = ask(*tidewater, Asked(letter.code), Asked(letter.code, "Jun Park"), key="two")
    said = page_of(tidewater, many)
    assert said.count("Interim letter of hours") == 2
    mixed = ask(*tidewater, Asked(letter.code), Asked(code_from_bits(777)), key="three")
    assert "Letter of hours, no certificate" in page_of(tidewater, mixed), "it stands in the sums above them"
    alone = text_of(client.get(f"/checks/{mixed.uuid}/?show=letter"))
    assert letter.code in alone and code_from_bits(777) not in alone
    with time_machine.travel(timezone.now() + timedelta(days=100), tick=False):
        late = page_of(tidewater, ask(*tidewater, Asked(letter.code), key="late"))
    assert "This letter of hours had expired when you checked" in late
    assert "ask the graduate for a renewed one" in late


def test_a_certificate_of_completion_says_what_it_is(certificate: Certificate, tidewater: Any) -> None:
    said = said_of(tidewater, certificate)
    assert "It was valid when you checked" in said
    assert f"{certificate.school_name} stood behind it" in said
    assert "Certificate of completion" in said
    assert "letter" not in said


def test_each_state_comes_with_its_day_and_what_to_do(certificate: Certificate, school: School, tidewater: Any) -> None:
    replaced(school, certificate)
    said = said_of(tidewater, certificate)
    assert "It was replaced when you checked" in said
    assert "Ask the graduate for the code of that one" in said


def test_a_revoked_one_proves_nothing_at_the_desk_too(certificate: Certificate, school: School, tidewater: Any) -> None:
    day = certificate.today()
    revoke_certificate(certificate=certificate, by=school.registrar, reason="fraud", on=day, words="for the file")
    said = said_of(tidewater, certificate)
    assert "It was revoked when you checked" in said
    assert f"revoked it from {day:%-d %B %Y}" in said
    assert "It proves nothing any more" in said
    assert "false statements" not in said, "why is told where the graduate opened it"
    assert "for the file" not in said


def test_that_a_school_has_closed_is_told_at_the_desk_too(
    certificate: Certificate, school: School, tidewater: Any
) -> None:
    today = certificate.today()
    assert "The school has closed" not in said_of(tidewater, certificate)
    Organisation.objects.filter(pk=school.school.pk).update(
        closed_on=today, custodian="Coastal Archive", custodian_contact="912 555 0177"
    )
    school.school.refresh_from_db()
    close_school(school=school.school, now=timezone.now() + timedelta(days=2))
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        said = page_of(tidewater, ask(*tidewater, Asked(certificate.code), key="after"))
    assert "It was valid when you checked" in said
    assert f"closed on {today:%-d %B %Y}" in said
    assert "Coastal Archive" in said and "912 555 0177" in said
    assert "issued it before it closed" in said and "stood behind it" not in said


def test_a_receipt_from_before_answers_said_the_kind_keeps_its_lines(certificate: Certificate, tidewater: Any) -> None:
    made = ask(*tidewater, *[Asked(certificate.code)] * (MOST_INSIDE + 1))
    rows = [asked_and_told(line) for line in lines_of(made)]
    for row in rows:
        row["told"].pop("kind")
    claims = receipt_claims(
        issuer=platform_did(),
        check=str(made.uuid),
        asked_by={"name": tidewater[0].name, "id": str(tidewater[0].uuid)},
        asked_at="2026-11-29T12:00:00Z",
        second=1795953600,
        salt=fresh_salt(),
        rows=rows,
        checkpoints=[],
    )
    trusted = read_did_document(Client().get("/.well-known/did.json").content.decode())
    client = Client()
    client.force_login(tidewater[1], backend="accounts.backends.EmailBackend")
    fresh = client.get(f"/checks/{made.uuid}/receipt.json").content
    assert json.loads(fresh)["rows"][0]["told"]["kind"] == "completion"
    assert check_file(fresh, trusted, timezone.now()).holds
    token, key = sign_statement(claims, did=platform_did(), typ=TYP)
    Receipt.objects.create(check_of=made, version=2, key=key, token=token)
    kept = client.get(f"/checks/{made.uuid}/receipt.json").content
    assert "kind" not in json.loads(kept)["rows"][0]["told"]
    assert check_file(kept, trusted, timezone.now()).holds
