"""A code by text message when a supervisor signs: how long it works, how often it may be sent, how it is typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

CODE_LIFE = timedelta(minutes=10)
CODE_TRIES = 5
CODE_DIGITS = 6
SENDS_AN_HOUR = 3
"""By one link."""
SENDS_A_DAY = 5
"""To one number, of those that led to no signature."""
ONE_CLICK = timedelta(seconds=20)
_BETWEEN_DIGITS = str.maketrans("", "", " -\N{NO-BREAK SPACE}\t")


@dataclass(frozen=True, slots=True)
class Delay:
    """Why no code is sent now, hour or day, and from when on one may be."""

    why: str
    until: datetime


def is_one_click(moment: datetime, made_at: datetime) -> bool:
    """Whether asking for a code now is the click by which the last one was made, sent twice."""
    return moment < made_at + ONE_CLICK


def may_send(moment: datetime, by_link: Sequence[datetime], to_number: Sequence[datetime]) -> Delay | None:
    """What keeps a code from being sent: when codes were sent by this link, and to this number without a
    signature. None: nothing does."""
    for why, sent, most, span in (
        ("day", to_number, SENDS_A_DAY, timedelta(days=1)),
        ("hour", by_link, SENDS_AN_HOUR, timedelta(hours=1)),
    ):
        counted = sorted(at for at in sent if at > moment - span)
        if len(counted) >= most:
            return Delay(why, counted[-most] + span)
    return None


def code_typed(text: str) -> str:
    """The digits of a code as it was typed, spaces and dashes left out; empty for what is no code of six digits."""
    digits = text.translate(_BETWEEN_DIGITS)
    return digits if len(digits) == CODE_DIGITS and digits.isascii() and digits.isdigit() else ""


def last_digits(number: str) -> str:
    """All of a number that its owner is shown: the last two digits."""
    return number[-2:]
