"""Pure rules of verification: how a link's token is kept, and until when a consent opens."""

import hashlib
import re
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


_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


def named_address(recipient: str) -> str:
    """The one e-mail address that a consent names as its recipient; empty where it names none or several."""
    found = {one.lower() for one in _ADDRESS.findall(recipient)}
    return found.pop() if len(found) == 1 else ""
