"""Small packs and entries for the tests of the rules."""

import datetime as dt
from typing import Any

from certification.requirements import rules

HEAD = """\
schema: hour-rules/1
id: small
version: 1
title: A small pack
status: sample
sources: [{citation: "made for tests", read_on: 2026-11-21}]
"""


def pack(rest: str = "", *, applies_by: str = "enrolment", total_hours: str = "10", unit_minutes: str = "60") -> str:
    """The text of a pack: a sound head, and `rest` under it."""
    return f"{HEAD}applies_by: {applies_by}\nunit_minutes: {unit_minutes}\ntotal_hours: {total_hours}\n{rest}"


def spec(rest: str = "", **head: str) -> rules.RuleSetSpec:
    """The same, read."""
    return rules.load(pack(rest, **head), file="pack.yaml")


TREE = spec(
    """
categories:
  - code: technique
    title: Technique
    min_hours: 4
    max_hours: 6
    children:
      - {code: swedish, title: Swedish massage, min_hours: 2.5}
      - {code: deep, title: Deep tissue, max_hours: 1}
  - {code: ethics, title: Ethics}
"""
)


def at(text: str) -> dt.datetime:
    """An instant of 6 January 2025 from `09:30`, or any from an ISO text."""
    return dt.datetime.fromisoformat(text if "T" in text else f"2025-01-06T{text}+00:00")


def entry(minutes: int = 60, category: str = "ethics", on: str = "2025-01-06", **more: Any) -> rules.Entry:
    """One entry; `start="09:00", end="10:00"` give it a span."""
    if "start" in more:
        more["spans"] = ((at(more.pop("start")), at(more.pop("end"))),)
    return rules.Entry(date=dt.date.fromisoformat(on), minutes=minutes, category=category, **more)


def day(text: str) -> dt.date:
    """A date."""
    return dt.date.fromisoformat(text)


def refused(evaluation: rules.Evaluation) -> list[tuple[int, int, str]]:
    """What is not creditable, short enough to compare."""
    return [(one.row, one.minutes, one.reason) for one in evaluation.not_creditable]


def numbers(evaluation: rules.Evaluation) -> dict[str, tuple[int, int, int]]:
    """Attended, creditable, counted of the total, of every category and of every overlay (`tag within category`)."""
    nodes = (evaluation.total, *evaluation.walk())
    found = {node.code: (node.attended, node.creditable, node.counted) for node in nodes}
    for one in evaluation.overlays:
        name = f"{one.overlay.tag} within {one.overlay.within}"
        found[name] = (one.attended, one.creditable, one.counted)
    return found
