"""Pure rules of verification: how a link's token is kept, and until when and how far a consent opens."""

import hashlib
import re
from datetime import date, datetime


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


ASKING_ROLES = ("verifier", "board", "manager", "registrar", "admin")
"""Who asks in the name of an organisation."""
SENDING_ROLES = ("custodian", "registrar", "admin")
KEY_ROLES = ("manager", "registrar", "admin")
"""Who makes keys for its programs, and ends them."""

OPEN, ENDED, WITHDRAWN = "open", "ended", "withdrawn"


def consent_state(*, until_on: date, withdrawn_at: datetime | None, today: date) -> str:
    """Whether a consent's link opens today; its last day is included."""
    if withdrawn_at is not None:
        return WITHDRAWN
    return OPEN if today <= until_on else ENDED


NAME, TOTALS, TRANSCRIPT = "name", "totals", "transcript"
"""What a consent may open: name and state; hours by subject and the certificate's own files, which print them; the
transcript with every course."""

_NEEDED = {NAME: 1, TOTALS: 2, TRANSCRIPT: 3}
_WIDTH = {"status": 1, "totals": 2, "transcript": 3, "certificate": 1, "hours": 3}


def width(scope: str) -> int:
    """How far a scope reaches, for comparing two: 1 the name, 2 the totals, 3 the transcript.

    The two scopes of old reach what they always opened: `certificate` the name, `hours` every file.
    """
    return _WIDTH[scope]


def reaches(scope: str, what: str) -> bool:
    """Whether a consent of this scope opens NAME, TOTALS or TRANSCRIPT; each scope opens what the narrower ones do."""
    return _WIDTH[scope] >= _NEEDED[what]


_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


def named_address(recipient: str) -> str:
    """The one e-mail address that a consent names as its recipient; empty where it names none or several."""
    found = {one.lower() for one in _ADDRESS.findall(recipient)}
    return found.pop() if len(found) == 1 else ""


def closed_on(*, closed: date | None, last_day: date | None, today: date) -> date | None:
    """A school's last day, once it has closed or the day that was set is over; None while it is open.

    `closed` is the day of its closing, which stands once it is carried out; `last_day` the day that was set.
    """
    if closed is not None:
        return closed
    return last_day if last_day is not None and last_day < today else None
