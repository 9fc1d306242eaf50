"""How full a site is, and what is asked for by kind of shift."""

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
