"""Data Integrity proofs of the suite `eddsa-rdfc-2022`: JSON-LD to RDF, canonical (RDFC-1.0), hashed, signed by Ed25519.

pyld expands, pyoxigraph canonicalizes (pyld's own escapes some signs otherwise than the standard says), cryptography
signs. Members that no context defines would be shown and not signed: they are refused.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import base58
import pyoxigraph
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pyld import jsonld

from .contexts import UnknownContextError, context

SUITE = "eddsa-rdfc-2022"
LONGEST = 262_144
"""Bytes of a document that is checked; a stranger's can be made slow to canonicalize."""
MOST_QUADS = 4_000
_SAFE_INTEGER = 2**53


class UnsignableError(ValueError):
    """A document that no proof can cover as it stands; the message names the member or sign."""


class BadProofError(ValueError):
    """A proof that is none, or does not fit; the message says what was wrong."""


def sign(
    document: Mapping[str, Any], *, private: bytes, method: str, created: datetime, purpose: str = "assertionMethod"
) -> dict[str, Any]:
    """The document with a proof by an Ed25519 key (its 32 secret bytes), named by `method` (its URL in the DID document).

    Pure: the same input gives the same bytes. Raises UnsignableError for what a proof would not cover.
    """
    bare = {key: value for key, value in document.items() if key != "proof"}
    refuse_unsignable(bare)
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "verificationMethod": method,
        "proofPurpose": purpose,
    }
    signature = Ed25519PrivateKey.from_private_bytes(private).sign(_to_sign(bare, options))
    return {**bare, "proof": [{**options, "proofValue": "z" + base58.b58encode(signature).decode()}]}


def verify(document: Mapping[str, Any], key_of: Callable[[str], bytes | None]) -> list[dict[str, Any]]:
    """Check every proof of a document; the proofs as they stand. `key_of` finds the 32 bytes of a verification method.

    Raises BadProofError when there is none, one is of another suite or purpose, its key is not known, or it does not
    fit; UnsignableError when the document holds what no proof covers.
    """
    size = len(json.dumps(document).encode())
    if size > LONGEST:
        raise BadProofError(f"a document of {size} bytes is not checked; {LONGEST} are the most")
    proofs = document.get("proof")
    proofs = [proofs] if isinstance(proofs, Mapping) else proofs
    if not isinstance(proofs, list) or not proofs:
        raise BadProofError("it has no proof")
    bare = {key: value for key, value in document.items() if key != "proof"}
    refuse_unsignable(bare)
    for proof in proofs:
        _check(bare, proof, key_of)
    return [dict(proof) for proof in proofs]


def _check(bare: Mapping[str, Any], proof: Any, key_of: Callable[[str], bytes | None]) -> None:
    if not isinstance(proof, Mapping) or proof.get("type") != "DataIntegrityProof" or proof.get("cryptosuite") != SUITE:
        raise BadProofError(f"a proof is not of the suite {SUITE}")
    if proof.get("proofPurpose") != "assertionMethod":
        raise BadProofError("a proof is for another purpose than to assert")
    method, value = proof.get("verificationMethod"), proof.get("proofValue")
    if not isinstance(method, str) or not isinstance(value, str) or not value.startswith("z"):
        raise BadProofError("a proof names no key, or has no value")
    try:
        signature = base58.b58decode(value[1:])
    except ValueError as error:
        raise BadProofError("the value of a proof is no base58") from error
    # base58 of a decoded value is unique; another spelling of the same bytes is not what was signed.
    if base58.b58encode(signature).decode() != value[1:]:
        raise BadProofError("the value of a proof is spelled in another way than it was made")
    public = key_of(method)
    if public is None:
        raise BadProofError(f"the key {method} is not known")
    options = {name: part for name, part in proof.items() if name != "proofValue"}
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, _to_sign(bare, options))
    except InvalidSignature as error:
        raise BadProofError("the signature does not fit the document") from error


def _to_sign(bare: Mapping[str, Any], options: Mapping[str, Any]) -> bytes:
    """SHA-256 of the canonical proof options, then of the canonical document (vc-di-eddsa 3.2.4)."""
    config = {"@context": bare.get("@context", []), **options}
    return hashlib.sha256(canonical(config).encode()).digest() + hashlib.sha256(canonical(bare).encode()).digest()


def canonical(document: Mapping[str, Any]) -> str:
    """The canonical N-Quads of a JSON-LD document (RDFC-1.0, SHA-256). UnsignableError for what is no such document."""
    dropped: list[str] = []
    try:
        expanded = jsonld.expand(
            dict(document), {"documentLoader": _load}, on_property_dropped=lambda name: dropped.append(str(name))
        )
        quads = jsonld.to_rdf(expanded, {"format": "application/n-quads", "documentLoader": _load})
    except jsonld.JsonLdError as error:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, UnknownContextError):
                raise UnsignableError(str(cause)) from error
            cause = cause.__cause__ or getattr(cause, "cause", None)
        raise UnsignableError(f"this is no JSON-LD that can be signed ({error.type})") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        # A stranger's document reaches corners that pyld does not guard.
        raise UnsignableError("this is no JSON-LD that can be signed") from error
    if dropped:
        raise UnsignableError(f"no context defines {', '.join(sorted(set(dropped)))}")
    if quads.count("\n") > MOST_QUADS:
        raise UnsignableError("the document is too large to be canonicalized")
    try:
        dataset = pyoxigraph.Dataset(pyoxigraph.parse(quads.encode(), format=pyoxigraph.RdfFormat.N_QUADS))
    except SyntaxError as error:
        raise UnsignableError("an address in it is none") from error
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0_SHA_256)
    return "".join(sorted(f"{quad} .\n" for quad in dataset))


def _load(address: str, _options: Any = None) -> dict[str, Any]:
    return {
        "contextUrl": None,
        "documentUrl": address,
        "document": context(address),
        "contentType": "application/ld+json",
    }


def refuse_unsignable(value: Any, where: str = "") -> None:
    """Refuse what verifiers read differently: control signs, whole numbers that JavaScript cannot hold, fractions."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            refuse_unsignable(part, f"{where}.{key}" if where else str(key))
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value):
            refuse_unsignable(part, f"{where}[{number}]")
    elif isinstance(value, str):
        strange = next((sign for sign in value if (sign < " " and sign not in "\t\n\r") or sign == "\x7f"), None)
        if strange is not None:
            raise UnsignableError(f"{where} holds the control sign U+{ord(strange):04X}")
    elif isinstance(value, bool) or value is None:
        pass
    elif isinstance(value, int):
        if abs(value) >= _SAFE_INTEGER:
            raise UnsignableError(f"{where} is a number that not every reader can hold")
    else:
        raise UnsignableError(f"{where} is a fraction; write it as text")
