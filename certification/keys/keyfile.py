"""ISSUER_KEY_FILE: the private halves, a JWK set (RFC 7517, RFC 8037) outside the database; the only reader of it.

Whoever holds the database alone can sign nothing; whoever holds the file alone knows no person. Only the owner may
read it. Writers wait for each other and put a whole new file in its place, so a reader never meets half of one.
"""

import fcntl
import json
import os
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from . import rules


class KeyFileError(Exception):
    """The file cannot be read or written, or lacks a key; the message says what to do."""


def path() -> Path:
    """Where the file is."""
    return Path(settings.ISSUER_KEY_FILE)


def private_key(kid: str) -> bytes:
    """The 32 secret bytes of a key. KeyFileError when the file does not hold it."""
    for key in _read():
        if key.get("kid") == kid:
            return rules.padded(key["d"])
    raise KeyFileError(
        f"ISSUER_KEY_FILE ({path()}) does not hold the key {kid}. Put the right file there, or run "
        "`manage.py rotate_key` to begin a new key."
    )


def public_keys() -> list[rules.NamedKey]:
    """All keys of the file with the names under which they sign; needs no database."""
    return [rules.NamedKey(key["name"], rules.padded(key["x"])) for key in _read()]


def add(*, purpose: str, name: str) -> rules.NamedKey:
    """Make a key, write it down, and return its public half."""
    fresh = Ed25519PrivateKey.generate()
    public = fresh.public_key().public_bytes_raw()
    row = {
        "kty": "OKP",
        "crv": "Ed25519",
        "kid": rules.thumbprint(public),
        "purpose": purpose,
        "name": name,
        "x": rules.unpadded(public),
        "d": rules.unpadded(fresh.private_bytes_raw()),
    }
    target = path()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with open(target.with_name(target.name + ".lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            half = target.with_name(f"{target.name}.{os.getpid()}")
            with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                json.dump({"keys": [*_read(), row]}, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            half.replace(target)
    except OSError as error:
        raise KeyFileError(f"ISSUER_KEY_FILE ({target}) cannot be written: {error.strerror}.") from error
    return rules.NamedKey(name, public)


def _read() -> list[dict[str, Any]]:
    try:
        text = path().read_text()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise KeyFileError(f"ISSUER_KEY_FILE ({path()}) cannot be read: {error.strerror}.") from error
    try:
        keys: list[dict[str, Any]] = json.loads(text)["keys"]
    except (ValueError, KeyError, TypeError) as error:
        raise KeyFileError(f"ISSUER_KEY_FILE ({path()}) is not a JWK set.") from error
    return keys
