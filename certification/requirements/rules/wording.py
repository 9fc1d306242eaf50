"""How minutes and shortfalls are said in plain English; a screen in another language words them from the numbers."""

import datetime as dt

from certification.requirements.rules.shapes import NodeResult, RuleSetSpec


def hours(minutes: int, unit_minutes: int) -> str:
    """Minutes as hours of the rule's unit, exact: `5 h`, `5 h 20 min`, `20 min`."""
    whole, rest = divmod(minutes, unit_minutes)
    if not rest:
        return f"{whole} h"
    return f"{whole} h {rest} min" if whole else f"{rest} min"


def short_of(node: NodeResult, unit_minutes: int) -> str:
    """What a category or the total lacks."""
    return f"{node.title} is {hours(node.short, unit_minutes)} short of {hours(node.required, unit_minutes)}"


def not_in_force(spec: RuleSetSpec, axis: str, day: dt.date) -> str:
    """Why this version does not judge this learner."""
    window = " ".join(
        f"{word} {end.isoformat()}"
        for word, end in (("from", spec.valid_from), ("to", spec.valid_to))
        if end is not None
    )
    return f"{spec.label} applies {window} by {axis.replace('_', ' ')}, which was on {day.isoformat()}"
