"""Makes, retires and uses signing keys."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import IntegrityError, transaction
from django.utils import timezone

from . import keyfile, rules, x509
from .keyfile import KeyFileError
from .models import AddedSignature, SigningKey
from .selectors import named, trusted_keys

__all__ = [
    "KeyFileError",
    "Seal",
    "compromise_key",
    "ensure_key",
    "rotate_key",
    "seal_of",
    "sign_document",
    "sign_note",
    "sign_note_again",
    "sign_statement",
    "sign_token",
]

_LETTERS = {
    SigningKey.Purpose.CREDENTIAL: "ed",
    SigningKey.Purpose.TOKEN: "rs",
    SigningKey.Purpose.SEAL: "seal",
}


def ensure_key(*, purpose: str, name: str, holder: str = "") -> SigningKey:
    """The key in use of this purpose and name, made when there is none. Of twenty callers at once all get one key.

    `holder` is the name in a seal's X.509 certificate. Raises KeyFileError when the file of private halves cannot be
    written.
    """
    in_use = SigningKey.objects.filter(purpose=purpose, name=name, retired_at=None)
    found = in_use.first()
    if found:
        return found
    fresh = _fresh(purpose, name, holder)
    try:
        with transaction.atomic():
            fresh.save(force_insert=True)
    except IntegrityError:
        return in_use.get()
    return fresh


@transaction.atomic
def rotate_key(*, purpose: str, name: str, holder: str = "") -> SigningKey:
    """Retire the key in use and begin a new one; what the old one signed stays checkable. Atomic.

    A new seal is in the name of the last one, where no `holder` is given.
    """
    _retire(purpose, name)
    holder = holder or _last_holder(purpose, name)
    fresh = _fresh(purpose, name, holder)
    fresh.save(force_insert=True)
    return fresh


@transaction.atomic
def compromise_key(*, key: SigningKey, holder: str = "") -> SigningKey:
    """Say that a private half may be in foreign hands: it leaves the DID document, so that nothing it signed verifies
    any more, and a new key is in use, which is returned. Idempotent: a second call returns the key in use.

    What the leaked key signed is to be signed anew by whoever keeps it (certificates do).
    """
    key = SigningKey.objects.select_for_update().get(pk=key.pk)
    if key.compromised_at is None:
        if key.retired_at is None:
            _retire(key.purpose, key.name)
            key.refresh_from_db()
        key.compromised_at = timezone.now()
        key.save(update_fields=["compromised_at"])
    return ensure_key(purpose=key.purpose, name=key.name, holder=holder or _last_holder(key.purpose, key.name))


def _retire(purpose: str, name: str) -> None:
    now = timezone.now()
    for key in SigningKey.objects.select_for_update().filter(purpose=purpose, name=name, retired_at=None):
        key.retired_at = now
        key.save(update_fields=["retired_at"])


def _last_holder(purpose: str, name: str) -> str:
    last = SigningKey.objects.filter(purpose=purpose, name=name).exclude(certificate="").order_by("-pk").first()
    return x509.holder_of(last.certificate) if last else ""


def sign_note(text: str, *, purpose: str, name: str) -> str:
    """The C2SP note of `text`, signed by the key in use. Raises KeyFileError when its private half is not there."""
    key = ensure_key(purpose=purpose, name=name)
    return rules.sign_note(text, name=name, private=keyfile.private_key(key.kid))


def sign_note_again(note: str, *, purpose: str, name: str) -> AddedSignature | None:
    """Put the signature of the key in use beside a note's own, if no key that is still trusted signed it; else None.

    Idempotent. Raises KeyFileError when the private half is not there.
    """
    text = note.rpartition("\n\n")[0] + "\n"
    digest = hashlib.sha256(text.encode()).hexdigest()
    try:
        rules.open_note(note, [named(key) for key in trusted_keys(purpose, name)])
        return None
    except rules.BadNoteError:
        pass
    key = ensure_key(purpose=purpose, name=name)
    there = AddedSignature.objects.filter(text_sha256=digest, key__compromised_at=None).first()
    if there:
        return there
    line = rules.sign_note(text, name=name, private=keyfile.private_key(key.kid)).rpartition("\n\n")[2]
    added, _made = AddedSignature.objects.get_or_create(key=key, text_sha256=digest, defaults={"line": line})
    return added


def sign_document(document: Mapping[str, Any], *, did: str, created: datetime) -> dict[str, Any]:
    """A JSON-LD document with the Data Integrity proof of a DID's key in use; about 10 ms.

    Raises KeyFileError when its private half is not there, `integrity.UnsignableError` for what no proof would cover.
    """
    from .proofs import integrity

    key = ensure_key(purpose=SigningKey.Purpose.CREDENTIAL, name=did)
    return integrity.sign(document, private=keyfile.private_key(key.kid), method=key.method, created=created)


def sign_token(credential: Mapping[str, Any], *, did: str) -> str:
    """A credential as a JWT by RSA of a DID's key in use. Raises as `sign_document`."""
    from .proofs import jws

    key = ensure_key(purpose=SigningKey.Purpose.TOKEN, name=did)
    return jws.sign_jwt(credential, key=keyfile.private_jwk(key.kid), method=key.method)


def sign_statement(claims: Mapping[str, Any], *, did: str, typ: str) -> tuple[str, SigningKey]:
    """A statement that is no credential as a JWT of the kind `typ` by RSA of a DID's key in use, and that key.

    Raises as `sign_document`.
    """
    from .proofs import jws

    key = ensure_key(purpose=SigningKey.Purpose.TOKEN, name=did)
    return jws.sign_claims(claims, key=keyfile.private_jwk(key.kid), method=key.method, typ=typ), key


@dataclass(frozen=True, slots=True)
class Seal:
    """What seals a PDF: the private key and its X.509 certificate (PEM)."""

    key: rsa.RSAPrivateKey
    certificate: str


def seal_of(*, did: str, holder: str) -> Seal:
    """The seal in use of a DID, made in the name of `holder` when there is none. KeyFileError as above."""
    key = ensure_key(purpose=SigningKey.Purpose.SEAL, name=did, holder=holder)
    return Seal(keyfile.rsa_key(key.kid), key.certificate)


def _fresh(purpose: str, name: str, holder: str = "") -> SigningKey:
    now = timezone.now()
    key = SigningKey(purpose=purpose, name=name, created_at=now)
    if purpose in _LETTERS:
        key.fragment = _fragment(_LETTERS[SigningKey.Purpose(purpose)], name, now)
    if purpose in (SigningKey.Purpose.TOKEN, SigningKey.Purpose.SEAL):
        jwk = keyfile.add_rsa(purpose=purpose, name=name)
        key.kid = jwk.pop("kid")
        key.public_jwk = json.dumps(jwk, sort_keys=True)
        if purpose == SigningKey.Purpose.SEAL:
            key.certificate = x509.self_signed(keyfile.rsa_key(key.kid), name=holder or name, at=now)
    else:
        public = keyfile.add(purpose=purpose, name=name).public
        key.kid, key.public_key = rules.thumbprint(public), rules.unpadded(public)
    return key


def _fragment(letters: str, name: str, now: datetime) -> str:
    """A name of the year that no key of this DID has: ed-2026, ed-2026-2."""
    base = f"{letters}-{now.year}"
    taken = set(SigningKey.objects.filter(name=name, fragment__startswith=base).values_list("fragment", flat=True))
    return next(each for each in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if each not in taken)
