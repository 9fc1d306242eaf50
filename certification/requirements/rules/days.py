"""Days, weeks, months and years as rules count them; days outside the calendar are its ends."""

import calendar
import datetime as dt


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of another month, or that month's last where it has no such day (contract: `pace`)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if year < dt.MINYEAR:
        return dt.date.min
    if year > dt.MAXYEAR:
        return dt.date.max
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def add_years(day: dt.date, years: int) -> dt.date:
    """The same day of another year; 29 February becomes the 28th."""
    return add_months(day, 12 * years)


def add_weeks(day: dt.date, weeks: int) -> dt.date:
    """So many weeks later."""
    return dt.date.fromordinal(min(day.toordinal() + 7 * weeks, dt.date.max.toordinal()))


def week_of(day: dt.date, starts: int) -> int:
    """A number for the week that holds the day; `starts` is its first day as `date.weekday()` counts."""
    return day.toordinal() - (day.weekday() - starts) % 7
