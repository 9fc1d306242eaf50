"""When people are told that something with dates ends."""

from datetime import date

LAPSE_STEPS = (60, 30, 7, 0)
"""Days before; 0 is the last day itself."""
LATE = 3
"""For so many days after the last one it is still told, where nothing ran on the day."""

LISTED_DAYS = max(LAPSE_STEPS)
"""What ends within so many days stands on the board."""


def is_listed(ends_on: date, today: date, *, needed: bool) -> bool:
    """Whether an end stands on the board: soon, or over while somebody still needs what has ended."""
    left = (ends_on - today).days
    return 0 <= left <= LISTED_DAYS or (left < 0 and needed)


def lapse_step(ends_on: date, today: date) -> int | None:
    """The step that is due on a day: the smallest that is reached; None where it is too early or long over."""
    left = (ends_on - today).days
    if left < -LATE:
        return None
    return min((step for step in LAPSE_STEPS if left <= step), default=None)
