"""The contract's hour rules judged a second time: sentence by sentence, slow and plain, with nothing of the product in it.

It takes a pack's YAML text, rows as `csv.DictReader` gives them and a context as `yaml.BaseLoader` gives it, all texts, and
returns the contract's JSON without messages. It refuses nothing: what it is given must be sound. Minutes are ints,
everything else that is reckoned is a Fraction. A quoted line above a part is the contract's own.
"""

import calendar
import datetime as dt
import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import yaml

Tree = dict[str, Any]
"""A pack, a node or another part of one, its scalars still texts."""

CONTEXT_DATES = ("program_start", "enrolled_on", "applied_on", "completed_on")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ALL_DELIVERIES = ["in_person", "synchronous", "asynchronous"]


@dataclass
class Row:
    """One row of the entries; `creditable` fills up while exclusions are told."""

    number: int
    date: dt.date
    minutes: int
    category: str
    span: tuple[dt.datetime, dt.datetime] | None
    tags: set[str]
    delivery: str
    source: str
    course: str
    school: str
    grade: Fraction | None
    attendance: Fraction | None
    licence_from: dt.date | None
    licence_to: dt.date | None
    paid: bool
    creditable: int = 0


@dataclass
class Node:
    """One node of the tree, with the codes from the top down to itself and what its parents said for it."""

    code: str
    path: list[str]
    required: int
    maximum: int | None
    required_in_person: int
    transfer_maximum: int | None
    delivery: list[str]
    distance_periods: list[Tree] | None
    unpaid: bool
    children: list["Node"]


# --- Reading ---------------------------------------------------------------------------------------------------------


def read_pack(text: str, others: Mapping[str, str]) -> Tree:
    """The pack with all that it extends folded in; `others` by `id@version`."""
    pack: Tree = yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    if "extends" not in pack:
        return pack
    # "extends: the file […] whose id and version match; top keys replace, `categories` merge by code"
    base = read_pack(others[pack["extends"]], others)
    merged = {**base, **pack}
    merged["categories"] = merged_categories(base.get("categories", []), pack.get("categories", []))
    return merged


def merged_categories(base: list[Tree], own: list[Tree]) -> list[Tree]:
    """The base's categories, each with what the pack says of the same code, then those that only the pack has.

    A code is unique in a pack, so that the pack may name a category of the base without its parents.
    """
    merged = base
    for category in own:
        known = category["code"] in codes_below(base)
        merged = [with_merged(one, category) for one in merged] if known else [*merged, category]
    return merged


def with_merged(category: Tree, own: Tree) -> Tree:
    """A category of the base, with what the pack says of it or of one below it."""
    children = category.get("children", [])
    if category["code"] == own["code"]:
        category = {**category, **own}
        children = merged_categories(children, own.get("children", []))
    else:
        children = [with_merged(child, own) for child in children]
    return {**category, "children": children}


def codes_below(categories: list[Tree]) -> list[str]:
    """Every code of a tree."""
    return [code for one in categories for code in (one["code"], *codes_below(one.get("children", [])))]


def in_minutes(hours: str, unit: int) -> int:
    """Hours as the rule's author writes them, in minutes."""
    # "Every `…_hours` value, caps included, is multiplied by `unit_minutes` and must come out whole."
    minutes = Fraction(hours) * unit
    assert minutes.denominator == 1, hours
    return int(minutes)


def minutes_at(part: Tree, key: str, unit: int) -> int | None:
    """The minutes under a key; None where it is not there."""
    return in_minutes(part[key], unit) if key in part else None


def read_node(raw: Tree, unit: int, above: Node | None) -> Node:
    """A node and all below it."""
    # "delivery: kinds that can be credited here and below; a child's own list replaces it; default all three"
    # "distance_periods: outside them only in_person"
    # "unpaid: rows marked `paid` are not creditable here and below"
    inherited_delivery = above.delivery if above else ALL_DELIVERIES
    inherited_periods = above.distance_periods if above else None
    inherited_unpaid = above.unpaid if above else False
    node = Node(
        code=raw["code"],
        path=[*(above.path if above else []), raw["code"]],
        required=minutes_at(raw, "min_hours", unit) or 0,
        maximum=minutes_at(raw, "max_hours", unit),
        required_in_person=minutes_at(raw, "min_in_person_hours", unit) or 0,
        transfer_maximum=minutes_at(raw, "max_transfer_hours", unit),
        delivery=raw.get("delivery", inherited_delivery),
        distance_periods=raw.get("distance_periods", inherited_periods),
        unpaid=inherited_unpaid or raw.get("unpaid") == "true",
        children=[],
    )
    node.children = [read_node(child, unit, node) for child in raw.get("children", [])]
    return node


def walk(nodes: Iterable[Node]) -> list[Node]:
    """All nodes of a tree, each before its children."""
    found = []
    for node in nodes:
        found.append(node)
        found.extend(walk(node.children))
    return found


def date_or_none(text: str | None) -> dt.date | None:
    """A date from its text; None from none or an empty one."""
    return dt.date.fromisoformat(text) if text else None


def percent_or_none(text: str | None) -> Fraction | None:
    """A percentage from its text; None from none or an empty one."""
    return Fraction(text) if text else None


def read_row(number: int, raw: Mapping[str, str | None]) -> Row:
    """One row; `number` is its 1-based place among the data rows."""

    def cell(column: str) -> str:
        return (raw.get(column) or "").strip()

    span = None
    if cell("start"):
        span = (dt.datetime.fromisoformat(cell("start")), dt.datetime.fromisoformat(cell("end")))
    return Row(
        number=number,
        date=dt.date.fromisoformat(cell("date")),
        minutes=int(cell("minutes")),
        category=cell("category"),
        span=span,
        # "`tags` are separated by `;`"
        tags={tag.strip() for tag in cell("tags").split(";") if tag.strip()},
        # "`delivery` is `in_person` (default), `synchronous` or `asynchronous`"
        delivery=cell("delivery") or "in_person",
        source=cell("source"),
        # "a row without one is its own course"
        course=cell("course") or f"(row {number})",
        school=cell("school"),
        grade=percent_or_none(cell("grade_percent")),
        attendance=percent_or_none(cell("attendance_percent")),
        licence_from=date_or_none(cell("supervisor_licence_valid_from")),
        licence_to=date_or_none(cell("supervisor_licence_valid_to")),
        paid=cell("paid") == "true",
    )


def within_period(day: dt.date, start: str | None, end: str | None) -> bool:
    """Whether a day lies from one day to another, both included, each end where given."""
    if start and day < dt.date.fromisoformat(start):
        return False
    return not (end and day > dt.date.fromisoformat(end))


def within_any(day: dt.date, periods: Iterable[Tree]) -> bool:
    """Whether a day lies in one of several periods."""
    return any(within_period(day, period.get("from"), period.get("to")) for period in periods)


def plus_months(day: dt.date, months: int) -> dt.date:
    """So many months later."""
    # "same day number or the month's last"
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def plus_years(day: dt.date, years: int) -> dt.date:
    """So many years later, by the same rule."""
    return plus_months(day, 12 * years)


# --- Judging ---------------------------------------------------------------------------------------------------------


class Case:
    """One pack, the rows up to the day of judgment, and the context; `judge` fills in what became of the rows."""

    def __init__(
        self,
        pack: Tree,
        rows: Sequence[Mapping[str, str | None]],
        context: Tree,
        as_of: dt.date | None,
    ) -> None:
        self.pack, self.context = pack, context
        # "unit_minutes: taught minutes that make one hour; default 60"
        self.unit = int(pack.get("unit_minutes", "60"))
        self.required = in_minutes(pack["total_hours"], self.unit)
        self.tops = [read_node(raw, self.unit, None) for raw in pack.get("categories", [])]
        self.nodes = walk(self.tops)
        self.days = {name: date_or_none(context.get(name)) for name in CONTEXT_DATES}

        everything = [read_row(number, raw) for number, raw in enumerate(rows, start=1)]
        # "`--as-of` defaults to `applied_on`, else the last row's date; later rows are left out."
        self.as_of = as_of or self.days["applied_on"] or max((row.date for row in everything), default=None)
        present = [row for row in everything if self.as_of is not None and row.date <= self.as_of]
        # "Rows are taken by date, start (a row without one first), file."
        without = dt.datetime.min.replace(tzinfo=dt.UTC)
        self.rows = sorted(
            present, key=lambda row: (row.date, row.span is not None, row.span[0] if row.span else without, row.number)
        )
        self.refused: list[Tree] = []

    # - Small questions

    def node_of(self, row: Row) -> Node | None:
        """The node a row sits on; None for an elective that the pack does not name."""
        return next((node for node in self.nodes if node.code == row.category), None)

    def path_of(self, row: Row) -> list[str]:
        """The codes that a row counts in."""
        # "an entry sits on any node and counts in all its ancestors"
        # "The category `elective` is always allowed and counts to the total only (it is listed only where the pack names it)."
        node = self.node_of(row)
        return node.path if node else ["elective"]

    def in_node(self, row: Row, code: str) -> bool:
        """Whether a row counts in a node."""
        return code in self.path_of(row)

    def bears(self, row: Row, key: str) -> bool:
        """Whether a row counts for the key of a gate."""
        # "gates: `before` and the keys of `requires` (or total) are categories or tags"
        if key == "total":
            return True
        if key == "elective" or key in [node.code for node in self.nodes]:
            return self.in_node(row, key)
        return key in row.tags

    def is_tagged(self, row: Row, overlay: Tree) -> bool:
        """Whether an overlay sees a row."""
        # "overlays: tags across the tree […] `within` optional"
        return overlay["tag"] in row.tags and ("within" not in overlay or self.in_node(row, overlay["within"]))

    def course_rows(self, course: str) -> list[Row]:
        """A course's rows, in the order in which rows are taken."""
        return [row for row in self.rows if row.course == course]

    def courses(self, rows: Iterable[Row]) -> list[str]:
        """The courses of some rows, each once."""
        return list(dict.fromkeys(row.course for row in rows))

    def grade_of(self, course: str) -> Fraction | None:
        """A course's grade."""
        # "a course's grade and attendance are its newest non-empty values"
        values = [row.grade for row in self.course_rows(course) if row.grade is not None]
        return values[-1] if values else None

    def attendance_of(self, course: str) -> Fraction | None:
        """A course's attendance."""
        values = [row.attendance for row in self.course_rows(course) if row.attendance is not None]
        return values[-1] if values else None

    def hours(self, part: str, key: str) -> int | None:
        """The minutes under a key of a part of the pack."""
        return minutes_at(self.pack.get(part, {}), key, self.unit)

    def percent(self, part: str, key: str) -> Fraction | None:
        """The percentage under a key of a part of the pack."""
        return percent_or_none(self.pack.get(part, {}).get(key))

    def number(self, part: str, key: str) -> int | None:
        """The whole number under a key of a part of the pack."""
        found = self.pack.get(part, {}).get(key)
        return int(found) if found is not None else None

    def limit(self, part: str) -> int | None:
        """The cap of `distance` or `transfer`, in minutes."""
        # "share of total_hours, rounded down to minutes; the smaller binds"
        # "For transfers too the smaller of hours and share binds."
        bounds = []
        hours = self.hours(part, "max_hours")
        if hours is not None:
            bounds.append(hours)
        if "max_share" in self.pack.get(part, {}):
            bounds.append(math.floor(self.required * Fraction(self.pack[part]["max_share"])))
        return min(bounds) if bounds else None

    def week_of(self, day: dt.date) -> dt.date:
        """The first day of a day's week."""
        first = WEEKDAYS.index(self.pack.get("pace", {}).get("week_starts", "sunday"))
        while day.weekday() != first:
            day -= dt.timedelta(days=1)
        return day

    def creditable_of(self, rows: Iterable[Row]) -> int:
        """The creditable minutes of some rows."""
        return sum(row.creditable for row in rows)

    # - Exclusions

    def exclude(self) -> None:
        """Give every row its creditable minutes, and list what each reason took."""
        # "Each reason, in this order, takes its part of what the earlier reasons left; the rest goes on, so one row may be
        # listed under several."
        for place, row in enumerate(self.rows):
            left = row.minutes
            for reason, excess in (
                ("version", self.version),
                ("before_enrolment", self.before_enrolment),
                ("school_closed", self.school_closed),
                ("overlap", self.overlap),
                ("supervisor_licence", self.supervisor_licence),
                ("paid", self.paid),
                ("delivery", self.delivery),
                ("gate", self.gate),
                ("grade", self.grade),
                ("attendance", self.attendance),
                ("transfer_age", self.transfer_age),
                ("day_cap", self.day_cap),
                ("week_cap", self.week_cap),
                ("category_transfer_cap", self.category_transfer_cap),
                ("transfer_cap", self.transfer_cap),
                ("distance_cap", self.distance_cap),
            ):
                taken = min(left, excess(row, self.rows[:place], left))
                if taken > 0:
                    self.refused.append({"row": row.number, "minutes": taken, "reason": reason})
                    left -= taken
            row.creditable = left

    def version(self, row: Row, earlier: list[Row], left: int) -> int:
        # "`version` (`applies_by: session`, row outside the window) […]: the whole row."
        # "valid_from: optional, both ends included"
        inside = within_period(row.date, self.pack.get("valid_from"), self.pack.get("valid_to"))
        return left if self.pack["applies_by"] == "session" and not inside else 0

    def before_enrolment(self, row: Row, earlier: list[Row], left: int) -> int:
        # "`before_enrolment`, `school_closed` and the two pace caps do not touch […] `transfer` and `adjustment`."
        enrolled_on = self.days["enrolled_on"]
        if row.source in ("transfer", "adjustment") or enrolled_on is None:
            return 0
        return left if row.date < enrolled_on else 0

    def school_closed(self, row: Row, earlier: list[Row], left: int) -> int:
        if row.source in ("transfer", "adjustment") or "school_open" not in self.context:
            return 0
        return 0 if within_any(row.date, self.context["school_open"]) else left

    def overlap(self, row: Row, earlier: list[Row], left: int) -> int:
        # "`overlap`: as many minutes as the row's span shares with earlier rows' spans, whatever became of those, rounded up,
        # at most the row's minutes (breaks absorb nothing; a row without times has no span)."
        if row.span is None:
            return 0
        spans = [other.span for other in earlier if other.span is not None]
        start, end = row.span
        # Between two neighbouring points of this list nothing begins and nothing ends.
        points = sorted({start, end, *(point for span in spans for point in span if start < point < end)})
        shared = dt.timedelta()
        for piece_start, piece_end in itertools.pairwise(points):
            if any(other_start <= piece_start and piece_end <= other_end for other_start, other_end in spans):
                shared += piece_end - piece_start
        return min(row.minutes, math.ceil(Fraction(shared // dt.timedelta(microseconds=1), 60_000_000)))

    def supervisor_licence(self, row: Row, earlier: list[Row], left: int) -> int:
        # "`supervisor_licence` (date outside the row's validity; each end where given) […]: all that is left."
        if row.licence_from is not None and row.date < row.licence_from:
            return left
        if row.licence_to is not None and row.date > row.licence_to:
            return left
        return 0

    def paid(self, row: Row, earlier: list[Row], left: int) -> int:
        # "unpaid: rows marked `paid` are not creditable here and below"
        node = self.node_of(row)
        return left if node and node.unpaid and row.paid else 0

    def delivery(self, row: Row, earlier: list[Row], left: int) -> int:
        # "delivery: kinds that can be credited here and below […] distance_periods: outside them only in_person"
        node = self.node_of(row)
        if node is None:
            return 0
        if row.delivery not in node.delivery:
            return left
        if row.delivery == "in_person" or node.distance_periods is None:
            return 0
        return 0 if within_any(row.date, node.distance_periods) else left

    def gate(self, row: Row, earlier: list[Row], left: int) -> int:
        # "gates: […] minutes before that much is creditable are not"; "(a row never opens its own gate)"
        for gate in self.pack.get("gates", []):
            if not self.bears(row, gate["before"]):
                continue
            for key, hours in gate["requires"].items():
                there = self.creditable_of(other for other in earlier if self.bears(other, key))
                if there < in_minutes(hours, self.unit):
                    return left
        return 0

    def grade(self, row: Row, earlier: list[Row], left: int) -> int:
        # "grades: a course below min_percent is attended, not creditable"; "none means creditable"
        lowest, grade = self.percent("grades", "min_percent"), self.grade_of(row.course)
        return left if lowest is not None and grade is not None and grade < lowest else 0

    def attendance(self, row: Row, earlier: list[Row], left: int) -> int:
        # "attendance: likewise, by course"
        lowest, attendance = self.percent("attendance", "min_percent"), self.attendance_of(row.course)
        return left if lowest is not None and attendance is not None and attendance < lowest else 0

    def transfer_age(self, row: Row, earlier: list[Row], left: int) -> int:
        # "`transfer_age` (older than N years at `enrolled_on`, else `program_start`)"; years are counted back from that day
        years = self.number("transfer", "max_age_years")
        then = self.days["enrolled_on"] or self.days["program_start"]
        if row.source != "transfer" or years is None or then is None:
            return 0
        return left if row.date < plus_years(then, -years) else 0

    # "`day_cap`, `week_cap`, `category_transfer_cap`, `transfer_cap`, `distance_cap`: what exceeds the cap, to the minute; a cap
    # is used up only by creditable minutes of earlier rows. `before_enrolment`, `school_closed` and the two pace caps do not
    # touch, and are not used up by, `transfer` and `adjustment`."

    def day_cap(self, row: Row, earlier: list[Row], left: int) -> int:
        cap = self.hours("pace", "max_hours_per_day")
        if cap is None or row.source in ("transfer", "adjustment"):
            return 0
        used = self.creditable_of(
            other for other in earlier if other.source not in ("transfer", "adjustment") and other.date == row.date
        )
        return max(0, used + left - cap)

    def week_cap(self, row: Row, earlier: list[Row], left: int) -> int:
        cap = self.hours("pace", "max_hours_per_week")
        if cap is None or row.source in ("transfer", "adjustment"):
            return 0
        used = self.creditable_of(
            other
            for other in earlier
            if other.source not in ("transfer", "adjustment") and self.week_of(other.date) == self.week_of(row.date)
        )
        return max(0, used + left - cap)

    def category_transfer_cap(self, row: Row, earlier: list[Row], left: int) -> int:
        if row.source != "transfer":
            return 0
        excesses = [0]
        for node in self.nodes:
            if node.transfer_maximum is not None and self.in_node(row, node.code):
                used = self.creditable_of(
                    other for other in earlier if other.source == "transfer" and self.in_node(other, node.code)
                )
                excesses.append(used + left - node.transfer_maximum)
        return max(excesses)

    def transfer_cap(self, row: Row, earlier: list[Row], left: int) -> int:
        cap = self.limit("transfer")
        if cap is None or row.source != "transfer":
            return 0
        used = self.creditable_of(other for other in earlier if other.source == "transfer")
        return max(0, used + left - cap)

    def distance_cap(self, row: Row, earlier: list[Row], left: int) -> int:
        # "distance: synchronous + asynchronous"
        cap = self.limit("distance")
        if cap is None or row.delivery == "in_person":
            return 0
        used = self.creditable_of(other for other in earlier if other.delivery != "in_person")
        return max(0, used + left - cap)

    # - Numbers

    def counted_of_node(self, node: Node, rows: list[Row]) -> int:
        """What a node counts, if only these rows exist."""
        # "a node counts its own creditable minutes plus what its children count, at most its `max_hours`"
        own = self.creditable_of(row for row in rows if row.category == node.code)
        counted = own + sum(self.counted_of_node(child, rows) for child in node.children)
        return counted if node.maximum is None else min(counted, node.maximum)

    def counted_of_tree(self, rows: list[Row]) -> int:
        """What the total counts, if only these rows exist and no overlay has a maximum."""
        # "The category `elective` is always allowed and counts to the total only"
        electives = self.creditable_of(row for row in rows if self.node_of(row) is None)
        return electives + sum(self.counted_of_node(top, rows) for top in self.tops)

    def counted_total(self) -> int:
        """What the total counts."""
        # "Its maximum binds the total: with U the counted total as if no tagged row existed, the total is at most U + maximum
        # (with several, the smallest)"
        bounds = [self.counted_of_tree(self.rows)]
        for overlay in self.pack.get("overlays", []):
            maximum = minutes_at(overlay, "max_hours", self.unit)
            if maximum is not None:
                untagged = [row for row in self.rows if not self.is_tagged(row, overlay)]
                bounds.append(self.counted_of_tree(untagged) + maximum)
        return min(bounds)

    def counted_of_overlay(self, overlay: Tree) -> int:
        """What an overlay counts."""
        tagged = [row for row in self.rows if self.is_tagged(row, overlay)]
        # "course_share: a course counts for the tag only if at least this share of its creditable minutes bears it"
        share = self.pack.get("course_share", {}).get(overlay["tag"])
        if share is not None:
            tagged = [row for row in tagged if self.bears_share(row.course, overlay["tag"], Fraction(share))]
        # "An overlay counts its creditable tagged minutes up to its maximum, whatever category maxima do."
        counted = self.creditable_of(tagged)
        maximum = minutes_at(overlay, "max_hours", self.unit)
        return counted if maximum is None else min(counted, maximum)

    def bears_share(self, course: str, tag: str, share: Fraction) -> bool:
        """Whether enough of a course's creditable minutes bear a tag."""
        rows = self.course_rows(course)
        return self.creditable_of(row for row in rows if tag in row.tags) >= share * self.creditable_of(rows)

    # "*Attended*: every row as written, refused or overlapping or not. *Creditable*: after the exclusions below. *Counted*:
    # after maxima"

    def numbers(self, rows: list[Row], required: int, counted: int) -> Tree:
        """The numbers of the total, a node or a tag: `rows` are those that belong to it."""
        return {
            "required": required,
            "attended": sum(row.minutes for row in rows),
            "creditable": self.creditable_of(rows),
            "counted": counted,
            "short": max(0, required - counted),
        }

    def total_part(self) -> Tree:
        return self.numbers(self.rows, self.required, self.counted_total())

    def category_part(self, node: Node) -> Tree:
        rows = [row for row in self.rows if self.in_node(row, node.code)]
        return {
            "code": node.code,
            **self.numbers(rows, node.required, self.counted_of_node(node, self.rows)),
            "children": [self.category_part(child) for child in node.children],
        }

    def overlay_part(self, overlay: Tree) -> Tree:
        rows = [row for row in self.rows if self.is_tagged(row, overlay)]
        required = minutes_at(overlay, "min_hours", self.unit) or 0
        return {
            "tag": overlay["tag"],
            **({"within": overlay["within"]} if "within" in overlay else {}),
            # "`maximum` is null where there is none"
            "maximum": minutes_at(overlay, "max_hours", self.unit),
            **self.numbers(rows, required, self.counted_of_overlay(overlay)),
        }

    # - Unmet

    def unmet(self) -> list[Tree]:
        # "Lists are in the order of this page": "`total`, `category`, `overlay`; `in_person` […]; `gate` […]; `pace` […];
        # `average` […]; `age` […]; `linkage` […]; `requirement`; `version`"
        return [
            *self.short_of_hours(),
            *self.short_in_person(),
            *self.closed_gates(),
            *self.too_fast(),
            *self.low_average(),
            *self.too_old(),
            *self.linkage(),
            *self.requirements(),
            *self.wrong_version(),
        ]

    def short_of_hours(self) -> list[Tree]:
        # "`short` stands only where minutes lack; `code` is node, tag or requirement, else absent."
        total = {"kind": "total", "short": self.total_part()["short"]}
        categories = [
            {"kind": "category", "code": node.code, "short": self.category_part(node)["short"]} for node in self.nodes
        ]
        overlays = [
            {"kind": "overlay", "code": overlay["tag"], "short": self.overlay_part(overlay)["short"]}
            for overlay in self.pack.get("overlays", [])
        ]
        return [lack for lack in (total, *categories, *overlays) if lack["short"] > 0]

    def short_in_person(self) -> list[Tree]:
        # "`in_person` (the node's creditable in-person minutes)"
        found = []
        for node in self.nodes:
            there = self.creditable_of(
                row for row in self.rows if self.in_node(row, node.code) and row.delivery == "in_person"
            )
            if there < node.required_in_person:
                found.append({"kind": "in_person", "code": node.code, "short": node.required_in_person - there})
        return found

    def closed_gates(self) -> list[Tree]:
        # "`gate` (unmet while a key is short after the last row; `code` is its `before`, `requires` the key […])"
        found = []
        for gate in self.pack.get("gates", []):
            for key, hours in gate["requires"].items():
                needed = in_minutes(hours, self.unit)
                there = self.creditable_of(row for row in self.rows if self.bears(row, key))
                if there < needed:
                    found.append({"kind": "gate", "code": gate["before"], "requires": key, "short": needed - there})
        return found

    def too_fast(self) -> list[Tree]:
        # "`pace` (`completed_on` must be on or after `program_start` plus N weeks, or N months […])"
        start, end = self.days["program_start"], self.days["completed_on"]
        weeks, months = self.number("pace", "min_weeks"), self.number("pace", "min_months")
        if start is None or end is None:
            return []
        found: list[Tree] = []
        if weeks is not None and end < start + dt.timedelta(weeks=weeks):
            found.append({"kind": "pace"})
        if months is not None and end < plus_months(start, months):
            found.append({"kind": "pace"})
        return found

    def low_average(self) -> list[Tree]:
        # "`average` (each course's grade, weighted by its attended minutes, courses without a grade left out)"
        lowest = self.percent("grades", "min_average")
        weighted, weights = Fraction(0), 0
        for course in self.courses(self.rows):
            grade = self.grade_of(course)
            if grade is not None:
                minutes = sum(row.minutes for row in self.course_rows(course))
                weighted, weights = weighted + grade * minutes, weights + minutes
        if lowest is None or weights == 0:
            return []
        return [{"kind": "average"}] if weighted / weights < lowest else []

    def too_old(self) -> list[Tree]:
        # "`age` (`completed_on` at most N years before `applied_on`)"
        completed_on, applied_on = self.days["completed_on"], self.days["applied_on"]
        if "max_age_years" not in self.pack or completed_on is None or applied_on is None:
            return []
        return [{"kind": "age"}] if completed_on < plus_years(applied_on, -int(self.pack["max_age_years"])) else []

    def linkage(self) -> list[Tree]:
        # "`linkage` (over rows with creditable minutes; an empty school is the record's own)"
        linked = [row for row in self.rows if row.creditable > 0]
        most = self.number("linkage", "max_courses")
        found: list[Tree] = []
        if most is not None and len(self.courses(linked)) > most:
            found.append({"kind": "linkage"})
        if self.pack.get("linkage", {}).get("one_school") == "true" and len({row.school for row in linked}) > 1:
            found.append({"kind": "linkage"})
        return found

    def requirements(self) -> list[Tree]:
        # "a requirement that is not `true` in the context is unmet"
        given = self.context.get("requirements", {})
        return [
            {"kind": "requirement", "code": code}
            for code in self.pack.get("requirements", [])
            if given.get(code) != "true"
        ]

    def axis_date(self) -> str | None:
        """The context date that decides which version applies; None where each row's does."""
        return {"program_start": "program_start", "enrolment": "enrolled_on", "application": "applied_on"}.get(
            self.pack["applies_by"]
        )

    def wrong_version(self) -> list[Tree]:
        # "`version` (the set does not apply to the date of its axis)"
        axis = self.axis_date()
        day = self.days[axis] if axis else None
        if day is None or within_period(day, self.pack.get("valid_from"), self.pack.get("valid_to")):
            return []
        return [{"kind": "version"}]

    def unknown(self) -> list[str]:
        # "`unknown` lists the context dates that a key of this pack needs and nobody gave; they make nothing unmet"
        needed = set()
        axis = self.axis_date()
        if axis and ("valid_from" in self.pack or "valid_to" in self.pack):
            needed.add(axis)
        if "min_weeks" in self.pack.get("pace", {}) or "min_months" in self.pack.get("pace", {}):
            needed |= {"program_start", "completed_on"}
        if "max_age_years" in self.pack.get("transfer", {}) and self.days["program_start"] is None:
            needed.add("enrolled_on")
        if "max_age_years" in self.pack:
            needed |= {"applied_on", "completed_on"}
        return [name for name in CONTEXT_DATES if name in needed and self.days[name] is None]

    def rounded_hours(self) -> Fraction:
        # "rounding: none | down | nearest (ties up); only for `rounded_hours`, from the counted total"
        # "`rounded_hours` without rounding has two decimals, cut"
        rounding = self.pack.get("rounding", {"mode": "none"})
        counted = self.counted_total()
        # Whoever writes "first_credit_hours" means it, with whatever mode.
        if counted < (minutes_at(rounding, "first_credit_hours", self.unit) or 0):
            return Fraction(0)
        if rounding["mode"] == "none":
            return Fraction(math.floor(Fraction(counted, self.unit) * 100), 100)
        # Where nobody says it, hours are rounded to whole ones.
        increment = Fraction(rounding.get("increment_hours", "1"))
        steps = Fraction(counted, self.unit) / increment
        return increment * (math.floor(steps) if rounding["mode"] == "down" else math.floor(steps + Fraction(1, 2)))

    def as_dict(self) -> Tree:
        unmet, rounded = self.unmet(), self.rounded_hours()
        # "Lists are in the order of this page and of the rows."
        reasons = sorted(self.refused, key=lambda one: one["row"])
        return {
            "rules": f"{self.pack['id']}@{self.pack['version']}",
            "status": self.pack["status"],
            "as_of": self.as_of.isoformat() if self.as_of else None,
            # "`met` is true when `unmet` is empty; it uses minutes, never rounded hours."
            "met": not unmet,
            "unit_minutes": self.unit,
            "total": self.total_part(),
            "categories": [self.category_part(top) for top in self.tops],
            "overlays": [self.overlay_part(overlay) for overlay in self.pack.get("overlays", [])],
            "unmet": unmet,
            "not_creditable": reasons,
            "unknown": self.unknown(),
            "rounded_hours": int(rounded) if rounded.denominator == 1 else float(rounded),
        }


def judge(
    pack: str,
    rows: Sequence[Mapping[str, str | None]],
    context: Tree | None = None,
    *,
    others: Mapping[str, str] | None = None,
    as_of: dt.date | None = None,
) -> Tree:
    """The contract's JSON without messages; `others` are packs that may be extended, by `id@version`."""
    case = Case(read_pack(pack, others or {}), rows, context or {}, as_of)
    case.exclude()
    return case.as_dict()
