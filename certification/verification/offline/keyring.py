"""The keys that a check believes: those of DID documents, or of an installation's key file, by who signs with them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from certification.keys.proofs import public_of_multibase
from certification.keys.rules import jwk_thumbprint, thumbprint

MOST_BYTES = 262_144


class KeyFileUnreadableError(ValueError):
    """What was given as keys is none; the message says why."""


@dataclass(frozen=True, slots=True)
class Key:
    """One public key of a DID; `method` is its URL, empty where the source does not tell (any of that DID then fits)."""

    did: str
    method: str
    ed25519: bytes = b""
    jwk: Mapping[str, Any] | None = None
    asserts: bool = True

    @property
    def fingerprint(self) -> str:
        """RFC 7638, as the register of keys names it."""
        if self.jwk is None:
            return thumbprint(self.ed25519)
        return jwk_thumbprint({name: str(self.jwk.get(name, "")) for name in ("e", "kty", "n")})


class Keyring:
    """Keys by who they belong to."""

    def __init__(self, keys: Iterable[Key] = ()) -> None:
        self.keys = list(keys)

    def __add__(self, other: "Keyring") -> "Keyring":
        return Keyring([*self.keys, *other.keys])

    @property
    def dids(self) -> list[str]:
        """Of whom there are keys."""
        return sorted({key.did for key in self.keys})

    def ed25519(self, method: str) -> list[bytes]:
        """The keys that may have made a Data Integrity proof by this method."""
        return [key.ed25519 for key in self._of(method) if key.ed25519]

    def rsa(self, method: str) -> list[Mapping[str, Any]]:
        """The keys that may have signed a token by this method."""
        return [key.jwk for key in self._of(method) if key.jwk is not None]

    def owner_of(self, fingerprint: str) -> str:
        """Whose key this is, also one that signs no credential, such as a seal; empty where it is nobody's here."""
        return next((key.did for key in self.keys if key.fingerprint == fingerprint), "")

    def _of(self, method: str) -> list[Key]:
        did = method.partition("#")[0]
        return [
            key for key in self.keys if key.asserts and (key.method == method or (not key.method and key.did == did))
        ]


def read_did_document(text: str) -> Keyring:
    """The keys of a DID document. KeyFileUnreadableError when it is none."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise KeyFileUnreadableError(f"it is not JSON: {error}") from error
    methods = document.get("verificationMethod") if isinstance(document, dict) else None
    did = document.get("id") if isinstance(document, dict) else None
    if not isinstance(methods, list) or not isinstance(did, str):
        raise KeyFileUnreadableError("it is no DID document: it has no id or no verificationMethod")
    asserting = document.get("assertionMethod")
    asserting = {one for one in asserting if isinstance(one, str)} if isinstance(asserting, list) else set()
    keys = [key for entry in methods if (key := _key(did, entry, asserting)) is not None]
    return Keyring(keys)


def _key(did: str, entry: Any, asserting: set[str]) -> Key | None:
    """A key that its own document controls; None for one of another kind."""
    if not isinstance(entry, dict) or entry.get("controller") != did or not isinstance(entry.get("id"), str):
        return None
    method = entry["id"]
    if method.partition("#")[0] != did:
        return None
    multibase, jwk = entry.get("publicKeyMultibase"), entry.get("publicKeyJwk")
    try:
        if isinstance(multibase, str):
            return Key(did, method, ed25519=public_of_multibase(multibase), asserts=method in asserting)
    except ValueError:
        return None
    if isinstance(jwk, dict) and jwk.get("kty") == "RSA":
        return Key(did, method, jwk=jwk, asserts=method in asserting)
    return None
