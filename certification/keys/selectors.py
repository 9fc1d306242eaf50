"""Reads the register of keys."""

from collections.abc import Callable, Mapping
from typing import Any

from . import proofs, rules
from .models import SigningKey

IN_DOCUMENTS = (SigningKey.Purpose.CREDENTIAL, SigningKey.Purpose.TOKEN, SigningKey.Purpose.SEAL)


def keys_of(purpose: str, name: str) -> list[SigningKey]:
    """Every key that ever signed under this name, oldest first. One query."""
    return list(SigningKey.objects.filter(purpose=purpose, name=name).order_by("created_at", "pk"))


def named(key: SigningKey) -> rules.NamedKey:
    """The key as notes know it."""
    return rules.NamedKey(key.name, rules.padded(key.public_key))


def open_note(note: str, *, purpose: str, name: str) -> str:
    """The text of a note that a key of this name signed. BadNoteError otherwise. One query."""
    return rules.open_note(note, [named(key) for key in keys_of(purpose, name)])


def document_of(did: str) -> dict[str, Any] | None:
    """The DID document of who signs credentials by this DID; None where no key ever did. One query.

    Newest keys first; retired ones stay, leaked ones are gone. Seals of PDFs are listed among them and assert nothing.
    """
    keys = list(
        SigningKey.objects.filter(name=did, purpose__in=IN_DOCUMENTS, compromised_at=None).order_by(
            "-created_at", "-pk"
        )
    )
    return proofs.did_document(did, [_listed(key) for key in keys]) if keys else None


def _listed(key: SigningKey) -> proofs.VerificationKey:
    if key.public_jwk:
        seals = key.purpose == SigningKey.Purpose.SEAL
        jwk = {**key.jwk, "alg": "RS256", "use": "sig", "kid": key.kid}
        return proofs.VerificationKey(key.fragment, jwk=jwk, asserts=not seals)
    return proofs.VerificationKey(key.fragment, multibase=proofs.ed25519_multibase(rules.padded(key.public_key)))


def keys_in(document: Mapping[str, Any]) -> tuple[Callable[[str], bytes | None], Callable[[str], Any]]:
    """Two finders of keys in a DID document: 32 bytes of an Ed25519 key, and the JWK of an RSA key, by method URL.

    Only keys that the document lets assert are found. No query.
    """
    asserting = set(document.get("assertionMethod", []))
    methods = {entry["id"]: entry for entry in document.get("verificationMethod", []) if entry["id"] in asserting}

    def ed25519(method: str) -> bytes | None:
        entry = methods.get(method, {})
        return proofs.public_of_multibase(entry["publicKeyMultibase"]) if "publicKeyMultibase" in entry else None

    def rsa(method: str) -> Any:
        return methods.get(method, {}).get("publicKeyJwk")

    return ed25519, rsa
