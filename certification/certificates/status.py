"""Bitstring status lists (W3C): one bit a credential, set when it was revoked. Pure.

A list has 131,072 places, the least that the standard allows, so that one bit says nothing of whose it is; places are
given out at random. Neither reasons nor names stand in it.
"""

import base64
import binascii
import gzip
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from certification.keys.proofs.contexts import CREDENTIALS

PLACES = 131_072
TTL = timedelta(minutes=5)
"""How long a reader may keep a list; there is no other freshness."""

SIGNED_EVERY = timedelta(hours=6)
"""A list is signed anew at least so often by the tick, though no bit was set."""

SERVED_FOR = timedelta(hours=24)
"""So long after it was signed a list is handed out. An older one might hide a revocation for days: no answer is better,
since a verifier then says that the status could not be checked.
"""

LATE = timedelta(minutes=15)
"""A bit that waits so long for its signature, and a list so much over its time, is shown to staff: nobody signs."""


class BadListError(ValueError):
    """A list that cannot be read."""


def is_due(*, stale: bool, signed_at: datetime | None, leaked_at: datetime | None, now: datetime) -> bool:
    """Whether a list is to be signed anew: a bit was set, it is old, or the key that signed it has leaked since."""
    if stale or signed_at is None or now - signed_at >= SIGNED_EVERY:
        return True
    return leaked_at is not None and signed_at <= leaked_at


def is_served(signed_at: datetime | None, now: datetime) -> bool:
    """Whether a list as it was signed then may still be handed out."""
    return signed_at is not None and now - signed_at < SERVED_FOR


def is_late(*, stale_since: datetime | None, signed_at: datetime | None, now: datetime) -> bool:
    """Whether signing lags so much that whoever looks after the server must be told."""
    if stale_since is not None and now - stale_since >= LATE:
        return True
    return signed_at is not None and now - signed_at >= SIGNED_EVERY + LATE


def encode(places: Iterable[int]) -> str:
    """The list with these bits set: gzip, base64url, multibase `u`. Bit 0 is the high bit of the first byte."""
    bits = bytearray(PLACES // 8)
    for place in places:
        if not 0 <= place < PLACES:
            raise ValueError(f"{place} is no place of a list of {PLACES}")
        bits[place >> 3] |= 0x80 >> (place & 7)
    packed = gzip.compress(bytes(bits), compresslevel=9, mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def is_set(encoded: str, place: int) -> bool:
    """Whether a bit of an encoded list is set. BadListError for what is no list, or is longer than ours may be."""
    if not encoded.startswith("u"):
        raise BadListError("this list is not base64url")
    try:
        packed = base64.urlsafe_b64decode(encoded[1:] + "=" * (-(len(encoded) - 1) % 4))
        unpacker = zlib.decompressobj(wbits=31)
        bits = unpacker.decompress(packed, 4 * PLACES)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise BadListError("this list cannot be unpacked") from error
    if not 0 <= place < len(bits) * 8:
        raise BadListError(f"{place} lies outside of the list")
    return bool(bits[place >> 3] & (0x80 >> (place & 7)))


def list_credential(*, address: str, issuer: str, encoded: str, at: datetime) -> dict[str, Any]:
    """The list as a credential, without its proof."""
    return {
        "@context": [CREDENTIALS],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded,
            "ttl": int(TTL.total_seconds()) * 1000,
        },
    }
