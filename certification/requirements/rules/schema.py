"""Reads the text of a pack (`hour-rules/1`) into a RuleSetSpec, or refuses it with file, line and key."""

import re

from certification.requirements.rules.nodes import Field, read_yaml
from certification.requirements.rules.shapes import AXES, STATUSES, BadFileError, Category, RuleSetSpec, Source

SCHEMA = "hour-rules/1"
IDENTIFIER = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
CODE = re.compile(r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*")
TOTAL = "total"
"""What gates call the total, hence no category's code."""

NEEDED = ("schema", "id", "version", "title", "status", "sources", "applies_by", "total_hours")
KNOWN = (*NEEDED, "valid_from", "valid_to", "unit_minutes", "categories")
CATEGORY_KNOWN = ("code", "title", "min_hours", "max_hours", "children")
# Part of the format, but not yet judged: a pack that asks for them is refused rather than judged by half.
LATER = (
    "extends",
    "rounding",
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
CATEGORY_LATER = ("delivery", "distance_periods", "unpaid", "min_in_person_hours", "max_transfer_hours")


def load(text: str, *, file: str) -> RuleSetSpec:
    """Read one pack; `file` is only the name that errors carry. Raises BadFileError: one line, file, line and key."""
    root = read_yaml(text, file=file)
    if root is None:
        raise BadFileError(file, None, "the file is empty")
    # The schema first: a file of another kind should hear that, and not which of its keys is strange.
    named = root.mapping().get("schema")
    if named is not None and named.text(most=64) != SCHEMA:
        named.refuse(f"must be {SCHEMA}")
    fields = root.keys(known=KNOWN, later=LATER, needed=NEEDED)
    unit = fields["unit_minutes"].whole(least=1, most=1440) if "unit_minutes" in fields else 60
    status = fields["status"].choice(STATUSES)
    sources = tuple(_source(field) for field in fields["sources"].items())
    if status == "verified" and not sources:
        fields["sources"].refuse("a verified pack names at least one source")
    valid_from = fields["valid_from"].day() if "valid_from" in fields else None
    valid_to = fields["valid_to"].day() if "valid_to" in fields else None
    if valid_from and valid_to and valid_to < valid_from:
        fields["valid_to"].refuse(f"{valid_to.isoformat()} is before valid_from {valid_from.isoformat()}")
    seen: dict[str, int] = {}
    return RuleSetSpec(
        id=fields["id"].word(IDENTIFIER, "small letters, digits and single hyphens"),
        version=fields["version"].whole(least=1, most=1_000_000),
        title=fields["title"].text(most=200),
        status=status,
        sources=sources,
        applies_by=fields["applies_by"].choice(AXES),
        valid_from=valid_from,
        valid_to=valid_to,
        unit_minutes=unit,
        required=_minutes(fields["total_hours"], unit),
        categories=_categories(fields["categories"], unit, seen) if "categories" in fields else (),
    )


def _minutes(field: Field, unit: int) -> int:
    minutes = field.number() * unit
    if minutes.denominator != 1:
        field.refuse(f"{field.node.value} hours of {unit} minutes are not whole minutes")
    return int(minutes)


def _source(field: Field) -> Source:
    fields = field.keys(known=("citation", "read_on"), needed=("citation", "read_on"))
    return Source(citation=fields["citation"].text(most=500), read_on=fields["read_on"].day())


def _categories(field: Field, unit: int, seen: dict[str, int]) -> tuple[Category, ...]:
    return tuple(_category(item, unit, seen) for item in field.items())


def _category(field: Field, unit: int, seen: dict[str, int]) -> Category:
    fields = field.keys(known=CATEGORY_KNOWN, later=CATEGORY_LATER, needed=("code",))
    code = fields["code"].word(CODE, "letters, digits and single underscores")
    if code == TOTAL:
        fields["code"].refuse(f"{code!r} is the name of the total; choose another code")
    if code in seen:
        fields["code"].refuse(f"category {code!r} stands already in line {seen[code]}")
    seen[code] = fields["code"].line
    required = _minutes(fields["min_hours"], unit) if "min_hours" in fields else 0
    maximum = _minutes(fields["max_hours"], unit) if "max_hours" in fields else None
    if maximum is not None and maximum < required:
        fields["max_hours"].refuse("less than min_hours, so nobody could meet it")
    return Category(
        code=code,
        title=fields["title"].text(most=200) if "title" in fields else code.replace("_", " ").capitalize(),
        required=required,
        maximum=maximum,
        children=_categories(fields["children"], unit, seen) if "children" in fields else (),
    )
