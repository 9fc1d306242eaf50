"""When a graduate is told that her certificate expires."""

from datetime import date

EXPIRY_STEPS = (90, 30, 7)
"""Days before the last day on which it holds."""


def expiry_step(expires_on: date, today: date) -> int | None:
    """The step that is due on a day: the smallest that is reached; None where it is too early or over."""
    left = (expires_on - today).days
    if left < 0:
        return None
    return min((step for step in EXPIRY_STEPS if left <= step), default=None)
