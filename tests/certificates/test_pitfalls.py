"""The pitfalls of credentials, numbered as our notes on them are: each was seen somewhere, and none is here.

1 unsigned members, 2 control signs, 3 numbers, 4 contexts, 5 revoked looks verified, 6 shapes and keys that one library
gets wrong, 7 what names a token, 8 uploads that take for ever, 9 clocks, 10 the issuer's name, 11 what lists tell.
"""

import base64
import contextlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from certification.certificates import credentials, services, status
from certification.certificates.models import Certificate, StatusList
from certification.certificates.services import lists
from certification.keys.models import SigningKey
from certification.keys.proofs import contexts, did_of, integrity, jws, reading
from certification.keys.proofs.integrity import BadProofError, UnsignableError
from certification.keys.selectors import document_of, keys_in
from certification.keys.services import compromise_key, ensure_key, rotate_key, sign_document
from certification.records.models import TrainingRecord
from tests.certificates.making import issued, replaced
from tests.certificates.test_credentials import faults
from tests.worlds import School

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 12, 17, 0, 5, tzinfo=UTC)


def body_of(certificate: Certificate, format_: str) -> Any:
    return json.loads(bytes(certificate.documents.get(format=format_).body))


def token_of(certificate: Certificate) -> str:
    return bytes(certificate.documents.get(format="jwt").body).decode()


def finders(certificate: Certificate) -> Any:
    return keys_in(Client().get(f"/schools/{certificate.school.slug}/did.json").json())


def resigned(certificate: Certificate, **changes: Any) -> dict[str, Any]:
    did = lists.school_did(certificate.school)
    return sign_document({**body_of(certificate, "json"), **changes}, did=did, created=AT)


def values_of(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for part in value.values():
            yield from values_of(part)
    elif isinstance(value, list):
        for part in value:
            yield from values_of(part)
    else:
        yield value


# ---------------------------------------------------------------- 1 unsigned members


@pytest.mark.parametrize("where", ["", "credentialSubject"])
def test_1_a_member_that_no_context_defines_is_refused_before_it_is_signed(
    certificate: Certificate, where: str
) -> None:
    badge = body_of(certificate, "json")
    changed = {"hoursTotal": "3"} if not where else {where: {**badge[where], "hoursTotal": "3"}}
    with pytest.raises(UnsignableError, match="hoursTotal"):
        resigned(certificate, **changed)


def test_1_a_member_put_in_afterwards_is_refused(certificate: Certificate) -> None:
    badge = {**body_of(certificate, "json"), "hoursTotal": "3"}
    with pytest.raises(UnsignableError, match="hoursTotal"):
        integrity.verify(badge, finders(certificate)[0])


# ---------------------------------------------------------------- 2 control signs, names


@pytest.mark.parametrize("sign", ["\x01", "\x0c", "\x7f"])
def test_2_control_signs_are_refused(certificate: Certificate, sign: str) -> None:
    with pytest.raises(UnsignableError, match="control sign"):
        resigned(certificate, name=f"A{sign}B")
    with pytest.raises(UnsignableError, match="control sign"):
        jws.sign_jwt({**body_of(certificate, "json"), "name": f"A{sign}B"}, key={}, method="x")


def test_2_a_name_is_composed_once_and_loses_its_control_signs(school: School, ready: TrainingRecord) -> None:
    user = ready.learner.user
    assert user
    user.legal_name = "Jose\u0301  Nun\u0303ez\x7f"
    user.save(update_fields=["legal_name"])
    certificate = issued(school, ready)
    (identity,) = body_of(certificate, "json")["credentialSubject"]["identifier"]
    assert identity["identityHash"] == "José Nuñez" == certificate.holder_name
    assert integrity.verify(body_of(certificate, "json"), finders(certificate)[0])


# ---------------------------------------------------------------- 3 numbers


@pytest.mark.parametrize("number", [123456789012345678, -(2**53), 668.75, float("inf"), float("nan")])
def test_3_numbers_that_readers_hold_differently_are_refused(certificate: Certificate, number: Any) -> None:
    with pytest.raises(UnsignableError):
        resigned(certificate, name=number)


@pytest.mark.parametrize("format_", ["json", "clr"])
def test_3_no_number_stands_in_a_credential_at_all(certificate: Certificate, format_: str) -> None:
    found = body_of(certificate, format_)
    assert [value for value in values_of(found) if not isinstance(value, str | bool)] == []


# ---------------------------------------------------------------- 4 contexts


def test_4_contexts_are_files_with_their_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    for address in contexts.PINNED:
        assert contexts.context(address)
    contexts.context.cache_clear()
    name, _digest = contexts.PINNED[contexts.CLR]
    monkeypatch.setitem(contexts.PINNED, contexts.CLR, (name, "0" * 64))
    with pytest.raises(contexts.UnknownContextError, match="was changed"):
        contexts.context(contexts.CLR)
    contexts.context.cache_clear()


@pytest.mark.parametrize(
    "address",
    [
        "https://purl.imsglobal.org/spec/ob/v3p0/context.json",
        "https://purl.imsglobal.org/spec/clr/v2p0/context.json",
        "http://127.0.0.1:9/never",
    ],
)
def test_4_no_other_context_is_signed_or_fetched(certificate: Certificate, address: str) -> None:
    with pytest.raises(UnsignableError, match="none is fetched"):
        resigned(certificate, **{"@context": [contexts.CREDENTIALS, address]})


@pytest.mark.parametrize("format_", ["json", "clr"])
def test_4_what_the_two_published_copies_differ_in_is_not_used(certificate: Certificate, format_: str) -> None:
    text = json.dumps(body_of(certificate, format_))
    assert '"jti"' not in text
    assert "endorsementJwt" not in text


# ---------------------------------------------------------------- 5 revoked looks verified


def test_5_the_signature_of_a_revoked_one_fits_and_only_the_bit_tells(school: School, certificate: Certificate) -> None:
    services.revoke_certificate(certificate=certificate, by=school.registrar, reason="fraud", on=certificate.today())
    services.due_lists()
    badge = body_of(certificate, "json")
    assert integrity.verify(badge, finders(certificate)[0])
    entry = badge["credentialStatus"]
    answer = Client().get(entry["statusListCredential"].removeprefix(settings.BASE_URL)).json()
    assert integrity.verify(answer, finders(certificate)[0])
    assert status.is_set(answer["credentialSubject"]["encodedList"], int(entry["statusListIndex"]))
    said = Client().get(f"/verify/{certificate.code}").content.decode()
    assert "Revoked" in said, "our own page reads the state, not the signature"


# ---------------------------------------------------------------- 6 shapes and keys


def test_6_a_transcript_has_its_name_and_its_contexts_in_their_order(certificate: Certificate) -> None:
    transcript = body_of(certificate, "clr")
    assert transcript["name"]
    assert transcript["@context"][:3] == [contexts.CREDENTIALS, contexts.CLR, contexts.OPEN_BADGES]
    assert faults(transcript, "clr_v2p0_clrcredential_schema.json") == []
    swapped = [contexts.CREDENTIALS, contexts.OPEN_BADGES, contexts.CLR]
    assert faults({**transcript, "@context": swapped}, "clr_v2p0_clrcredential_schema.json")


def test_6_a_list_is_checked_by_the_key_that_it_names(school: School, certificate: Certificate) -> None:
    """Not by the first of the document: after a rotation that one is another."""
    did = lists.school_did(certificate.school)
    rotate_key(purpose="token", name=did)
    found = StatusList.objects.get()
    token = Client().get(f"/status/{found.uuid}", headers={"Accept": "application/vc+jwt"}).content.decode()
    rsa = finders(certificate)[1]
    assert jws.verify_jwt(token, rsa)["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
    first = next(m for m in (document_of(did) or {})["verificationMethod"] if "publicKeyJwk" in m)
    with pytest.raises(BadProofError):
        jws.verify_jwt(token, lambda _method: first["publicKeyJwk"])


# ---------------------------------------------------------------- 7 what names a token


def test_7_two_spellings_of_a_token_are_one_credential(certificate: Certificate) -> None:
    token = token_of(certificate)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    signature = token.rpartition(".")[2]
    # The last character carries two bits; the other four are read by nobody.
    other = token[:-1] + alphabet[alphabet.index(token[-1]) ^ 1]
    pad = "=" * (-len(signature) % 4)
    assert base64.urlsafe_b64decode(other.rpartition(".")[2] + pad) == base64.urlsafe_b64decode(signature + pad)
    assert other != token
    named = jws.verify_jwt(token, finders(certificate)[1])["id"]
    assert named == credentials.House(settings.BASE_URL).certificate(certificate.code)
    # A reader may refuse the second spelling; it may not take it for another credential.
    with contextlib.suppress(BadProofError):
        assert jws.verify_jwt(other, finders(certificate)[1])["id"] == named


def test_7_a_token_that_says_of_itself_another_name_is_refused(certificate: Certificate) -> None:
    from joserfc import jwt
    from joserfc.jwk import RSAKey

    from certification.keys import keyfile

    key = SigningKey.objects.get(purpose="token", name=lists.school_did(certificate.school))
    badge = {name: part for name, part in body_of(certificate, "json").items() if name != "proof"}
    claims = {**badge, "iss": badge["issuer"]["id"], "jti": "urn:other", "sub": badge["credentialSubject"]["id"]}
    header = {"alg": "RS256", "typ": "JWT", "kid": key.method}
    forged = jwt.encode(header, claims, RSAKey.import_key(keyfile.private_jwk(key.kid)), algorithms=["RS256"])
    with pytest.raises(BadProofError, match="other than what it holds"):
        jws.verify_jwt(forged, finders(certificate)[1])


# ---------------------------------------------------------------- 8 uploads that take for ever


@pytest.mark.parametrize("format_", ["json", "clr"])
def test_8_our_own_files_pass_every_bound(certificate: Certificate, format_: str) -> None:
    data = bytes(certificate.documents.get(format=format_).body)
    document = reading.read_document(data)
    assert document == json.loads(data)
    key = SigningKey.objects.get(purpose="credential", name=lists.school_did(certificate.school))
    known = {key.method: finders(certificate)[0](key.method)}
    assert reading.verify_within(document, known) == document["proof"]
    with pytest.raises(BadProofError, match="does not fit"):
        reading.verify_within({**document, "name": "Another"}, known)
    with pytest.raises(BadProofError, match="is not known"):
        reading.verify_within(document, {})


@pytest.mark.parametrize(
    "data,why",
    [
        (b" " * (reading.LONGEST + 1), "bytes"),
        (b"\xff", "no JSON"),
        (b"{", "no JSON"),
        (b"[]", "no JSON object"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"a": NaN}', "no number"),
        (b'{"a": ' + b"[" * 40 + b"]" * 40 + b"}", "deeper"),
        (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "deeper"),
        (b'{"a": [' + b"1," * reading.MOST_VALUES + b"1]}", "values"),
        (b'{"@context": "https://evil.example/context"}', "not known"),
        (b'{"@context": {"a": "https://evil.example/a"}}', "of its own"),
        (b'{"a": {"@context": ["https://evil.example/context"]}}', "not known"),
    ],
)
def test_8_what_is_too_much_is_not_looked_at(data: bytes, why: str) -> None:
    with pytest.raises(reading.RefusedUploadError, match=why):
        reading.read_document(data)


def test_8_a_poisoned_graph_is_stopped(certificate: Certificate) -> None:
    """Small, valid JSON of equal nameless nodes: canonicalizing it would take longer than anybody waits."""
    badge = body_of(certificate, "json")
    aim = {"type": ["Alignment"], "targetName": "A", "targetUrl": "https://example.org/a"}
    result = {**badge["credentialSubject"]["result"][0], "alignment": [aim] * 12}
    badge["credentialSubject"] = {**badge["credentialSubject"], "result": [result] * 12}
    document = reading.read_document(json.dumps(badge).encode())
    began = datetime.now(UTC)
    with pytest.raises(reading.RefusedUploadError, match=r"too (long|much)"):
        reading.verify_within(document, {badge["proof"][0]["verificationMethod"]: bytes(32)}, seconds=3)
    assert datetime.now(UTC) - began < timedelta(seconds=20)


# ---------------------------------------------------------------- 9 clocks


def test_9_it_is_valid_from_a_minute_before_its_issue(certificate: Certificate) -> None:
    a_minute_back = certificate.issued_at - timedelta(minutes=1)
    for format_ in ("json", "clr"):
        assert datetime.fromisoformat(body_of(certificate, format_)["validFrom"]) == a_minute_back
    payload = token_of(certificate).split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert claims["nbf"] == int(a_minute_back.timestamp())


# ---------------------------------------------------------------- 10 the issuer's name


def test_10_the_issuers_name_outlives_the_schools(certificate: Certificate) -> None:
    school = certificate.school
    before = body_of(certificate, "json")["issuer"]
    school.name = "Another Name"
    school.save(update_fields=["name"])
    key = SigningKey.objects.get(purpose="credential", name=lists.school_did(school))
    compromise_key(key=key)
    services.sign_anew()
    after = json.loads(bytes(certificate.documents.get(format="json", version=2).body))["issuer"]
    assert after == before, "also what is signed anew says what it said"
    assert Client().get(f"/schools/{school.slug}/did.json").json()["id"] == before["id"]


# ---------------------------------------------------------------- 11 what lists tell


def test_11_neither_reason_nor_name_nor_code_stands_in_a_list(school: School, certificate: Certificate) -> None:
    services.revoke_certificate(certificate=certificate, by=school.registrar, reason="fraud", on=certificate.today())
    services.due_lists()
    body = StatusList.objects.get().body
    for word in ("fraud", "Daniela", certificate.code, str(certificate.uuid), "Helen"):
        assert word not in body


def test_11_a_list_holds_the_places_of_one_school_and_one_year(
    school: School, certificate: Certificate, time_machine: Any
) -> None:
    first = StatusList.objects.get()
    assert lists._open_list(school.school) == first
    assert lists._open_list(school.other_school).school == school.other_school
    time_machine.move_to(datetime(first.created_at.year + 1, 1, 1, 0, 0, 1, tzinfo=UTC))
    fresh = lists._open_list(school.school)
    assert (fresh.school, fresh.number) == (school.school, 2)
    assert lists._open_list(school.school) == fresh


def test_11_places_are_drawn_and_not_counted_up(
    school: School, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = certificate.status_places.get(part="certificate").place
    drawn = iter([taken, 90_000 if taken != 90_000 else 90_001, 90_002])
    monkeypatch.setattr(lists.secrets, "randbelow", lambda _n: next(drawn))
    other = replaced(school, certificate)
    place = other.status_places.get(part="certificate").place
    assert place in (90_000, 90_001), "a place that is taken is drawn anew"


# ---------------------------------------------------------------- what goes with them


def test_no_address_of_hers_stands_in_any_credential(certificate: Certificate) -> None:
    """No hashed e-mail either: an address is guessed from its hash in an afternoon, and nobody asks for it."""
    user = certificate.record.learner.user
    assert user
    for format_ in ("json", "clr"):
        text = json.dumps(body_of(certificate, format_))
        assert user.email not in text
        assert "emailAddress" not in text


def test_the_platform_has_a_document_of_its_own_and_its_keys_rotate_and_leak() -> None:
    did = did_of(settings.BASE_URL)
    assert Client().get("/.well-known/did.json").status_code == 404
    first = ensure_key(purpose="credential", name=did)
    ensure_key(purpose="token", name=did)
    second = rotate_key(purpose="credential", name=did)
    listed = Client().get("/.well-known/did.json").json()
    assert listed["id"] == did
    assert {first.method, second.method} < set(listed["assertionMethod"])
    compromise_key(key=first)
    after = Client().get("/.well-known/did.json").json()["assertionMethod"]
    assert first.method not in after
    assert second.method in after


@pytest.mark.parametrize("what", ["did", "achievement", "status", "checkpoint", "keys"])
def test_what_outsiders_programs_ask_for_is_open_to_every_origin(certificate: Certificate, what: str) -> None:
    slug = certificate.school.slug
    address = {
        "did": f"/schools/{slug}/did.json",
        "achievement": f"/achievements/{certificate.school.achievements.get().name}",
        "status": f"/status/{StatusList.objects.get().uuid}",
        "checkpoint": f"/checkpoints/{slug}/{certificate.log_size}",
        "keys": f"/checkpoints/{slug}/keys",
    }[what]
    answer = Client().get(address, headers={"Origin": "https://verifier.example"})
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (200, "*")


def test_a_private_file_is_open_to_no_other_origin(school: School, certificate: Certificate) -> None:
    answer = school.client(school.learner_user).get(
        f"/certificates/{certificate.code}.json", headers={"Origin": "https://verifier.example"}
    )
    assert answer.status_code == 200
    assert "Access-Control-Allow-Origin" not in answer
