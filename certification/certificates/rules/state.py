"""One word for a certificate that exists."""

from datetime import date

VALID, SUPERSEDED, REVOKED, EXPIRED, UNKNOWN = "valid", "superseded", "revoked", "expired", "unknown"


def state_of(*, revoked: bool, superseded: bool, expires_on: date | None, today: date) -> str:
    """One word for a certificate that exists. Revoked weighs most: a replacement does not make it good again."""
    if revoked:
        return REVOKED
    if superseded:
        return SUPERSEDED
    if expires_on is not None and expires_on < today:
        return EXPIRED
    return VALID
