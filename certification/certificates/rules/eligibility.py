"""When a record may get its certificate, condition by condition."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from certification.requirements.rules import Entry, Evaluation, NodeResult, RuleSetSpec
from certification.requirements.rules.wording import overlay_title

from .names import clean_name


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing a record must show. `kind`: total, category, overlay, fact, name, hold, or a kind of the rules' unmet list.

    `required`, `has` and `short` are minutes where the thing is hours; `on` is when a fact became true or a hold was
    placed. Without any hold one row of that kind says so, with an empty code.
    """

    kind: str
    code: str
    title: str
    met: bool
    required: int | None = None
    has: int | None = None
    short: int | None = None
    on: datetime | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class CourseShown:
    """A course's result beside what the rules ask of every course: percents, None where nothing is asked or known.

    It is no condition of its own: hours of a course below are not creditable, and other hours may stand for them.
    """

    course: str
    grade: Decimal | None
    least_grade: Decimal | None
    attendance: Decimal | None
    least_attendance: Decimal | None

    @property
    def counts(self) -> bool:
        """Whether neither is below; a course without a result is not."""
        return not (
            (self.least_grade is not None and self.grade is not None and self.grade < self.least_grade)
            or (
                self.least_attendance is not None
                and self.attendance is not None
                and self.attendance < self.least_attendance
            )
        )


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Whether a record may get its certificate, condition by condition; `courses` where the rules ask for results."""

    rows: tuple[Condition, ...]
    courses: tuple[CourseShown, ...] = ()

    @property
    def met(self) -> bool:
        """Nothing is missing."""
        return not self.missing

    @property
    def missing(self) -> tuple[Condition, ...]:
        """What is missing, in the order of the rows."""
        return tuple(row for row in self.rows if not row.met)


class _Fact(Protocol):
    """A required fact, or a milestone."""

    code: str
    title: str


class _Hold(Protocol):
    """A hold that stands."""

    reason: str
    placed_at: datetime


def hold_conditions(holds: Sequence[_Hold]) -> list[Condition]:
    """Each hold that stands as a condition that is not met; without any, one that is."""
    rows = [Condition("hold", hold.reason, "", False, on=hold.placed_at) for hold in holds]
    return rows or [Condition("hold", "", "", True)]


def eligibility(
    *,
    spec: RuleSetSpec,
    evaluation: Evaluation,
    entries: Sequence[Entry],
    requirements: Sequence[_Fact],
    milestones: Iterable[Any],
    holds: Sequence[_Hold],
    holder_name: str,
    undrawable: str,
) -> Eligibility:
    """List every condition of a certificate of completion as met or missing.

    `entries` are the rows that were judged; `holds` those that stand; `undrawable` are the signs of the name that no
    font of ours has.
    """
    rows = [_hours("total", "", "", evaluation.total)]
    rows += [_hours("category", node.code, node.title, node) for node in evaluation.walk() if node.required]
    rows += [
        Condition(
            "overlay",
            one.overlay.tag,
            overlay_title(spec, one.overlay),
            not one.short,
            required=one.overlay.required,
            has=one.counted,
            short=one.short,
        )
        for one in evaluation.overlays
        if one.overlay.required
    ]
    seen: dict[str, datetime] = {}
    for milestone in milestones:
        seen.setdefault(milestone.code, milestone.occurred_at)
    listed = {(row.kind, row.code) for row in rows}
    lacks = [lack for lack in evaluation.unmet if (lack.kind, lack.code or "") not in listed]
    rows += [
        Condition(
            lack.kind,
            lack.code or "",
            lack.title,
            False,
            required=lack.required,
            short=lack.short,
            message=lack.message,
        )
        for lack in lacks
    ]
    missing = {(lack.kind, lack.code or "") for lack in lacks}
    rows += [
        Condition(kind, code, title, True, on=seen.get(code))
        for kind, code, title in _asked(spec)
        if (kind, code) not in missing
    ]
    rows += [
        Condition("fact", fact.code, fact.title, fact.code in seen, on=seen.get(fact.code)) for fact in requirements
    ]
    rows.append(
        Condition("name", undrawable, clean_name(holder_name), bool(clean_name(holder_name)) and not undrawable)
    )
    rows += hold_conditions(holds)
    return Eligibility(tuple(rows), tuple(_courses(spec, entries)))


def _asked(spec: RuleSetSpec) -> Iterator[tuple[str, str, str]]:
    """What a rule set asks for besides hours of categories and tags: kind, code and title, each once."""
    for node in spec.by_code.values():
        if node.required_in_person:
            yield "in_person", node.code, node.title
    for before in dict.fromkeys(gate.before for gate in spec.gates):
        yield "gate", before, spec.title_of(before)
    if spec.pace.min_weeks is not None or spec.pace.min_months is not None:
        yield "pace", "", ""
    if spec.min_average is not None:
        yield "average", "", ""
    if spec.max_age_years is not None:
        yield "age", "", ""
    if spec.max_courses is not None or spec.one_school:
        yield "linkage", "", ""
    for code in spec.requirements:
        yield "requirement", code, spec.title_of(code)


def _courses(spec: RuleSetSpec, entries: Sequence[Entry]) -> Iterator[CourseShown]:
    """The result of each course that has hours, where the rules ask for any."""
    if spec.min_grade is None and spec.min_average is None and spec.min_attendance is None:
        return
    results = {entry.course: (entry.grade_percent, entry.attendance_percent) for entry in entries if entry.course}
    for course, (grade, attendance) in sorted(results.items()):
        yield CourseShown(course, grade, spec.min_grade, attendance, spec.min_attendance)


def _hours(kind: str, code: str, title: str, node: NodeResult) -> Condition:
    return Condition(kind, code, title, node.short == 0, required=node.required, has=node.counted, short=node.short)
