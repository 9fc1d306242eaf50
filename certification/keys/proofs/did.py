"""did:web: who signs, and the document in which anyone finds the keys.

`did:web:HOST` is the platform, `did:web:HOST:schools:SLUG` one school; a port is written %3A. The method's document
stands at /.well-known/did.json, or at the path that the parts after the host spell.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

CONTEXTS = ("https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1", "https://w3id.org/security/jwk/v1")


def did_of(base_url: str, *path: str) -> str:
    """The DID of the house at `base_url`, or of what stands below it: `did_of(base, "schools", "riverbend")`."""
    host = urlsplit(base_url).netloc
    if not host:
        raise ValueError(f"{base_url!r} names no host")
    return ":".join(["did:web", quote(host, safe="."), *(quote(part, safe="-_.~") for part in path)])


def document_path(did: str) -> str:
    """The path at which the document of a did:web stands."""
    parts = did.split(":")[3:]
    return "/" + "/".join(parts) + "/did.json" if parts else "/.well-known/did.json"


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """One public key as its DID document lists it: `fragment` names it for ever, like `ed-2026`.

    Ed25519 has `multibase`, RSA a public `jwk`. One that does not assert (a seal of PDFs) is listed and signs no credential.
    """

    fragment: str
    multibase: str = ""
    jwk: dict[str, Any] = field(default_factory=dict)
    asserts: bool = True

    def method(self, did: str) -> dict[str, Any]:
        """The entry of `verificationMethod`."""
        entry = {"id": f"{did}#{self.fragment}", "controller": did}
        if self.multibase:
            return {**entry, "type": "Multikey", "publicKeyMultibase": self.multibase}
        return {**entry, "type": "JsonWebKey", "publicKeyJwk": self.jwk}


def did_document(did: str, keys: Iterable[VerificationKey], also_known_as: Sequence[str] = ()) -> dict[str, Any]:
    """The document of a DID. A retired key stays in it, or all that it signed would die; one that leaked is left out.

    `assertionMethod` names keys by their full URL, as 1EdTech's validator reads it.
    """
    keys = list(keys)
    document: dict[str, Any] = {"@context": list(CONTEXTS), "id": did}
    if also_known_as:
        document["alsoKnownAs"] = list(also_known_as)
    return {
        **document,
        "verificationMethod": [key.method(did) for key in keys],
        "assertionMethod": [f"{did}#{key.fragment}" for key in keys if key.asserts],
    }
