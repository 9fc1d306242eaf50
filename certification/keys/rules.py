"""Keys and signed notes, pure: thumbprints (RFC 7638), and C2SP signed notes by Ed25519.

A note is text that ends in a newline, an empty line, and one line a signature: `— name base64(hash || signature)`,
where `hash` is the first four bytes of SHA-256(name || 0x0A || 0x01 || public key). https://c2sp.org/signed-note
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
DASH = "— "
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class BadNoteError(ValueError):
    """Text that is no signed note, or that none of the known keys signed; the message says which."""


@dataclass(frozen=True, slots=True)
class NamedKey:
    """A public key (32 bytes) and the name under which it signs."""

    name: str
    public: bytes

    @property
    def hash(self) -> bytes:
        """The four bytes by which a signature line names its key."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    @property
    def verifier(self) -> str:
        """The key as C2SP's tools take it: `name+hash+base64`."""
        return f"{self.name}+{self.hash.hex()}+{base64.b64encode(ED25519 + self.public).decode()}"

    @classmethod
    def from_verifier(cls, text: str) -> "NamedKey":
        """Read `name+hash+base64`. BadNoteError when it is none, or its hash is another key's."""
        name, _plus, rest = text.strip().partition("+")
        given, _plus, encoded = rest.partition("+")
        try:
            raw = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadNoteError("not a verifier key: its last part is not base64") from error
        if not name or len(raw) != 33 or raw[:1] != ED25519:
            raise BadNoteError("not a verifier key of an Ed25519 signer")
        key = cls(name, raw[1:])
        if key.hash.hex() != given:
            raise BadNoteError("a verifier key whose hash does not fit its bytes")
        return key


def thumbprint(public: bytes) -> str:
    """RFC 7638 of the key as an OKP JWK: its lasting name."""
    return jwk_thumbprint({"crv": "Ed25519", "kty": "OKP", "x": unpadded(public)})


def jwk_thumbprint(members: Mapping[str, str]) -> str:
    """RFC 7638 of a JWK's required members, such as `kty`, `n` and `e` of an RSA key."""
    return unpadded(hashlib.sha256(rfc8785.dumps(dict(members))).digest())


def unpadded(raw: bytes) -> str:
    """Base64url without padding, as JWKs write bytes."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def padded(text: str) -> bytes:
    """The bytes of base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def is_signer_name(name: str) -> bool:
    """Whether a note may be signed under this name: not empty, no space, no plus."""
    return bool(name) and "+" not in name and not any(sign.isspace() for sign in name)


def sign_note(text: str, *, name: str, private: bytes) -> str:
    """The note of `text` (lines, the last one ended) signed by one Ed25519 key (its 32 secret bytes)."""
    if not is_signer_name(name):
        raise BadNoteError(f"nobody can sign a note as {name!r}")
    if not text.endswith("\n") or _CONTROL.search(text):
        raise BadNoteError("a note is lines of text, the last one ended")
    key = Ed25519PrivateKey.from_private_bytes(private)
    named = NamedKey(name, key.public_key().public_bytes_raw())
    signature = base64.b64encode(named.hash + key.sign(text.encode())).decode()
    return f"{text}\n{DASH}{name} {signature}\n"


def open_note(note: str, keys: Iterable[NamedKey]) -> str:
    """The text of a note that one of `keys` signed. BadNoteError when none did, or a known key's signature is wrong.

    Signatures of unknown keys are passed over, as the specification asks: witnesses add theirs.
    """
    text, split, lines = note.rpartition("\n\n")
    if not split or not lines.endswith("\n") or _CONTROL.search(note):
        raise BadNoteError("this is not a signed note")
    text += "\n"
    known = {(key.name, key.hash): key for key in keys}
    signed = False
    for line in lines.splitlines():
        name, space, encoded = line.removeprefix(DASH).partition(" ")
        try:
            raw = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadNoteError("a signature line of this note cannot be read") from error
        if not line.startswith(DASH) or not space or not is_signer_name(name) or len(raw) < 5:
            raise BadNoteError("a signature line of this note cannot be read")
        key = known.get((name, raw[:4]))
        if key is None:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(raw[4:], text.encode())
        except InvalidSignature as error:
            raise BadNoteError(f"the signature of {name} does not fit this text") from error
        signed = True
    if not signed:
        raise BadNoteError("no known key signed this note")
    return text
