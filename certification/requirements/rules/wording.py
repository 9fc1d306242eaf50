"""How minutes and shortfalls are said in plain English; a screen in another language words them from the numbers."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

from certification.requirements.rules.shapes import Overlay, RuleSetSpec, title_from


def hours(minutes: int, unit_minutes: int) -> str:
    """Minutes as hours of the rule's unit, exact: `5 h`, `5 h 20 min`, `20 min`."""
    whole, rest = divmod(minutes, unit_minutes)
    if not rest:
        return f"{whole} h"
    return f"{whole} h {rest} min" if whole else f"{rest} min"


def short_of(title: str, short: int, required: int, unit_minutes: int) -> str:
    """What a category, an overlay or the total lacks."""
    return f"{title} is {hours(short, unit_minutes)} short of {hours(required, unit_minutes)}"


def overlay_title(spec: RuleSetSpec, overlay: Overlay) -> str:
    """A tag as a person calls it, with the category within which it is asked."""
    title = title_from(overlay.tag)
    return f"{title} within {spec.title_of(overlay.within)}" if overlay.within else title


def in_person(title: str, short: int, required: int, unit_minutes: int) -> str:
    """What a category lacks of in-person teaching."""
    return f"{title} is {hours(short, unit_minutes)} short of {hours(required, unit_minutes)} in person"


def gate(title: str, before: str, short: int, required: int, unit_minutes: int) -> str:
    """What a gate still waits for."""
    return f"{short_of(title, short, required, unit_minutes)}, needed before {before}"


def too_fast(number: int, unit: str, start: dt.date, earliest: dt.date, completed: dt.date) -> str:
    """Why a course ended too soon."""
    return (
        f"The course must last at least {number} {unit}: begun on {start.isoformat()}, it may end on "
        f"{earliest.isoformat()} or later, not on {completed.isoformat()}"
    )


def percent(share: Fraction) -> Decimal:
    """A percentage with two decimals, cut."""
    return Decimal(share.numerator * 100 // share.denominator).scaleb(-2)


def average(found: Decimal, least: Decimal) -> str:
    """How far the average grade is off."""
    return f"The average grade is {found}%, below {least}%"


def too_old(years: int, completed: dt.date, applied: dt.date) -> str:
    """Why a course is too old."""
    return (
        f"The course must be finished at most {years} years before the application: it was finished on "
        f"{completed.isoformat()}, the application is of {applied.isoformat()}"
    )


def too_many_courses(found: int, most: int) -> str:
    """Hours come from more courses than one program may have."""
    return f"The hours come from {found} courses; at most {most} linked courses count"


def several_schools(found: int) -> str:
    """Hours come from more than one school."""
    return f"The hours come from {found} schools; they must come from one"


def not_shown(title: str) -> str:
    """A fact that is not hours is missing."""
    return f"{title} is not shown yet"


def not_in_force(spec: RuleSetSpec, axis: str, day: dt.date) -> str:
    """Why this version does not judge this learner."""
    window = " ".join(
        f"{word} {end.isoformat()}"
        for word, end in (("from", spec.valid_from), ("to", spec.valid_to))
        if end is not None
    )
    return f"{spec.label} applies {window} by {axis.replace('_', ' ')}, which was on {day.isoformat()}"
