"""When people are told that something with dates ends."""

from datetime import date

LAPSE_STEPS = (60, 30, 7, 0)
"""Days before; 0 is the last day itself."""
LATE = 3
"""For so many days after the last one it is still told, where nothing ran on the day."""


def lapse_step(ends_on: date, today: date) -> int | None:
    """The step that is due on a day: the smallest that is reached; None where it is too early or long over."""
    left = (ends_on - today).days
    if left < -LATE:
        return None
    return min((step for step in LAPSE_STEPS if left <= step), default=None)
