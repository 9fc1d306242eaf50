"""When a link in which shifts still wait is brought to mind, and when the school is told instead. Pure."""

from collections.abc import Collection
from datetime import datetime, timedelta

REMINDER_DAYS = (3, 7, 14)
FIRST_REMINDER = timedelta(days=REMINDER_DAYS[0])
TELL_AFTER = timedelta(days=17)
"""Three days after the last reminder, as between the first mail and the first one."""


def reminder_due(made_at: datetime, now: datetime, reminded: Collection[int]) -> int | None:
    """Which reminder of REMINDER_DAYS is due, None where none is.

    One at a time: what was missed while the house slept is not made up for by several mails at once.
    """
    over = [days for days in REMINDER_DAYS if now - made_at >= timedelta(days=days)]
    if not over or any(days >= over[-1] for days in reminded):
        return None
    return over[-1]
