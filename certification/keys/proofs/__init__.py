"""Proofs that stand outside our house: Data Integrity by Ed25519, JWTs by RSA, and the did:web documents of their keys.

Pure: no database, no network, no clock; keys and instants come in. JSON-LD is heavy to load, so `integrity` and `jws`
are imported where something is signed or checked, not with the room.

W3C Verifiable Credential Data Integrity 1.0 and its EdDSA cryptosuites; W3C Decentralized Identifiers; did:web.
"""

from .did import VerificationKey, did_document, did_of, document_path
from .multikey import ed25519_multibase, public_of_multibase

__all__ = [
    "VerificationKey",
    "did_document",
    "did_of",
    "document_path",
    "ed25519_multibase",
    "public_of_multibase",
]
