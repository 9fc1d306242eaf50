"""When a supervisor is asked to sign: at once, or with all that came for her by the evening. Pure."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

AT_ONCE, DAILY, WEEKLY = "at_once", "daily", "weekly"
EVENING = time(18)
"""When what was collected goes out, by the school's clock: her day at the site is over."""
SUNDAY = 6


def goes_out_at(asked_at: datetime, rhythm: str, zone: str) -> datetime | None:
    """When a request that was sent at `asked_at` goes out: the next EVENING after it, at WEEKLY that of the next Sunday.

    None: at once.
    """
    if rhythm == AT_ONCE:
        return None
    clock = ZoneInfo(zone)
    local = asked_at.astimezone(clock)
    day = local.date()
    if local.time() >= EVENING:
        day += timedelta(days=1)
    if rhythm == WEEKLY:
        day += timedelta(days=(SUNDAY - day.weekday()) % 7)
    return datetime.combine(day, EVENING, clock).astimezone(asked_at.tzinfo)


def end_of_day(now: datetime, zone: str) -> datetime:
    """The midnight that ends this day by the school's clock: what is due before it belongs into one mail."""
    clock = ZoneInfo(zone)
    tomorrow = now.astimezone(clock).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(0), clock).astimezone(now.tzinfo)
