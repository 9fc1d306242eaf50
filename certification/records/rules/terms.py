"""How long a certificate holds: for good, so many months, or until a cycle of continuing education ends."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from .retention import months_after

LONGEST_MONTHS = 120
_MONTHS = re.compile(r"(\d{1,3}) months?")
_CYCLE = re.compile(r"(\d\d)-(\d\d)(?: (odd|even))?")


class BadTermError(ValueError):
    """A term that says nothing we know."""


@dataclass(frozen=True, slots=True)
class Term:
    """Either `months` after the day of issue, or until the next `month`-`day` of each, odd or even `years`."""

    months: int = 0
    month: int = 0
    day: int = 0
    years: str = ""

    def last_day(self, issued_on: date) -> date:
        """The last day on which what was issued on a day holds: with months the day before the same day then."""
        if self.months:
            return months_after(issued_on, self.months) - timedelta(days=1)
        year = issued_on.year
        while True:
            fits = not self.years or (self.years == "odd") == bool(year % 2)
            if fits and (end := _day(year, self.month, self.day)) >= issued_on:
                return end
            year += 1


def _day(year: int, month: int, day: int) -> date:
    """That day, or the month's last where it has none (29 February)."""
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month, 28)


def term_of(text: str) -> Term | None:
    """Read a term: "" (for good: None), "24 months", "08-31 odd", "10-31 even", "12-31". BadTermError otherwise."""
    text = " ".join(text.split())
    if not text:
        return None
    if found := _MONTHS.fullmatch(text):
        months = int(found[1])
        if not 1 <= months <= LONGEST_MONTHS:
            raise BadTermError(text)
        return Term(months=months)
    if found := _CYCLE.fullmatch(text):
        month, day = int(found[1]), int(found[2])
        try:
            date(2024, month, day)  # a leap year: 29 February is a day
        except ValueError as error:
            raise BadTermError(text) from error
        return Term(month=month, day=day, years=found[3] or "")
    raise BadTermError(text)


def last_day_of_term(text: str, issued_on: date) -> date | None:
    """The last day on which a certificate issued on a day holds; None: it holds for good."""
    term = term_of(text)
    return term.last_day(issued_on) if term else None
