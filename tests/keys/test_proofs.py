"""Proofs: the W3C's own vector to the byte, what no proof covers, forgeries, DID documents, tokens. No database."""

import copy
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import base58
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwk import RSAKey

from certification.keys.proofs import (
    VerificationKey,
    did_document,
    did_of,
    document_path,
    ed25519_multibase,
    integrity,
    jws,
    public_of_multibase,
)
from certification.keys.proofs import contexts as pinned
from certification.keys.proofs.integrity import BadProofError, UnsignableError
from certification.keys.proofs.multikey import BadKeyError

VECTOR = Path(__file__).parents[1] / "data" / "credentials" / "vc_di_eddsa"
AT = datetime(2026, 6, 12, 17, 0, 5, tzinfo=UTC)
METHOD = "did:web:credentials.example.edu#ed-2026"
SECRET = bytes(range(32))


def read(name: str) -> Any:
    return json.loads((VECTOR / name).read_text())


@pytest.fixture
def examples_context(monkeypatch: pytest.MonkeyPatch) -> None:
    """The context of examples, which the vector names and we do not pin."""
    known = pinned.context
    examples = read("credentials-examples-v2.json")
    monkeypatch.setattr(
        integrity,
        "context",
        lambda at: examples if at == "https://www.w3.org/ns/credentials/examples/v2" else known(at),
    )


def public() -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(SECRET).public_key().public_bytes_raw()


def key_of(method: str) -> bytes | None:
    return public() if method == METHOD else None


def badge(**changes: Any) -> dict[str, Any]:
    """A small Open Badge."""
    return {
        "@context": [pinned.CREDENTIALS, pinned.OPEN_BADGES, pinned.OPEN_BADGES_EXTENSIONS],
        "id": "https://credentials.example.edu/credentials/1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Myofascial release",
        "issuer": {"id": "did:web:credentials.example.edu", "type": ["Profile"], "name": "Example School"},
        "validFrom": "2026-06-12T17:00:00Z",
        "credentialSubject": {
            "id": "urn:uuid:5f0f2c1e-3b1a-4d0e-9f5c-0a3d3c1b7a10",
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "https://credentials.example.edu/achievements/1",
                "type": ["Achievement"],
                "name": "Myofascial release",
                "description": "Sixty hours.",
                "criteria": {"narrative": "All hours."},
            },
        },
        **changes,
    }


def signed(**changes: Any) -> dict[str, Any]:
    return integrity.sign(badge(**changes), private=SECRET, method=METHOD, created=AT)


# ---- the standard's own vector ---------------------------------------------------------------------------------------


def test_the_w3c_vector_is_signed_to_the_byte_and_verifies(examples_context: None) -> None:
    document, pair = read("signed-credential.json"), read("key-pair.json")
    known = public_of_multibase(pair["publicKeyMultibase"])
    secret = base58.b58decode(pair["privateKeyMultibase"][1:])[2:]
    proof = document["proof"]
    assert integrity.verify(document, lambda _method: known) == [proof]
    again = integrity.sign(
        document, private=secret, method=proof["verificationMethod"], created=datetime.fromisoformat(proof["created"])
    )
    assert again["proof"] == [proof]


def test_every_pinned_context_is_the_file_that_was_published(monkeypatch: pytest.MonkeyPatch) -> None:
    for address in pinned.PINNED:
        assert "@context" in pinned.context(address)
    name, _digest = pinned.PINNED[pinned.CLR]
    pinned.context.cache_clear()
    monkeypatch.setitem(pinned.PINNED, pinned.CLR, (name, "0" * 64))
    with pytest.raises(pinned.UnknownContextError, match="was changed"):
        pinned.context(pinned.CLR)
    pinned.context.cache_clear()


# ---- what no proof covers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes,sentence",
    [
        ({"hoursTotal": "625"}, "no context defines hoursTotal"),
        ({"name": "Myo\x01fascial"}, r"name holds the control sign U\+0001"),
        ({"name": "Myo\x7ffascial"}, r"U\+007F"),
        ({"name": 668.75}, "name is a fraction"),
        ({"name": 2**53}, "not every reader can hold"),
        ({"@context": ["https://evil.example/v2"]}, "the context https://evil.example/v2 is not known here"),
        ({"@context": [pinned.CREDENTIALS, {"@vocab": "https://evil.example/"}], "x": [{"y": "z"}]}, None),
    ],
)
def test_what_a_proof_would_not_cover_is_refused(changes: dict[str, Any], sentence: str | None) -> None:
    if sentence is None:
        assert integrity.verify(signed(**changes), key_of), (
            "a vocabulary of its own is covered, and is no member of ours"
        )
        return
    with pytest.raises(UnsignableError, match=sentence):
        signed(**changes)


def test_a_member_hidden_deep_is_refused() -> None:
    document = badge()
    document["credentialSubject"]["achievement"]["clockHours"] = "625"
    with pytest.raises(UnsignableError, match="no context defines clockHours"):
        integrity.sign(document, private=SECRET, method=METHOD, created=AT)


# ---- verification ----------------------------------------------------------------------------------------------------


def test_signing_is_the_same_twice_and_verifies() -> None:
    assert signed() == signed()
    assert integrity.verify(signed(), key_of)[0]["verificationMethod"] == METHOD


@pytest.mark.parametrize(
    "name", ["Łukasz Śmith", "Nguyễn Thị Hằng", "山田 花子", "محمد", "O’Brien-Núñez", 'a "quote" \\ \t']
)
def test_names_of_every_script_sign_and_verify(name: str) -> None:
    assert integrity.verify(signed(name=name), key_of)


@pytest.mark.parametrize(
    "proof,sentence",
    [
        (None, "it has no proof"),
        ([], "it has no proof"),
        ({"cryptosuite": "eddsa-jcs-2022"}, "not of the suite"),
        ({"type": "Ed25519Signature2020"}, "not of the suite"),
        ({"proofPurpose": "authentication"}, "for another purpose"),
        ({"verificationMethod": "did:web:evil.example#ed-2026"}, "is not known"),
        ({"verificationMethod": 7}, "names no key"),
        ({"proofValue": "u123"}, "names no key, or has no value"),
        ({"proofValue": "z0OIl"}, "no base58"),
        ({"created": "2026-06-12T17:00:06Z"}, "does not fit"),
    ],
)
def test_a_proof_that_is_none_says_what_is_wrong(proof: Any, sentence: str) -> None:
    document = signed()
    document["proof"] = proof if not proof else [{**document["proof"][0], **proof}]
    with pytest.raises(BadProofError, match=sentence):
        integrity.verify(document, key_of)


def test_all_proofs_must_fit_not_only_one() -> None:
    document = signed()
    other = integrity.sign(badge(name="Another"), private=SECRET, method=METHOD, created=AT)
    document["proof"] = [*document["proof"], *other["proof"]]
    with pytest.raises(BadProofError, match="does not fit"):
        integrity.verify(document, key_of)


def test_a_document_too_long_is_not_read() -> None:
    document = signed()
    document["name"] = "x" * integrity.LONGEST
    with pytest.raises(BadProofError, match="is not checked"):
        integrity.verify(document, key_of)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Every text of a document with its place."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        if isinstance(part, str):
            yield (*path, key), part
        else:
            yield from leaves(part, (*path, key))


def test_a_thousand_forgeries_of_one_sign_are_refused() -> None:
    document = signed()
    chance = random.Random(20261128)
    places = list(leaves(document))
    for _number in range(1000):
        forged = copy.deepcopy(document)
        path, text = chance.choice(places)
        at = chance.randrange(len(text))
        sign = chance.choice(
            [c for c in "0123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ:/#-" if c != text[at]]
        )
        target: Any = forged
        for part in path[:-1]:
            target = target[part]
        target[path[-1]] = text[:at] + sign + text[at + 1 :]
        with pytest.raises((BadProofError, UnsignableError)):
            integrity.verify(forged, key_of)


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40))
def test_whatever_can_be_signed_verifies_and_only_as_it_was(text: str) -> None:
    document = signed(name=text)
    assert integrity.verify(document, key_of)
    with pytest.raises(BadProofError):
        integrity.verify({**document, "name": text + "x"}, key_of)


# ---- keys and DID documents ------------------------------------------------------------------------------------------


def test_keys_as_text_round_trip_and_strangers_are_refused() -> None:
    assert public_of_multibase(ed25519_multibase(public())) == public()
    for text in ("", "z", "z6Mk", "u" + ed25519_multibase(public())[1:], "zOIl0"):
        with pytest.raises(BadKeyError):
            public_of_multibase(text)


@pytest.mark.parametrize(
    "base,path,did,where",
    [
        ("https://palmar.example", (), "did:web:palmar.example", "/.well-known/did.json"),
        ("http://127.0.0.1:8000", (), "did:web:127.0.0.1%3A8000", "/.well-known/did.json"),
        ("https://a.example/", ("schools", "b"), "did:web:a.example:schools:b", "/schools/b/did.json"),
    ],
)
def test_did_web(base: str, path: tuple[str, ...], did: str, where: str) -> None:
    assert did_of(base, *path) == did
    assert document_path(did) == where


def test_a_did_needs_a_host() -> None:
    with pytest.raises(ValueError, match="names no host"):
        did_of("palmar")


def test_a_did_document_names_its_keys_in_full() -> None:
    rsa = {"kty": "RSA", "n": "x", "e": "AQAB"}
    document = did_document(
        "did:web:a.example", [VerificationKey("ed-2026", multibase="z6Mk"), VerificationKey("rs-2026", jwk=rsa)]
    )
    assert document["assertionMethod"] == ["did:web:a.example#ed-2026", "did:web:a.example#rs-2026"]
    assert [entry["type"] for entry in document["verificationMethod"]] == ["Multikey", "JsonWebKey"]
    assert all(entry["controller"] == "did:web:a.example" for entry in document["verificationMethod"])


# ---- tokens ----------------------------------------------------------------------------------------------------------

RSA = RSAKey.generate_key(2048, private=True)
RS = "did:web:credentials.example.edu#rs-2026"


def rsa_of(method: str) -> dict[str, Any] | None:
    return dict(RSA.as_dict(private=False)) if method == RS else None


def token(**changes: Any) -> str:
    return jws.sign_jwt(badge(**changes), key=RSA.as_dict(private=True), method=RS)


def test_a_token_holds_the_credential_and_nothing_private() -> None:
    assert jws.verify_jwt(token(), rsa_of) == badge()
    import base64

    head = json.loads(base64.urlsafe_b64decode(token().split(".")[0] + "=="))
    assert head == {"alg": "RS256", "typ": "JWT", "kid": RS}


def test_an_expired_token_still_shows_its_signature_fits() -> None:
    assert jws.verify_jwt(token(validUntil="2020-01-01T00:00:00Z"), rsa_of)["validUntil"] == "2020-01-01T00:00:00Z"


def test_five_hundred_forged_tokens_are_refused() -> None:
    text = token()
    chance = random.Random(7)
    for _number in range(500):
        at = chance.randrange(len(text) - 1)  # the last sign has bits that stand for nothing: jti names a credential
        sign = chance.choice([c for c in "ABCDEFGHIJKLMNOPabcdefghijklm0123456789-_." if c != text[at]])
        with pytest.raises(BadProofError):
            jws.verify_jwt(text[:at] + sign + text[at + 1 :], rsa_of)


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(BadProofError):
        jws.verify_jwt(text, rsa_of)


def test_a_token_of_another_algorithm_or_key_is_refused() -> None:
    from joserfc import jwt

    for header in ({"alg": "PS256", "kid": RS}, {"alg": "RS256"}, {"alg": "RS256", "kid": "did:web:evil.example#rs"}):
        forged = jwt.encode(header, badge(), RSA, algorithms=["RS256", "PS256"])
        with pytest.raises(BadProofError):
            jws.verify_jwt(forged, rsa_of)
    twisted = jwt.encode(
        {"alg": "RS256", "kid": RS}, {**badge(), "iss": "did:web:evil.example", "jti": badge()["id"]}, RSA
    )
    with pytest.raises(BadProofError, match="other than what it holds"):
        jws.verify_jwt(twisted, rsa_of)
