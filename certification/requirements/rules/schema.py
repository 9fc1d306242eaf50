"""Reads the text of a pack (`hour-rules/1`) into a RuleSetSpec, or refuses it with file, line and key."""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from certification.requirements.rules.extends import base_of, extended
from certification.requirements.rules.nodes import IDENTIFIER, Field, periods, read_yaml
from certification.requirements.rules.shapes import (
    AXES,
    DELIVERIES,
    ELECTIVE,
    ROUNDINGS,
    STATUSES,
    TOTAL,
    WEEKDAYS,
    BadFileError,
    Category,
    Gate,
    Limit,
    Overlay,
    Pace,
    Rounding,
    RuleSetSpec,
    Source,
    title_from,
)

SCHEMA = "hour-rules/1"
CODE = re.compile(r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*")

OWN = ("schema", "id", "version")
"""What a pack says for itself, also when it extends another."""
NEEDED = (*OWN, "title", "status", "sources", "applies_by", "total_hours")
KNOWN = (
    *NEEDED,
    "extends",
    "valid_from",
    "valid_to",
    "unit_minutes",
    "rounding",
    "categories",
    "overlays",
    "gates",
    "pace",
    "distance",
    "transfer",
    "max_age_years",
    "grades",
    "attendance",
    "course_share",
    "linkage",
    "requirements",
)
CATEGORY_KNOWN = (
    "code",
    "title",
    "min_hours",
    "max_hours",
    "delivery",
    "distance_periods",
    "unpaid",
    "min_in_person_hours",
    "max_transfer_hours",
    "children",
)

Find = Callable[[str], tuple[str, str] | None]
"""`id@version` -> (text, name of the file) of a pack that another extends, or None where there is none."""


def load(text: str, *, file: str, find: Find | None = None) -> RuleSetSpec:
    """Read one pack; `file` is only the name that errors carry, `find` fetches what it extends.

    Raises BadFileError: one line, file, line and key. Where the fault lies in a pack that this one extends, it names
    that file.
    """
    # What one file leaves out another says: the last of a chain extends none, and so has every key that is needed.
    fields = extended(_fields(text, file=file), fetch=lambda label: _fetched(label, find))
    return _Reader(fields).spec()


def extends(text: str, *, file: str) -> str | None:
    """The `id@version` that a pack extends, or None."""
    fields = _fields(text, file=file)
    return base_of(fields)


def label_of(text: str, *, file: str) -> str:
    """The `id@version` that a pack bears."""
    return _label(_fields(text, file=file))


def _fields(text: str, *, file: str) -> dict[str, Field]:
    """The top keys of one file, as they are written."""
    root = read_yaml(text, file=file)
    if root is None:
        raise BadFileError(file, None, "the file is empty")
    # The schema first: a file of another kind should hear that, and not which of its keys is strange.
    fields = root.mapping()
    if "schema" in fields and fields["schema"].text(most=64) != SCHEMA:
        fields["schema"].refuse(f"must be {SCHEMA}")
    return root.keys(known=KNOWN, needed=OWN if "extends" in fields else NEEDED)


def _label(fields: dict[str, Field]) -> str:
    identifier = fields["id"].word(IDENTIFIER, "small letters, digits and single hyphens")
    return f"{identifier}@{fields['version'].whole(least=1, most=1_000_000)}"


def _fetched(label: str, find: Find | None) -> dict[str, Field] | None:
    found = find(label) if find else None
    return _fields(found[0], file=found[1]) if found else None


class _Reader:
    """Turns the keys of a pack, those that it extends laid beneath, into its values."""

    def __init__(self, fields: dict[str, Field]) -> None:
        self.fields = fields
        self.unit = fields["unit_minutes"].whole(least=1, most=1440) if "unit_minutes" in fields else 60
        self.codes: dict[str, Field] = {}

    def spec(self) -> RuleSetSpec:
        fields = self.fields
        status = fields["status"].choice(STATUSES)
        sources = tuple(self._source(field) for field in fields["sources"].items())
        if status == "verified" and not sources:
            fields["sources"].refuse("a verified pack names at least one source")
        valid_from = fields["valid_from"].day() if "valid_from" in fields else None
        valid_to = fields["valid_to"].day() if "valid_to" in fields else None
        if valid_from and valid_to and valid_to < valid_from:
            fields["valid_to"].refuse(f"{valid_to.isoformat()} is before valid_from {valid_from.isoformat()}")
        categories = self._categories(fields["categories"], None) if "categories" in fields else ()
        transfer = self._part("transfer", "max_hours", "max_share", "max_age_years")
        grades = self._part("grades", "min_percent", "min_average")
        attendance = self._part("attendance", "min_percent")
        linkage = self._part("linkage", "max_courses", "one_school")
        identifier, _, version = _label(fields).rpartition("@")
        return RuleSetSpec(
            id=identifier,
            version=int(version),
            title=fields["title"].text(most=200),
            status=status,
            sources=sources,
            applies_by=fields["applies_by"].choice(AXES),
            valid_from=valid_from,
            valid_to=valid_to,
            unit_minutes=self.unit,
            required=self._minutes(fields["total_hours"]),
            rounding=self._rounding(),
            categories=categories,
            overlays=self._overlays(),
            gates=self._gates(),
            pace=self._pace(),
            distance=self._limit(self._part("distance", "max_hours", "max_share")),
            transfer=self._limit(transfer),
            transfer_max_age_years=self._years(transfer),
            max_age_years=self._years(fields),
            min_grade=_percent(grades.get("min_percent")),
            min_average=_percent(grades.get("min_average")),
            min_attendance=_percent(attendance.get("min_percent")),
            course_share=self._course_share(),
            max_courses=linkage["max_courses"].whole(least=1, most=1000) if "max_courses" in linkage else None,
            one_school="one_school" in linkage and linkage["one_school"].truth(),
            requirements=self._requirements(),
        )

    def _part(self, name: str, *known: str) -> dict[str, Field]:
        """The keys of one part of the pack; there if it is there, and then not empty."""
        if name not in self.fields:
            return {}
        keys = self.fields[name].keys(known=known)
        if not keys:
            self.fields[name].refuse(f"needs {' or '.join(known)}")
        return keys

    def _minutes(self, field: Field) -> int:
        minutes = field.number() * self.unit
        if minutes.denominator != 1:
            field.refuse(f"{field.node.value} hours of {self.unit} minutes are not whole minutes")
        return int(minutes)

    def _optional_minutes(self, fields: dict[str, Field], name: str) -> int | None:
        return self._minutes(fields[name]) if name in fields else None

    @staticmethod
    def _years(fields: dict[str, Field]) -> int | None:
        return fields["max_age_years"].whole(least=1, most=100) if "max_age_years" in fields else None

    def _limit(self, fields: dict[str, Field]) -> Limit:
        return Limit(
            minutes=self._optional_minutes(fields, "max_hours"),
            share=_share(fields["max_share"]) if "max_share" in fields else None,
        )

    @staticmethod
    def _source(field: Field) -> Source:
        fields = field.keys(known=("citation", "read_on"), needed=("citation", "read_on"))
        return Source(citation=fields["citation"].text(most=500), read_on=fields["read_on"].day())

    def _categories(self, field: Field, parent: Category | None) -> tuple[Category, ...]:
        return tuple(self._category(item, parent) for item in field.items())

    def _category(self, field: Field, parent: Category | None) -> Category:
        fields = field.keys(known=CATEGORY_KNOWN, needed=("code",))
        code = self._code(fields["code"])
        if code in self.codes:
            first = self.codes[code]
            place = f"line {first.line}" if first.file == fields["code"].file else f"{first.file}, line {first.line}"
            fields["code"].refuse(f"category {code!r} stands already in {place}")
        self.codes[code] = fields["code"]
        required, maximum = self._bounds(fields)
        node = Category(
            code=code,
            title=fields["title"].text(most=200) if "title" in fields else title_from(code),
            required=required,
            maximum=maximum,
            delivery=_deliveries(fields["delivery"])
            if "delivery" in fields
            else (parent.delivery if parent else DELIVERIES),
            distance_periods=tuple(periods(fields["distance_periods"]))
            if "distance_periods" in fields
            else (parent.distance_periods if parent else None),
            unpaid=("unpaid" in fields and fields["unpaid"].truth()) or (parent is not None and parent.unpaid),
            required_in_person=self._optional_minutes(fields, "min_in_person_hours") or 0,
            transfer_maximum=self._optional_minutes(fields, "max_transfer_hours"),
        )
        if "children" not in fields:
            return node
        return replace(node, children=self._categories(fields["children"], node))

    def _code(self, field: Field) -> str:
        code = field.word(CODE, "letters, digits and single underscores")
        if code == TOTAL:
            field.refuse(f"{code!r} is the name of the total; choose another code")
        return code

    def _bounds(self, fields: dict[str, Field]) -> tuple[int, int | None]:
        required = self._optional_minutes(fields, "min_hours") or 0
        maximum = self._optional_minutes(fields, "max_hours")
        if maximum is not None and maximum < required:
            fields["max_hours"].refuse("less than min_hours, so nobody could meet it")
        return required, maximum

    def _overlays(self) -> tuple[Overlay, ...]:
        if "overlays" not in self.fields:
            return ()
        seen: set[tuple[str, str | None]] = set()
        overlays = []
        for item in self.fields["overlays"].items():
            fields = item.keys(known=("tag", "within", "min_hours", "max_hours"), needed=("tag",))
            tag = self._code(fields["tag"])
            within = self._code(fields["within"]) if "within" in fields else None
            if within is not None and within not in self.codes and within != ELECTIVE:
                fields["within"].refuse(f"there is no category {within!r}")
            if (tag, within) in seen:
                fields["tag"].refuse(f"an overlay for {tag!r} stands there already")
            seen.add((tag, within))
            required, maximum = self._bounds(fields)
            overlays.append(Overlay(tag=tag, within=within, required=required, maximum=maximum))
        return tuple(overlays)

    def _gates(self) -> tuple[Gate, ...]:
        if "gates" not in self.fields:
            return ()
        gates = []
        for item in self.fields["gates"].items():
            fields = item.keys(known=("before", "requires"), needed=("before", "requires"))
            requires = []
            for name, field in fields["requires"].mapping().items():
                if not CODE.fullmatch(name):
                    field.refuse("a gate requires `total`, a category or a tag")
                requires.append((name, self._minutes(field)))
            if not requires:
                fields["requires"].refuse("a gate needs something that must be there before")
            gates.append(Gate(before=self._code(fields["before"]), requires=tuple(requires)))
        return tuple(gates)

    def _pace(self) -> Pace:
        fields = self._part("pace", "max_hours_per_day", "max_hours_per_week", "week_starts", "min_weeks", "min_months")
        starts = fields["week_starts"].choice(WEEKDAYS) if "week_starts" in fields else "sunday"
        return Pace(
            day_maximum=self._optional_minutes(fields, "max_hours_per_day"),
            week_maximum=self._optional_minutes(fields, "max_hours_per_week"),
            week_starts=WEEKDAYS.index(starts),
            min_weeks=fields["min_weeks"].whole(least=1, most=1000) if "min_weeks" in fields else None,
            min_months=fields["min_months"].whole(least=1, most=240) if "min_months" in fields else None,
        )

    def _rounding(self) -> Rounding:
        fields = self._part("rounding", "mode", "increment_hours", "first_credit_hours")
        mode = fields["mode"].choice(ROUNDINGS) if "mode" in fields else "none"
        if fields and "mode" not in fields:
            self.fields["rounding"].refuse("needs mode: none, down or nearest")
        increment = self._optional_minutes(fields, "increment_hours")
        if increment == 0:
            fields["increment_hours"].refuse("must be more than nothing")
        return Rounding(
            mode=mode,
            increment=self.unit if increment is None else increment,
            first_credit=self._optional_minutes(fields, "first_credit_hours") or 0,
        )

    def _course_share(self) -> tuple[tuple[str, Fraction], ...]:
        if "course_share" not in self.fields:
            return ()
        shares = []
        for tag, field in self.fields["course_share"].mapping().items():
            if not CODE.fullmatch(tag):
                field.refuse("must be letters, digits and single underscores")
            shares.append((tag, _share(field)))
        return tuple(shares)

    def _requirements(self) -> tuple[str, ...]:
        if "requirements" not in self.fields:
            return ()
        found: list[str] = []
        for item in self.fields["requirements"].items():
            code = item.word(CODE, "letters, digits and single underscores")
            if code in found:
                item.refuse(f"{code!r} stands there already")
            found.append(code)
        return tuple(found)


def _deliveries(field: Field) -> tuple[str, ...]:
    kinds = [item.choice(DELIVERIES) for item in field.items()]
    if not kinds:
        field.refuse(f"needs at least one of {', '.join(DELIVERIES)}")
    return tuple(kind for kind in DELIVERIES if kind in kinds)


def _share(field: Field) -> Fraction:
    share = field.number()
    if share > 1:
        field.refuse(f"{field.node.value} is not a share from 0 to 1")
    return share


def _percent(field: Field | None) -> Decimal | None:
    if field is None:
        return None
    if field.number() > 100:
        field.refuse(f"{field.node.value} is not a percentage from 0 to 100")
    return Decimal(field.node.value)
