"""Judges entries by a rule set: attended, creditable, counted for every category and the total, and what is unmet."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from certification.requirements.rules import wording
from certification.requirements.rules.exclusions import Case, steps_for
from certification.requirements.rules.nodes import shown
from certification.requirements.rules.shapes import (
    ELECTIVE,
    BadEntryError,
    Category,
    Context,
    Entry,
    Evaluation,
    NodeResult,
    NotCreditable,
    RuleSetSpec,
    Unmet,
)

AXIS_DATES = {"program_start": "program_start", "enrolment": "enrolled_on", "application": "applied_on"}
"""Which date of the context each axis looks at; `session` looks at every row's own."""


def evaluate(
    spec: RuleSetSpec, entries: Sequence[Entry], *, context: Context | None = None, as_of: dt.date | None = None
) -> Evaluation:
    """Judge entries by one version of a rule set, as on a day (default: the application's, else the last row's).

    Rows of the result are 1-based places in `entries`. Raises BadEntryError where a category is not in the pack, also
    in rows after the day. Pure: same input, same answer. Takes n log n for n entries.
    """
    context = context or Context()
    by_code = spec.by_code
    for place, entry in enumerate(entries, start=1):
        if entry.category not in by_code and entry.category != ELECTIVE:
            raise BadEntryError(place, "category", f"{shown(entry.category)} is not in {spec.label}")
    as_of = as_of or context.applied_on or max((entry.date for entry in entries), default=None)

    order = _order(entries, as_of)
    steps = steps_for(Case(spec=spec, context=context, entries=entries, order=order))
    attended = dict.fromkeys((*by_code, ELECTIVE), 0)
    creditable = dict(attended)
    refused: list[NotCreditable] = []
    for row in order:
        entry = entries[row]
        left = entry.minutes
        for reason, takes in steps:
            taken = takes(row, entry, left)
            if taken:
                refused.append(NotCreditable(row=row + 1, minutes=taken, reason=reason))
                left -= taken
        attended[entry.category] += entry.minutes
        creditable[entry.category] += left
    refused.sort(key=lambda one: one.row)  # stable: within a row the reasons stay in their order

    categories = tuple(_fold(top, attended, creditable) for top in spec.categories)
    # An elective that the pack does not name is nobody's child: it counts to the total and is not listed.
    loose = 0 if ELECTIVE in by_code else creditable[ELECTIVE]
    total = NodeResult(
        code="total",
        title="The total",
        required=spec.required,
        maximum=None,
        attended=sum(attended.values()),
        creditable=sum(creditable.values()),
        counted=sum(top.counted for top in categories) + loose,
    )
    return Evaluation(
        rules=spec.label,
        status=spec.status,
        as_of=as_of,
        unit_minutes=spec.unit_minutes,
        total=total,
        categories=categories,
        unmet=(*_short(total, categories, spec.unit_minutes), *_wrong_version(spec, context)),
        not_creditable=tuple(refused),
        unknown=_unknown(spec, context),
        rounded_hours=Decimal(total.counted * 100 // spec.unit_minutes).scaleb(-2),
    )


def _order(entries: Sequence[Entry], as_of: dt.date | None) -> list[int]:
    """Places of the rows up to the day as they are taken: by date, start (a row without one first), place."""

    def taken_by(row: int) -> tuple[dt.date, bool, dt.datetime | None]:
        entry = entries[row]
        spans = entry.spans
        return (entry.date, True, min(spans)[0]) if spans else (entry.date, False, None)

    rows = range(len(entries)) if as_of is None else [row for row, entry in enumerate(entries) if entry.date <= as_of]
    return sorted(rows, key=taken_by)


def _fold(category: Category, attended: Mapping[str, int], creditable: Mapping[str, int]) -> NodeResult:
    """A node holds its own minutes and its children's; what its children count above its maximum is not counted."""
    children = tuple(_fold(child, attended, creditable) for child in category.children)
    own = creditable[category.code]
    counted = own + sum(child.counted for child in children)
    return NodeResult(
        code=category.code,
        title=category.title,
        required=category.required,
        maximum=category.maximum,
        attended=attended[category.code] + sum(child.attended for child in children),
        creditable=own + sum(child.creditable for child in children),
        counted=counted if category.maximum is None else min(counted, category.maximum),
        children=children,
    )


def _short(total: NodeResult, categories: Sequence[NodeResult], unit_minutes: int) -> list[Unmet]:
    """The total, then each category, that counts less than is required."""
    asked: list[tuple[str, str | None, NodeResult]] = [("total", None, total)]
    asked += [("category", node.code, node) for top in categories for node in top.walk()]
    return [
        Unmet(
            kind=kind,
            code=code,
            short=node.short,
            message=wording.short_of(node, unit_minutes),
            title=node.title,
            required=node.required,
        )
        for kind, code, node in asked
        if node.short
    ]


def _axis_day(spec: RuleSetSpec, context: Context) -> tuple[str, dt.date | None] | None:
    """The context's date that decides whether this version applies, by name; None where no date of the context does."""
    name = AXIS_DATES.get(spec.applies_by)
    if name is None or (spec.valid_from is None and spec.valid_to is None):
        return None
    return name, getattr(context, name)


def _wrong_version(spec: RuleSetSpec, context: Context) -> list[Unmet]:
    axis = _axis_day(spec, context)
    if axis is None or axis[1] is None or spec.in_force_on(axis[1]):
        return []
    return [Unmet(kind="version", message=wording.not_in_force(spec, spec.applies_by, axis[1]), title=spec.title)]


def _unknown(spec: RuleSetSpec, context: Context) -> tuple[str, ...]:
    """Dates that a key of this pack needs and the context does not give."""
    axis = _axis_day(spec, context)
    return (axis[0],) if axis is not None and axis[1] is None else ()
