"""The frozen values that go into the evaluator and come out of it; minutes are ints, never floats."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

STATUSES = ("verified", "unverified", "sample")
AXES = ("program_start", "enrolment", "session", "application")
DELIVERIES = ("in_person", "synchronous", "asynchronous")
IN_PERSON = "in_person"
SOURCES = ("lesson", "class", "externship", "transfer", "adjustment")
TRANSFER = "transfer"
ROUNDINGS = ("none", "down", "nearest")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""In the order of `date.weekday()`."""
TOTAL = "total"
"""What gates call the total, hence no category's code and no tag."""
ELECTIVE = "elective"
"""Always allowed as an entry's category; counts to the total only, unless the pack names it as a category."""


class BadInputError(ValueError):
    """Input that cannot be judged; its text is one line that says where and what."""


class BadFileError(BadInputError):
    """A pack or context that breaks the format: file, line and what is wrong there."""

    def __init__(self, file: str, line: int | None, problem: str) -> None:
        self.file, self.line, self.problem = file, line, problem
        super().__init__(f"{file}: line {line}: {problem}" if line else f"{file}: {problem}")


class BadEntryError(BadInputError):
    """An entry that cannot be read or placed: row (1-based; None for the header), column and what is wrong there."""

    def __init__(self, row: int | None, column: str | None, problem: str, *, file: str = "entries") -> None:
        self.row, self.column, self.problem, self.file = row, column, problem, file
        place = "header" if row is None else f"row {row}"
        if column is not None:
            place += f", column {column}"
        super().__init__(f"{file}: {place}: {problem}")


def title_from(code: str) -> str:
    """A title for a code that nobody gave one."""
    return code.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule was read, and on which day."""

    citation: str
    read_on: dt.date


Period = tuple[dt.date | None, dt.date | None]
"""From one day to another, both included; None is an open end."""


def holds(period: Period, day: dt.date) -> bool:
    """Whether a day lies in a period."""
    start, end = period
    return (start is None or start <= day) and (end is None or day <= end)


@dataclass(frozen=True, slots=True)
class Category:
    """One node of a pack's tree; `required` and every maximum in minutes (no maximum: None).

    What a node hands down to its children (`delivery`, `distance_periods`, `unpaid`) stands here as it applies to this
    node, its parents' words included.
    """

    code: str
    title: str
    required: int = 0
    maximum: int | None = None
    delivery: tuple[str, ...] = DELIVERIES
    """Kinds of delivery that can be credited."""
    distance_periods: tuple[Period, ...] | None = None
    """Outside these only `in_person` can be credited; None: at any time as `delivery` says."""
    unpaid: bool = False
    required_in_person: int = 0
    """Creditable in-person minutes that this node and its children need."""
    transfer_maximum: int | None = None
    children: tuple["Category", ...] = ()

    def walk(self) -> Iterator["Category"]:
        """This node and all below it, parents first, in the pack's order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Overlay:
    """A tag across the tree, or within one category of it; minutes, no maximum: None."""

    tag: str
    within: str | None = None
    required: int = 0
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """Minutes of `before` are creditable once each key of `requires` has that many creditable minutes.

    `before` and the keys are codes of categories or, where no category bears the name, tags; a key may be `total`.
    """

    before: str
    requires: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast hours may come, in minutes, and how long the course must last; None: no such rule."""

    day_maximum: int | None = None
    week_maximum: int | None = None
    week_starts: int = WEEKDAYS.index("sunday")
    """As `date.weekday()` counts."""
    min_weeks: int | None = None
    min_months: int | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many minutes, at most such a share of the total that is required; where both are given, the smaller."""

    minutes: int | None = None
    share: Fraction | None = None

    def of(self, required: int) -> int | None:
        """The limit in minutes, shares rounded down; None where there is none."""
        bounds = [
            self.minutes,
            None if self.share is None else required * self.share.numerator // self.share.denominator,
        ]
        return min((bound for bound in bounds if bound is not None), default=None)


@dataclass(frozen=True, slots=True)
class Rounding:
    """How the counted total is told in hours: to steps of `increment` minutes, from `first_credit` minutes on."""

    mode: str = "none"
    increment: int = 0
    first_credit: int = 0


@dataclass(frozen=True, slots=True)
class RuleSetSpec:
    """One dated version of one rule set, ready to judge by."""

    id: str
    version: int
    title: str
    status: str
    sources: tuple[Source, ...]
    applies_by: str
    required: int
    """Minutes in total."""
    unit_minutes: int = 60
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    rounding: Rounding = Rounding()
    categories: tuple[Category, ...] = ()
    overlays: tuple[Overlay, ...] = ()
    gates: tuple[Gate, ...] = ()
    pace: Pace = Pace()
    distance: Limit = Limit()
    transfer: Limit = Limit()
    transfer_max_age_years: int | None = None
    max_age_years: int | None = None
    min_grade: Decimal | None = None
    """Percent; a course below it is attended, not creditable."""
    min_average: Decimal | None = None
    min_attendance: Decimal | None = None
    course_share: tuple[tuple[str, Fraction], ...] = ()
    """Tag and the share of a course's creditable minutes that must bear it, for the course to count for the tag."""
    max_courses: int | None = None
    one_school: bool = False
    requirements: tuple[str, ...] = ()
    """Facts that are not hours."""
    by_code: Mapping[str, Category] = field(init=False, repr=False, compare=False)
    """Every node of the tree by its code, parents before children, in the pack's order."""

    def __post_init__(self) -> None:
        nodes = (node for top in self.categories for node in top.walk())
        object.__setattr__(self, "by_code", {node.code: node for node in nodes})

    @property
    def label(self) -> str:
        """`id@version`, the name that is unique for ever."""
        return f"{self.id}@{self.version}"

    def allows(self, code: str) -> bool:
        """Whether an entry may sit on this category."""
        return code in self.by_code or code == ELECTIVE

    def in_force_on(self, day: dt.date) -> bool:
        """Whether the day lies in the version's window, both ends included."""
        return holds((self.valid_from, self.valid_to), day)

    def codes_under(self, code: str) -> frozenset[str]:
        """The code and all below it; of one that the pack does not name (an elective), itself alone."""
        node = self.by_code.get(code)
        return frozenset(inner.code for inner in node.walk()) if node else frozenset((code,))

    def title_of(self, key: str) -> str:
        """What a person calls a category, a tag or the total."""
        if key == TOTAL:
            return "The total"
        node = self.by_code.get(key)
        return node.title if node else title_from(key)


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact of taught time.

    Reversals were folded away before. Spans are aware datetimes; those of one entry do not overlap each other. No tag
    stands twice.
    """

    date: dt.date
    minutes: int
    category: str
    spans: tuple[tuple[dt.datetime, dt.datetime], ...] = ()
    tags: tuple[str, ...] = ()
    delivery: str = "in_person"
    source: str = ""
    course: str = ""
    school: str = ""
    grade_percent: Decimal | None = None
    attendance_percent: Decimal | None = None
    supervisor_licence_valid_from: dt.date | None = None
    supervisor_licence_valid_to: dt.date | None = None
    paid: bool | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What is known about the learner's course of study beside the hours; each part may be unknown (None)."""

    program_start: dt.date | None = None
    enrolled_on: dt.date | None = None
    applied_on: dt.date | None = None
    completed_on: dt.date | None = None
    requirements: Mapping[str, bool] = field(default_factory=dict)
    school_open: tuple[Period, ...] | None = None
    """Periods in which the school was open, both ends included (None: open end). None: nobody said; empty: never."""


@dataclass(frozen=True, slots=True)
class NodeResult:
    """The three numbers of one category (or of the total), in minutes, and what it still lacks."""

    code: str
    title: str
    required: int
    maximum: int | None
    attended: int
    creditable: int
    counted: int
    children: tuple["NodeResult", ...] = ()

    @property
    def short(self) -> int:
        """Minutes still missing from what is required."""
        return max(0, self.required - self.counted)

    def walk(self) -> Iterator["NodeResult"]:
        """This node and all below it, parents first, in the pack's order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def numbers(self) -> dict[str, int]:
        """The part of the JSON that total and categories share."""
        return {
            "required": self.required,
            "attended": self.attended,
            "creditable": self.creditable,
            "counted": self.counted,
            "short": self.short,
        }

    def as_dict(self) -> dict[str, Any]:
        """This category as it stands in the JSON."""
        return {"code": self.code, **self.numbers(), "children": [child.as_dict() for child in self.children]}


@dataclass(frozen=True, slots=True)
class OverlayResult:
    """The three numbers of one overlay, in minutes."""

    overlay: Overlay
    attended: int
    creditable: int
    counted: int

    @property
    def short(self) -> int:
        """Minutes still missing from what is required."""
        return max(0, self.overlay.required - self.counted)

    def numbers(self) -> dict[str, int]:
        """What it shares with categories in the JSON."""
        return {
            "required": self.overlay.required,
            "attended": self.attended,
            "creditable": self.creditable,
            "counted": self.counted,
            "short": self.short,
        }

    def as_dict(self) -> dict[str, Any]:
        """This overlay as it stands in the JSON: `within` only where it has one."""
        named = {"tag": self.overlay.tag} | ({"within": self.overlay.within} if self.overlay.within else {})
        return {**named, "maximum": self.overlay.maximum, **self.numbers()}


@dataclass(frozen=True, slots=True)
class Unmet:
    """One thing that the rule set asks for and is not given.

    `requires` is the key of a gate that is short. `title`, `required` and `facts` (days, percents, counts, by name) let
    a screen word it anew.
    """

    kind: str
    message: str
    code: str | None = None
    short: int | None = None
    requires: str | None = None
    title: str = ""
    required: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """As it stands in the JSON: `code`, `requires` and `short` only where there are any."""
        told = {
            "kind": self.kind,
            "code": self.code,
            "requires": self.requires,
            "short": self.short,
            "message": self.message,
        }
        return {key: value for key, value in told.items() if value is not None}


@dataclass(frozen=True, slots=True)
class NotCreditable:
    """Minutes of one row (1-based place in the entries) that one reason took away."""

    row: int
    minutes: int
    reason: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A rule set judged against entries: every number, what is unmet, and why minutes are not creditable."""

    rules: str
    status: str
    as_of: dt.date | None
    unit_minutes: int
    total: NodeResult
    categories: tuple[NodeResult, ...]
    overlays: tuple[OverlayResult, ...]
    unmet: tuple[Unmet, ...]
    not_creditable: tuple[NotCreditable, ...]
    unknown: tuple[str, ...]
    rounded_hours: Decimal

    @property
    def met(self) -> bool:
        """Nothing is unmet; minutes decide, never rounded hours."""
        return not self.unmet

    def walk(self) -> Iterator[NodeResult]:
        """Every category, parents first, in the pack's order."""
        for top in self.categories:
            yield from top.walk()

    def as_dict(self) -> dict[str, Any]:
        """The contract's JSON, ready for `json.dumps`."""
        hours = self.rounded_hours
        return {
            "rules": self.rules,
            "status": self.status,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "met": self.met,
            "unit_minutes": self.unit_minutes,
            "total": self.total.numbers(),
            "categories": [top.as_dict() for top in self.categories],
            "overlays": [overlay.as_dict() for overlay in self.overlays],
            "unmet": [lack.as_dict() for lack in self.unmet],
            "not_creditable": [
                {"row": refused.row, "minutes": refused.minutes, "reason": refused.reason}
                for refused in self.not_creditable
            ],
            "unknown": list(self.unknown),
            # JSON knows no decimals: a float only here, at the door; the few digits come out of it as they went in.
            "rounded_hours": int(hours) if hours == hours.to_integral_value() else float(hours),
        }
