"""What a rule set asks for and is not given: one small question a kind, in the contract's order."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from certification.requirements.rules import wording
from certification.requirements.rules.courses import average_grade, linked
from certification.requirements.rules.days import add_months, add_weeks, add_years
from certification.requirements.rules.exclusions import Tallies
from certification.requirements.rules.shapes import (
    Context,
    Entry,
    NodeResult,
    OverlayResult,
    Pace,
    RuleSetSpec,
    Unmet,
)
from certification.requirements.rules.totals import in_person

AXIS_DATES = {"program_start": "program_start", "enrolment": "enrolled_on", "application": "applied_on"}
"""Which date of the context each axis looks at; `session` looks at every row's own."""

CONTEXT_DATES = ("program_start", "enrolled_on", "applied_on", "completed_on")


@dataclass(frozen=True, slots=True)
class Judged:
    """A rule set with the rows that it judged: `order` has their places, `credited` the creditable minutes by place."""

    spec: RuleSetSpec
    context: Context
    entries: Sequence[Entry]
    order: Sequence[int]
    credited: Sequence[int]
    total: NodeResult
    categories: tuple[NodeResult, ...]
    overlays: tuple[OverlayResult, ...]


def _total(judged: Judged) -> Iterator[Unmet]:
    if judged.total.short:
        yield _short("total", judged.total, None, judged.spec)


def _categories(judged: Judged) -> Iterator[Unmet]:
    for top in judged.categories:
        for node in top.walk():
            if node.short:
                yield _short("category", node, node.code, judged.spec)


def _short(kind: str, node: NodeResult, code: str | None, spec: RuleSetSpec) -> Unmet:
    return Unmet(
        kind=kind,
        code=code,
        short=node.short,
        message=wording.short_of(node.title, node.short, node.required, spec.unit_minutes),
        title=node.title,
        required=node.required,
    )


def _overlays(judged: Judged) -> Iterator[Unmet]:
    for result in judged.overlays:
        if result.short:
            title = wording.overlay_title(judged.spec, result.overlay)
            required = result.overlay.required
            yield Unmet(
                kind="overlay",
                code=result.overlay.tag,
                short=result.short,
                message=wording.short_of(title, result.short, required, judged.spec.unit_minutes),
                title=title,
                required=required,
                facts={"within": result.overlay.within},
            )


def _in_person(judged: Judged) -> Iterator[Unmet]:
    for node, taught in in_person(judged.spec, judged.entries, judged.order, judged.credited):
        short = node.required_in_person - taught
        if short > 0:
            unit = judged.spec.unit_minutes
            yield Unmet(
                kind="in_person",
                code=node.code,
                short=short,
                message=wording.in_person(node.title, short, node.required_in_person, unit),
                title=node.title,
                required=node.required_in_person,
            )


def _gates(judged: Judged) -> Iterator[Unmet]:
    if not judged.spec.gates:
        return
    tallies = Tallies(judged.spec)
    for gate in judged.spec.gates:
        for key, _ in gate.requires:
            tallies.of(key)
    for row in judged.order:
        if judged.credited[row]:
            tallies.keep(judged.entries[row], judged.credited[row])
    for gate in judged.spec.gates:
        for key, minutes in gate.requires:
            short = minutes - tallies.of(key).minutes
            if short > 0:
                title, before = judged.spec.title_of(key), judged.spec.title_of(gate.before)
                yield Unmet(
                    kind="gate",
                    code=gate.before,
                    requires=key,
                    short=short,
                    message=wording.gate(title, before, short, minutes, judged.spec.unit_minutes),
                    title=title,
                    required=minutes,
                    facts={"before": before},
                )


def _pace(judged: Judged) -> Iterator[Unmet]:
    start, completed = judged.context.program_start, judged.context.completed_on
    if start is None or completed is None:
        return
    for number, unit, earliest in _ends(judged.spec.pace, start):
        if completed < earliest:
            yield Unmet(
                kind="pace",
                message=wording.too_fast(number, unit, start, earliest, completed),
                facts={unit: number, "start": start, "earliest": earliest, "completed": completed},
            )


def earliest_end(pace: Pace, start: dt.date) -> dt.date | None:
    """From which day on a course that began then may end; None where nothing is said on how long it lasts."""
    return max((earliest for _, _, earliest in _ends(pace, start)), default=None)


def _ends(pace: Pace, start: dt.date) -> Iterator[tuple[int, str, dt.date]]:
    for number, unit, add in ((pace.min_weeks, "weeks", add_weeks), (pace.min_months, "months", add_months)):
        if number is not None:
            yield number, unit, add(start, number)


def _average(judged: Judged) -> Iterator[Unmet]:
    least = judged.spec.min_average
    if least is None:
        return
    average = average_grade(judged.entries, judged.order)
    if average is not None and average < least:
        shown = wording.percent(average)
        yield Unmet(kind="average", message=wording.average(shown, least), facts={"average": shown, "least": least})


def _age(judged: Judged) -> Iterator[Unmet]:
    years, completed, applied = judged.spec.max_age_years, judged.context.completed_on, judged.context.applied_on
    if years is None or completed is None or applied is None:
        return
    oldest = add_years(applied, -years)
    if completed < oldest:
        yield Unmet(
            kind="age",
            message=wording.too_old(years, completed, applied),
            facts={"years": years, "completed": completed, "applied": applied, "oldest": oldest},
        )


def _linkage(judged: Judged) -> Iterator[Unmet]:
    most, one_school = judged.spec.max_courses, judged.spec.one_school
    if most is None and not one_school:
        return
    courses, schools = linked(judged.entries, judged.order, judged.credited)
    if most is not None and len(courses) > most:
        yield Unmet(
            kind="linkage",
            message=wording.too_many_courses(len(courses), most),
            facts={"courses": len(courses), "most": most},
        )
    if one_school and len(schools) > 1:
        yield Unmet(kind="linkage", message=wording.several_schools(len(schools)), facts={"schools": len(schools)})


def _requirements(judged: Judged) -> Iterator[Unmet]:
    for code in judged.spec.requirements:
        if judged.context.requirements.get(code) is not True:
            title = judged.spec.title_of(code)
            yield Unmet(kind="requirement", code=code, message=wording.not_shown(title), title=title)


def _version(judged: Judged) -> Iterator[Unmet]:
    spec = judged.spec
    name = _axis_date(spec)
    day: dt.date | None = getattr(judged.context, name) if name else None
    if day is not None and not spec.in_force_on(day):
        yield Unmet(
            kind="version",
            message=wording.not_in_force(spec, spec.applies_by, day),
            title=spec.title,
            facts={"day": day},
        )


KINDS: tuple[Callable[[Judged], Iterator[Unmet]], ...] = (
    _total,
    _categories,
    _overlays,
    _in_person,
    _gates,
    _pace,
    _average,
    _age,
    _linkage,
    _requirements,
    _version,
)


def unmet(judged: Judged) -> tuple[Unmet, ...]:
    """All that is unmet."""
    return tuple(lack for kind in KINDS for lack in kind(judged))


def unknown(spec: RuleSetSpec, context: Context) -> tuple[str, ...]:
    """Dates of the context that a key of this pack needs and nobody gave, in the context's order."""
    needed = {_axis_date(spec)}
    if spec.pace.min_weeks is not None or spec.pace.min_months is not None:
        needed |= {"program_start", "completed_on"}
    if spec.transfer_max_age_years is not None and context.program_start is None:
        needed.add("enrolled_on")
    if spec.max_age_years is not None:
        needed |= {"completed_on", "applied_on"}
    return tuple(name for name in CONTEXT_DATES if name in needed and getattr(context, name) is None)


def _axis_date(spec: RuleSetSpec) -> str | None:
    """The context's date that decides whether this version applies, by name; None where no date of the context does."""
    return AXIS_DATES.get(spec.applies_by) if spec.valid_from or spec.valid_to else None
