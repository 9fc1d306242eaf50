"""When a month closes, by when a claim is answered, and what a corrected line carries over. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from typing import Any

from .leaf import instant
from .postings import DELIVERIES, SPANLESS, BadPartError, HourPart, Span, check_part

CLOSING_DAY = 10
"""From this day of the next month on, a month is closed: only registrars propose corrections of its lines.

Until then whoever taught may put right what she sees on the month's lists; afterwards reports and invoices rest on them.
"""

ANSWER_DAYS = 15
"""Days in which the school answers a learner's claim. Our own term: shorter than any that we found in a statute."""

REMIND_DAYS = 3
"""Registrars are reminded of a claim once, so many days before its answer is due."""

TEACHING = frozenset({"instructor", "coordinator"})
SEALING = frozenset({"registrar", "admin"})


def closes_on(day: date) -> date:
    """The day from which the month of `day` is closed."""
    return date(day.year + day.month // 12, day.month % 12 + 1, CLOSING_DAY)


def is_closed(day: date, today: date) -> bool:
    """Whether the month of `day` is closed; both are local days of the record's zone."""
    return today >= closes_on(day)


def may_propose(roles: Iterable[str], days: Iterable[date], today: date) -> bool:
    """Whether somebody in these roles may propose a correction that touches lines of these days."""
    held = frozenset(roles)
    if held & SEALING:
        return True
    return bool(held & TEACHING) and not any(is_closed(day, today) for day in days)


def answer_due(made_on: date) -> date:
    """The last day for the answer to a claim."""
    return made_on + timedelta(days=ANSWER_DAYS)


def is_late(due_on: date, today: date) -> bool:
    """Whether the term has run out; its last day belongs to it."""
    return today > due_on


def remind_from(due_on: date) -> date:
    """The day from which registrars are reminded."""
    return due_on - timedelta(days=REMIND_DAYS)


def without_signature(part: HourPart) -> HourPart:
    """The same hours as a corrected line: nobody's signature goes over to values that she did not sign."""
    return replace(part, evidence="corrected", signer="", signer_name="", note="", tags=tuple(sorted(part.tags)))


def check_replacement(
    parts: Sequence[HourPart], *, original: HourPart | None, today: date, days: Sequence[date]
) -> None:
    """Raise BadPartError for a replacement that no ledger can hold, or that would free a line of its times.

    `original` is the line that is corrected (None: hours are missing). Where it occupies time, each part must;
    missing hours of a class, lesson or shift must too. `days` are the local days of the parts; none lies after `today`.
    """
    for part in parts:
        check_part(part)
        if part.evidence != "corrected":
            raise BadPartError("a replacement bears the evidence “corrected”")
        if part.spans:
            continue
        if original is not None and original.spans:
            raise BadPartError("the line occupied time, so what replaces it needs its times")
        if original is None and part.source not in SPANLESS:
            raise BadPartError(f"missing hours of a {part.source} need their times")
    if any(day > today for day in days):
        raise BadPartError("a replacement cannot lie in the future")


_DAYS = ("date", "supervisor_licence_valid_from", "supervisor_licence_valid_to")


def part_told(part: HourPart) -> dict[str, Any]:
    """A part as JSON keeps it; `part_read` reads it back, the same."""
    told = {field.name: getattr(part, field.name) for field in fields(part)}
    told["spans"] = [[instant(start), instant(end)] for start, end in part.spans]
    told["tags"] = list(part.tags)
    for name in _DAYS:
        told[name] = told[name].isoformat() if told[name] else None
    return told


def part_read(told: Mapping[str, Any]) -> HourPart:
    """A part from the JSON that `part_told` wrote."""
    values = dict(told)
    values["spans"] = tuple(
        (datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in values["spans"]
    )
    values["tags"] = tuple(values["tags"])
    for name in _DAYS:
        values[name] = date.fromisoformat(values[name]) if values[name] else None
    return HourPart(**values)


def changed(
    part: HourPart,
    *,
    minutes: int,
    category: str,
    delivery: str,
    title: str,
    course: str,
    tags: Sequence[str],
    spans: Sequence[Span],
    day: date | None,
) -> HourPart:
    """A line's own part with other values; with `spans` its day follows from them, else it is `day`."""
    if delivery not in DELIVERIES:
        raise BadPartError(f"delivery {delivery!r} is not one of {', '.join(DELIVERIES)}")
    return without_signature(
        replace(
            part,
            minutes=minutes,
            category=category,
            delivery=delivery,
            title=title,
            course=course,
            tags=tuple(tags),
            spans=tuple(spans),
            date=None if spans else day,
        )
    )
