"""How long names and words behind hours are kept: whole months after the last day of a record, then they go."""

from datetime import date

DUTY_MONTHS = 72
"""Six years: the longest that our boards ask for names behind attendance (NCBTMB approved providers six years, Florida
continuing education four, Texas 36 months after completion, 16 TAC 117.55). Hours themselves are kept for ever."""

UNPOSTED_MONTHS = 12
"""How long the file of an import that was refused or withdrawn is kept: nothing rests on it, it only explains a no."""


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the month's last where it has none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def duty_ends_on(last_day: date) -> date:
    """The first day on which names behind a record whose last line is of `last_day` may be erased."""
    return months_after(last_day, DUTY_MONTHS)
