"""ISSUER_KEY_FILE: the private halves, a JWK set (RFC 7517, RFC 7518, RFC 8037) outside the database; its only reader.

Whoever holds the database alone can sign nothing; whoever holds the file alone knows no person. Only the owner may
read it. Writers wait for each other and put a whole new file in its place, so a reader never meets half of one.
"""

import fcntl
import json
import os
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from . import rules

RSA_BITS = 2048
_OURS = ("purpose", "name")
_PUBLIC = frozenset({"kty", "crv", "x", "n", "e", "kid", "purpose", "name"})
_RSA = ("n", "e", "d", "p", "q", "dp", "dq", "qi")


class KeyFileError(Exception):
    """The file cannot be read or written, or lacks a key; the message says what to do."""


def path() -> Path:
    """Where the file is."""
    return Path(settings.ISSUER_KEY_FILE)


def private_key(kid: str) -> bytes:
    """The 32 secret bytes of an Ed25519 key. KeyFileError when the file does not hold it."""
    return rules.padded(private_jwk(kid)["d"])


def private_jwk(kid: str) -> dict[str, Any]:
    """A key with its secret members, as a JWK. KeyFileError when the file does not hold it."""
    for key in _read():
        if key.get("kid") == kid:
            return {name: value for name, value in key.items() if name not in _OURS}
    raise KeyFileError(
        f"ISSUER_KEY_FILE ({path()}) does not hold the key {kid}. Put the right file there, or run "
        "`manage.py rotate_key` to begin a new key."
    )


def public_keys() -> list[rules.NamedKey]:
    """All Ed25519 keys of the file with the names under which they sign; needs no database."""
    return [rules.NamedKey(key["name"], rules.padded(key["x"])) for key in _read() if key["kty"] == "OKP"]


def public_jwks() -> list[dict[str, Any]]:
    """The public halves of all keys of the file, as JWKs with `purpose` and `name`; needs no database."""
    return [{part: value for part, value in key.items() if part in _PUBLIC} for key in _read()]


def add(*, purpose: str, name: str) -> rules.NamedKey:
    """Make an Ed25519 key, write it down, and return its public half."""
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
    _write(row)
    return rules.NamedKey(name, public)


def add_rsa(*, purpose: str, name: str) -> dict[str, Any]:
    """Make an RSA key of 2,048 bits, write it down, and return its public half as a JWK with its `kid`."""
    fresh = rsa.generate_private_key(public_exponent=65_537, key_size=RSA_BITS)
    numbers = fresh.private_numbers()
    public = {"kty": "RSA", "n": _number(numbers.public_numbers.n), "e": _number(numbers.public_numbers.e)}
    kid = rules.jwk_thumbprint(public)
    secret = {
        "d": numbers.d,
        "p": numbers.p,
        "q": numbers.q,
        "dp": numbers.dmp1,
        "dq": numbers.dmq1,
        "qi": numbers.iqmp,
    }
    members = {part: _number(value) for part, value in secret.items()}
    _write({**public, "kid": kid, "purpose": purpose, "name": name, **members})
    return {**public, "kid": kid}


def rsa_key(kid: str) -> rsa.RSAPrivateKey:
    """An RSA key as `cryptography` signs with it. KeyFileError when the file does not hold it."""
    jwk = {part: int.from_bytes(rules.padded(value), "big") for part, value in private_jwk(kid).items() if part in _RSA}
    public = rsa.RSAPublicNumbers(e=jwk["e"], n=jwk["n"])
    return rsa.RSAPrivateNumbers(
        p=jwk["p"], q=jwk["q"], d=jwk["d"], dmp1=jwk["dp"], dmq1=jwk["dq"], iqmp=jwk["qi"], public_numbers=public
    ).private_key()


def _number(value: int) -> str:
    """A number as JWKs write it: big-endian, no leading zero (RFC 7518 section 2)."""
    return rules.unpadded(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _write(row: dict[str, Any]) -> None:
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
