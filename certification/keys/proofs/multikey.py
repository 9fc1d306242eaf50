"""Public keys as one text: the multicodec prefix of Ed25519 before the bytes, in base58 (multibase `z`)."""

import base58

_ED25519 = b"\xed\x01"


class BadKeyError(ValueError):
    """Text that is no Ed25519 key in multibase."""


def ed25519_multibase(public: bytes) -> str:
    """32 bytes as `z6Mk…`."""
    return "z" + base58.b58encode(_ED25519 + public).decode()


def public_of_multibase(text: str) -> bytes:
    """The 32 bytes of `z6Mk…`; BadKeyError for anything else."""
    try:
        raw = base58.b58decode(text[1:]) if text.startswith("z") else b""
    except ValueError as error:
        raise BadKeyError("this is no base58") from error
    if len(raw) != 34 or raw[:2] != _ED25519:
        raise BadKeyError("this is no Ed25519 key in multibase")
    return raw[2:]
