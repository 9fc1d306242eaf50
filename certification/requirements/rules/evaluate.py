"""Judges entries by a rule set: attended, creditable, counted for every category and the total, and what is unmet."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from certification.requirements.rules import totals, unmet
from certification.requirements.rules.exclusions import Case, steps_for
from certification.requirements.rules.nodes import shown
from certification.requirements.rules.shapes import (
    BadEntryError,
    Context,
    Entry,
    Evaluation,
    NotCreditable,
    RuleSetSpec,
)


def evaluate(
    spec: RuleSetSpec, entries: Sequence[Entry], *, context: Context | None = None, as_of: dt.date | None = None
) -> Evaluation:
    """Judge entries by one version of a rule set, as on a day (default: the application's, else the last row's).

    Rows of the result are 1-based places in `entries`. Raises BadEntryError where a category is not in the pack, also
    in rows after the day. Pure: same input, same answer. Takes n log n for n entries.
    """
    context = context or Context()
    strange = {category for category in {entry.category for entry in entries} if not spec.allows(category)}
    for place, entry in enumerate(entries if strange else (), start=1):
        if entry.category in strange:
            raise BadEntryError(place, "category", f"{shown(entry.category)} is not in {spec.label}")
    as_of = as_of or context.applied_on or max((entry.date for entry in entries), default=None)

    order = _order(entries, as_of)
    credited, refused = _credit(Case(spec=spec, context=context, entries=entries, order=order))
    attended = totals.by_category(spec, entries, order, [entry.minutes for entry in entries])
    creditable = totals.by_category(spec, entries, order, credited)
    judged = unmet.Judged(
        spec=spec,
        context=context,
        entries=entries,
        order=order,
        credited=credited,
        total=totals.total(spec, entries, order, credited, attended=attended, creditable=creditable),
        categories=tuple(totals.fold(top, attended, creditable) for top in spec.categories),
        overlays=totals.overlays(spec, entries, order, credited),
    )
    return Evaluation(
        rules=spec.label,
        status=spec.status,
        as_of=as_of,
        unit_minutes=spec.unit_minutes,
        total=judged.total,
        categories=judged.categories,
        overlays=judged.overlays,
        unmet=unmet.unmet(judged),
        not_creditable=refused,
        unknown=unmet.unknown(spec, context),
        rounded_hours=_rounded(spec, judged.total.counted),
    )


def _order(entries: Sequence[Entry], as_of: dt.date | None) -> list[int]:
    """Places of the rows up to the day as they are taken: by date, start (a row without one first), place."""

    def taken_by(row: int) -> tuple[dt.date, bool, dt.datetime | None]:
        entry = entries[row]
        spans = entry.spans
        return (entry.date, True, min(spans)[0]) if spans else (entry.date, False, None)

    rows = [row for row, entry in enumerate(entries) if as_of is None or entry.date <= as_of]
    return sorted(rows, key=taken_by)


def _credit(case: Case) -> tuple[list[int], tuple[NotCreditable, ...]]:
    """Creditable minutes by place (0 for rows after the day), and what each reason took, in the order of the rows."""
    steps = steps_for(case)
    asked = [(reason, step.takes) for reason, step in steps]
    told = [step.keeps for _, step in steps if step.keeps is not None]
    credited = [0] * len(case.entries)
    refused: list[NotCreditable] = []
    for row in case.order:
        entry = case.entries[row]
        left = entry.minutes
        for reason, takes in asked:
            taken = takes(row, entry, left)
            if taken:
                refused.append(NotCreditable(row=row + 1, minutes=taken, reason=reason))
                left -= taken
                if not left:
                    break
        if left:
            credited[row] = left
            for keeps in told:
                keeps(entry, left)
    refused.sort(key=lambda one: one.row)  # stable: within a row the reasons stay in their order
    return credited, tuple(refused)


def _rounded(spec: RuleSetSpec, minutes: int) -> Decimal:
    """The counted total in hours as the pack rounds it; without rounding two decimals, cut."""
    rounding, unit = spec.rounding, spec.unit_minutes
    if minutes < rounding.first_credit:
        return Decimal(0)
    if rounding.mode == "none":
        return Decimal(minutes * 100 // unit).scaleb(-2)
    half = rounding.increment if rounding.mode == "nearest" else 0
    steps = (2 * minutes + half) // (2 * rounding.increment)
    return Decimal(steps * rounding.increment * 1_000_000 // unit).scaleb(-6)  # exact: steps have at most six digits
