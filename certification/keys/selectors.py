"""Reads the register of keys."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Max

from . import proofs, rules
from .models import AddedSignature, SigningKey

IN_DOCUMENTS = (SigningKey.Purpose.CREDENTIAL, SigningKey.Purpose.TOKEN, SigningKey.Purpose.SEAL)


def keys_of(purpose: str, name: str) -> list[SigningKey]:
    """Every key that ever signed under this name, oldest first. One query."""
    return list(SigningKey.objects.filter(purpose=purpose, name=name).order_by("created_at", "pk"))


def trusted_keys(purpose: str, name: str) -> list[SigningKey]:
    """Every key of this name that did not leak, in use or retired, oldest first. One query."""
    return [key for key in keys_of(purpose, name) if key.compromised_at is None]


def whole_note(note: str) -> str:
    """A note with the signatures that were put beside its own after a leak. One query."""
    text = note.rpartition("\n\n")[0] + "\n"
    digest = hashlib.sha256(text.encode()).hexdigest()
    added = AddedSignature.objects.filter(text_sha256=digest, key__compromised_at=None).order_by("pk")
    return note + "".join(added.values_list("line", flat=True))


def named(key: SigningKey) -> rules.NamedKey:
    """The key as notes know it."""
    return rules.NamedKey(key.name, rules.padded(key.public_key))


def open_note(note: str, *, purpose: str, name: str) -> str:
    """The text of a note that a key of this name signed. BadNoteError otherwise. One query."""
    return rules.open_note(note, [named(key) for key in keys_of(purpose, name)])


def keys_in_use(name: str) -> dict[str, SigningKey]:
    """The keys in use of this name, by purpose. One query."""
    return {key.purpose: key for key in SigningKey.objects.filter(name=name, retired_at=None)}


def leaks(names: Collection[str]) -> dict[str, datetime]:
    """When a key of each of these DIDs that outsiders check by leaked last; names without a leak are not in it. One query."""
    rows = SigningKey.objects.filter(name__in=names, purpose__in=IN_DOCUMENTS, compromised_at__isnull=False)
    return dict(rows.order_by().values_list("name").annotate(last=Max("compromised_at")))


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
