"""How something with dates stands on a day, and hours as people type them."""

import re
from datetime import date, timedelta
from decimal import Decimal

from .shifts import Window

SOON = timedelta(days=30)
# In the order in which they call for somebody's attention.
STANDINGS = ("over", "ends_soon", "not_yet", "in_force", "undated")


def standing(window: Window, today: date) -> str:
    """One of STANDINGS: a period that ends within SOON ends soon, one without any date is undated."""
    if window.last is not None and window.last < today:
        return "over"
    if window.first is not None and today < window.first:
        return "not_yet"
    if window.last is not None and window.last <= today + SOON:
        return "ends_soon"
    return "undated" if window.first is None and window.last is None else "in_force"


def most_urgent(*standings: str) -> str:
    """The one of several standings that calls first."""
    return min(standings, key=STANDINGS.index)


def meet(one: Window, other: Window) -> bool:
    """Whether two periods share a day."""
    return not (
        (one.last is not None and other.first is not None and one.last < other.first)
        or (other.last is not None and one.first is not None and other.last < one.first)
    )


def renewed(old: Window, new: Window, *, again: bool = False) -> Window:
    """A new period that goes on where the old one ended, at the latest on the day after, as one with it; any other as
    it is: one that ends no later corrects the old one. `again`: the old one may be the renewed one already.
    """
    if old.last is None or new.first is None or (new.last is not None and new.last < new.first):
        return new
    later = new.last is None or new.last > old.last or (again and new.last == old.last)
    goes_on = (old.first is None or old.first < new.first) and new.first <= old.last + timedelta(days=1)
    return Window(old.first, new.last) if later and goes_on else new


def term_is_over(ends_on: date | None, today: date, *, withdrawn: bool, needed: bool) -> bool:
    """Whether a paper's time is over: withdrawn, past its last day, or, without one, not `needed` by anybody any more."""
    if withdrawn:
        return True
    return ends_on < today if ends_on is not None else not needed


_DECIMAL = re.compile(r"(\d{1,4})(?:\.(\d{1,4}))?(?: ?(?:h|hr|hrs|hour|hours))?", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,4}):([0-5]\d)")
_WORDS = re.compile(r"(\d{1,4}) ?h(?:ours?)? ?([0-5]?\d) ?m(?:in(?:utes?)?)?", re.IGNORECASE)


def minutes_typed(text: str, unit: int = 60) -> int | None:
    """Whole minutes of hours as people type them: 70, 37.5, 37:30 or 37 h 30 min; None for what is none of these.

    `unit` is the minutes of an hour, where a rule set says other than 60.
    """
    text = " ".join(text.split())
    if hit := _CLOCK.fullmatch(text) or _WORDS.fullmatch(text):
        rest = int(hit.group(2))
        return int(hit.group(1)) * unit + rest if rest < unit else None
    if hit := _DECIMAL.fullmatch(text):
        minutes = Decimal(f"{hit.group(1)}.{hit.group(2) or 0}") * unit
        return int(minutes) if minutes == int(minutes) else None
    return None


def hours_to_type(minutes: int, unit: int = 60) -> str:
    """Minutes as a form shows them to be typed over: 70, else 37:30; `unit` as in `minutes_typed`."""
    hours, rest = divmod(minutes, unit)
    return f"{hours}:{rest:02d}" if rest else str(hours)
