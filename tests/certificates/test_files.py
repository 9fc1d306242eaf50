"""The files of a certificate: all at once, signed by the school's keys, served as kept; lists, achievements, DIDs, keys."""

import io
import json
from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from certification.certificates import baking, services, status
from certification.certificates.models import Certificate, StatusList, StatusPlace
from certification.certificates.services import papers
from certification.keys import keyfile, x509
from certification.keys.models import SigningKey
from certification.keys.proofs import integrity, jws
from certification.keys.proofs.integrity import BadProofError, UnsignableError
from certification.keys.selectors import document_of, keys_in
from certification.keys.services import KeyFileError, compromise_key, rotate_key
from certification.records.models import TrainingRecord
from notices.models import Message
from tests.certificates.making import issued, replaced
from tests.worlds import School

pytestmark = pytest.mark.django_db


def body_of(certificate: Certificate, format_: str) -> bytes:
    return bytes(certificate.documents.get(format=format_).body)


def keys(certificate: Certificate) -> Any:
    answer = Client().get(f"/schools/{certificate.school.slug}/did.json")
    assert answer["Access-Control-Allow-Origin"] == "*"
    return keys_in(answer.json())


def test_every_file_is_signed_by_the_keys_of_the_schools_document(certificate: Certificate) -> None:
    ed25519, rsa = keys(certificate)
    badge = json.loads(body_of(certificate, "json"))
    assert integrity.verify(badge, ed25519)
    transcript = json.loads(body_of(certificate, "clr"))
    assert integrity.verify(transcript, ed25519)
    for part in transcript["credentialSubject"]["verifiableCredential"]:
        assert integrity.verify(part, ed25519)
    token = jws.verify_jwt(body_of(certificate, "jwt").decode(), rsa)
    assert token == {name: value for name, value in badge.items() if name != "proof"}
    assert json.loads(baking.credential_in(body_of(certificate, "png"))) == badge


def test_the_documents_carry_their_credential_and_a_seal(certificate: Certificate) -> None:
    for format_ in ("pdf", "transcript"):
        pdf = body_of(certificate, format_)
        assert b"/ETSI.CAdES.detached" in pdf
        assert b"credential.json" in pdf


@pytest.mark.parametrize(
    "address,format_,kind",
    [
        ("/certificates/{}.pdf", "pdf", "application/pdf"),
        ("/certificates/{}.json", "json", "application/vc+ld+json"),
        ("/certificates/{}.jwt", "jwt", "application/vc+jwt"),
        ("/certificates/{}.png", "png", "image/png"),
        ("/transcripts/{}.pdf", "transcript", "application/pdf"),
        ("/transcripts/{}.json", "clr", "application/vc+ld+json"),
    ],
)
def test_each_file_is_served_as_kept_and_to_no_stranger(
    school: School, certificate: Certificate, address: str, format_: str, kind: str
) -> None:
    where = address.format(certificate.code)
    answer = school.client(school.learner_user).get(where)
    assert (answer.status_code, answer["Content-Type"], answer.content) == (200, kind, body_of(certificate, format_))
    assert answer["Cache-Control"] == "private, no-store"
    for client in (Client(), school.client(school.other_learner_user), school.client(school.foreign_registrar)):
        assert client.get(where).status_code == 404


def test_until_the_files_are_made_the_page_says_so(school: School, ready: TrainingRecord) -> None:
    proposal = services.propose_certificate(record=ready, by=school.registrar)
    certificate = services.issue_certificate(proposal=proposal, by=school.second_registrar)
    answer = school.client(school.learner_user).get(f"/certificates/{certificate.code}.pdf")
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert Client().get(f"/certificates/{certificate.code}.pdf").status_code == 404, "a stranger learns nothing"
    assert not Message.objects.filter(key__endswith=":issued").exists(), "she is told when they are there"
    assert services.due_papers() == 1
    assert school.client(school.learner_user).get(f"/certificates/{certificate.code}.pdf").status_code == 200
    assert Message.objects.filter(key__endswith=":issued").count() == 1


def test_a_lost_key_leaves_no_half_and_the_next_tick_makes_all(
    school: School, ready: TrainingRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal = services.propose_certificate(record=ready, by=school.registrar)
    certificate = services.issue_certificate(proposal=proposal, by=school.second_registrar)
    known = keyfile.private_jwk

    def gone(kid: str) -> dict[str, Any]:
        raise KeyFileError("gone")

    monkeypatch.setattr(keyfile, "private_jwk", gone)
    assert services.due_papers() == 0
    assert not certificate.documents.exists()
    monkeypatch.setattr(keyfile, "private_jwk", known)
    assert services.due_papers() == 1
    assert certificate.documents.count() == 6


def test_one_that_cannot_be_signed_keeps_no_other_waiting(
    school: School, ready: TrainingRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal = services.propose_certificate(record=ready, by=school.registrar)
    first = services.issue_certificate(proposal=proposal, by=school.second_registrar)
    second = replaced(school, first)
    known = papers._bodies

    def refusing(certificate: Certificate, now: Any) -> dict[str, bytes]:
        if certificate.pk == first.pk:
            raise UnsignableError("no context defines it")
        return known(certificate, now)

    monkeypatch.setattr(papers, "_bodies", refusing)
    assert services.due_papers() == 1
    assert second.documents.count() == 6
    assert not first.documents.exists()


def test_her_page_and_the_desk_offer_every_file(school: School, certificate: Certificate) -> None:
    pages = (
        school.client(school.learner_user).get("/certificates/"),
        school.client(school.registrar).get(f"/desk/certificates/{certificate.record.uuid}/"),
    )
    for page in pages:
        said = page.content.decode()
        for address in ("certificates/{}.pdf", "certificates/{}.json", "certificates/{}.jwt", "certificates/{}.png",
                        "transcripts/{}.pdf", "transcripts/{}.json"):  # fmt: skip
            assert f'href="/{address.format(certificate.code)}' in said, address


def test_her_page_says_when_files_are_on_their_way(school: School, ready: TrainingRecord) -> None:
    proposal = services.propose_certificate(record=ready, by=school.registrar)
    services.issue_certificate(proposal=proposal, by=school.second_registrar)
    assert (
        "The files are being made and signed"
        in school.client(school.learner_user).get("/certificates/").content.decode()
    )


# ---- what was revoked ------------------------------------------------------------------------------------------------


def revoked_bit(certificate: Certificate, part: str) -> bool:
    place = certificate.status_places.select_related("list").get(part=part)
    answer = Client().get(f"/status/{place.list.uuid}")
    document = answer.json()
    assert document["id"].endswith(f"/status/{place.list.uuid}")
    assert integrity.verify(document, keys(certificate)[0])
    return status.is_set(document["credentialSubject"]["encodedList"], place.place)


def test_revoking_sets_both_bits_and_no_other(school: School, certificate: Certificate) -> None:
    assert [revoked_bit(certificate, part) for part in StatusPlace.Part.values] == [False, False]
    services.revoke_certificate(certificate=certificate, by=school.registrar, reason="fraud", on=certificate.today())
    services.due_lists()  # what the task does once the transaction is over
    assert [revoked_bit(certificate, part) for part in StatusPlace.Part.values] == [True, True]
    body = StatusList.objects.get().body
    assert "fraud" not in body
    assert "Daniela" not in body


def test_a_replaced_certificate_is_revoked_for_outsiders(school: School, certificate: Certificate) -> None:
    later = replaced(school, certificate)
    services.mark_stale(certificate)
    services.due_lists()
    assert revoked_bit(certificate, "certificate")
    services.make_documents(certificate=later)
    assert not revoked_bit(later, "certificate")


def test_the_credential_names_its_place_in_the_list(certificate: Certificate) -> None:
    badge = json.loads(body_of(certificate, "json"))
    place = certificate.status_places.select_related("list").get(part="certificate")
    assert badge["credentialStatus"]["statusListIndex"] == str(place.place)
    assert badge["credentialStatus"]["statusListCredential"].endswith(f"/status/{place.list.uuid}")


def test_a_list_as_token_for_who_asks_so(certificate: Certificate) -> None:
    found = StatusList.objects.get()
    answer = Client().get(f"/status/{found.uuid}", headers={"Accept": "application/vc+jwt"})
    assert answer["Content-Type"] == "application/vc+jwt"
    document = jws.verify_jwt(answer.content.decode(), keys(certificate)[1])
    assert document["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]


def test_a_fresh_list_is_served_by_one_query(certificate: Certificate) -> None:
    found = StatusList.objects.get()
    Client().get(f"/status/{found.uuid}")
    with CaptureQueriesContext(connection) as seen:
        Client().get(f"/status/{found.uuid}")
    assert len(seen) == 1


def test_places_are_drawn_and_never_given_twice(school: School, certificate: Certificate) -> None:
    places = services.lists.reserve_places(certificate)
    assert services.lists.reserve_places(certificate) == places
    assert len({place.place for place in places.values()}) == 2


# ---- achievements, documents of keys ---------------------------------------------------------------------------------


def test_what_it_is_awarded_for_stands_at_its_address_word_for_word(certificate: Certificate) -> None:
    badge = json.loads(body_of(certificate, "json"))
    achievement = badge["credentialSubject"]["achievement"]
    answer = Client().get("/achievements/" + achievement["id"].rpartition("/")[2])
    assert answer.json() == achievement
    assert "immutable" in answer["Cache-Control"]
    assert Client().get("/achievements/00000000-0000-4000-8000-000000000000").status_code == 404


def test_a_school_that_never_issued_has_no_document() -> None:
    assert Client().get("/schools/nowhere/did.json").status_code == 404
    assert Client().get("/.well-known/did.json").status_code == 404


def test_rotation_keeps_what_was_signed_before(certificate: Certificate) -> None:
    did = services.lists.school_did(certificate.school)
    old = SigningKey.objects.get(purpose="credential", name=did)
    fresh = rotate_key(purpose="credential", name=did)
    assert (old.fragment, fresh.fragment) == (f"ed-{date.today().year}", f"ed-{date.today().year}-2")
    assert integrity.verify(json.loads(body_of(certificate, "json")), keys(certificate)[0])
    listed = [entry["id"] for entry in (document_of(did) or {})["verificationMethod"]]
    assert f"{did}#{fresh.fragment}" in listed
    assert f"{did}#{old.fragment}" in listed


def test_what_a_leaked_key_signed_verifies_no_more(certificate: Certificate) -> None:
    did = services.lists.school_did(certificate.school)
    old = SigningKey.objects.get(purpose="credential", name=did)
    fresh = compromise_key(key=old)
    assert compromise_key(key=old) == fresh
    old.refresh_from_db()
    assert old.retired_at
    assert old.compromised_at
    with pytest.raises(BadProofError, match="is not known"):
        integrity.verify(json.loads(body_of(certificate, "json")), keys(certificate)[0])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE certificates_statusplace SET place = 1",
        "DELETE FROM certificates_statusplace",
        "UPDATE certificates_achievement SET body = '{}'",
        "UPDATE certificates_statuslist SET number = 9",
        "DELETE FROM certificates_statuslist",
        "UPDATE keys_signingkey SET fragment = 'ed-1999'",
        "UPDATE keys_signingkey SET certificate = 'x'",
        "UPDATE certificates_certificatedocument SET body = 'x'",
    ],
)
def test_the_database_keeps_them(certificate: Certificate, statement: str) -> None:
    from django.db import DatabaseError, transaction

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_it_takes_no_private_half_from_the_database(certificate: Certificate) -> None:
    row = json.dumps(list(SigningKey.objects.values()), default=str)
    for key in SigningKey.objects.all():
        secret = keyfile.private_jwk(key.kid)
        assert secret["d"] not in row


def test_issuing_again_after_a_crash_tells_once(school: School, ready: TrainingRecord) -> None:
    certificate = issued(school, ready)
    services.make_documents(certificate=certificate)
    assert Message.objects.filter(key=f"certificate:{certificate.uuid}:issued").count() == 1
    assert certificate.issued_at <= timezone.now()


# ---- by command ------------------------------------------------------------------------------------------------------


def rotate(*words: str) -> str:
    out = io.StringIO()
    call_command("rotate_key", *words, stdout=out)
    return out.getvalue()


def test_the_command_rotates_the_key_of_a_did(certificate: Certificate) -> None:
    did = services.lists.school_did(certificate.school)
    for purpose, letters in (("credential", "ed"), ("token", "rs"), ("seal", "seal")):
        assert rotate(did, "--purpose", purpose) == f"new key {did}#{letters}-{date.today().year}-2\n"
    assert integrity.verify(json.loads(body_of(certificate, "json")), keys(certificate)[0])
    seals = SigningKey.objects.filter(purpose="seal", name=did)
    assert {x509.holder_of(key.certificate) for key in seals} == {certificate.school_name}


def test_the_command_takes_a_leaked_key_out(certificate: Certificate) -> None:
    did = services.lists.school_did(certificate.school)
    assert "has left the DID document" in rotate(did, "--leaked")
    with pytest.raises(BadProofError):
        integrity.verify(json.loads(body_of(certificate, "json")), keys(certificate)[0])


@pytest.mark.parametrize("words", [("did:web:nobody.example",), ("palmar.log/nobody",)])
def test_the_command_refuses_a_name_that_never_signed(words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match="nothing was ever signed") as refused:
        rotate(*words)
    assert refused.value.returncode == 2
