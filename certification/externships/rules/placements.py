"""How full a site is, what is asked for by kind of shift, and a phone number as people type it."""

import re
from collections.abc import Iterable, Mapping
from datetime import date

from .shifts import KINDS, Window


def full_day(window: Window, others: Iterable[Window], capacity: int) -> date | None:
    """The first day of a period on which others fill all places; None where one more fits on every day.

    All periods have both ends.
    """
    others = [other for other in others if other.last is None or window.first is None or other.last >= window.first]
    begins = [window.first, *(other.first for other in others)]
    # It only gets fuller on a day on which somebody begins.
    for day in sorted(day for day in begins if day is not None and window.holds(day)):
        if sum(other.holds(day) for other in others) >= capacity:
            return day
    return None


def kinds_wrong(minutes: Mapping[str, int], required: int) -> str:
    """What is wrong with minutes by kind of shift: "" | kind (unknown, or idle) | amount (not above zero) | sum."""
    if any(KINDS.get(kind) is None for kind in minutes):
        return "kind"
    if any(type(amount) is not int or amount <= 0 for amount in minutes.values()):
        return "amount"
    return "sum" if sum(minutes.values()) > required else ""


def phone_typed(text: str) -> str | None:
    """A phone number as it is kept: + and digits, the country first (1 where none is typed); None for what is none."""
    if not re.fullmatch(r"\+?[\d\s().\-/]+", text.strip()):
        return None
    digits = re.sub(r"\D", "", text)
    if text.strip().startswith("+"):
        return f"+{digits}" if 8 <= len(digits) <= 15 and digits[0] != "0" else None
    if len(digits) == 11 and digits.startswith("1"):
        digits = digits[1:]
    return f"+1{digits}" if len(digits) == 10 and digits[0] not in "01" else None
