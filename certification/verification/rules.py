"""Pure rules of verification: how a link's token is kept, and until when a consent opens."""

import hashlib
from datetime import date, datetime


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


OPEN, ENDED, WITHDRAWN = "open", "ended", "withdrawn"


def consent_state(*, until_on: date, withdrawn_at: datetime | None, today: date) -> str:
    """Whether a consent's link opens today; its last day is included."""
    if withdrawn_at is not None:
        return WITHDRAWN
    return OPEN if today <= until_on else ENDED
