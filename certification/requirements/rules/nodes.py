"""Strict YAML: nodes that still know their line; refuses duplicate keys, aliases, tags and YAML's type surprises."""

import datetime as dt
import re
from collections.abc import Collection, Iterator
from fractions import Fraction
from typing import Any, NoReturn

import yaml
from yaml.composer import Composer
from yaml.reader import Reader

from certification.requirements.rules.shapes import BadFileError, Period

MOST_DEPTH = 200
MOST_CHARACTERS = 1_000_000
# Up to nine digits before the point and six after: more is a slip of the pen, and keeps arithmetic small.
NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,6})?")
IDENTIFIER = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
"""The id of a rule set."""
LABEL = re.compile(rf"{IDENTIFIER.pattern}@[1-9][0-9]{{0,6}}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

# Where such a tab misleads libyaml, it names a line further down.
TAB_INDENT = re.compile(r"^ *\t(?=[ \t]*[^ \t\r\n#])", re.MULTILINE)

_STR = "tag:yaml.org,2002:str"
_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_NULL = "tag:yaml.org,2002:null"


def shown(value: str) -> str:
    """An offending value on one line and of bearable length."""
    return repr(value if len(value) <= 60 else f"{value[:57]}...")


def day_from(text: str) -> dt.date | None:
    """A date written YYYY-MM-DD that the calendar has, or None."""
    if not DAY.fullmatch(text):
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def decode(data: bytes, *, file: str) -> str:
    """Bytes of a file as text: UTF-8, with or without a byte order mark. Refuses anything else with its line."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadFileError(file, line, f"not UTF-8 text (byte 0x{data[error.start]:02x})") from None


class _StrictLoader(Composer, yaml.CSafeLoader):
    """Composes nodes and builds nothing; refuses what could grow, hide or change meaning.

    The words are read by libyaml, in an eighth of the time; the nodes are composed here.
    """

    depth = 0

    def __init__(self, text: str) -> None:
        yaml.CSafeLoader.__init__(self, text)
        Composer.__init__(self)

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event: Any = self.peek_event()
        if event.anchor is not None:  # of an alias, the anchor that it repeats
            raise yaml.MarkedYAMLError(None, None, "anchors and aliases (& and *) are not allowed", event.start_mark)
        if event.tag is not None:
            raise yaml.MarkedYAMLError(None, None, f"tags are not allowed: {shown(str(event.tag))}", event.start_mark)
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise yaml.MarkedYAMLError(None, None, f"nested deeper than {MOST_DEPTH} levels", event.start_mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


class Field:
    """One value of a file, with the key it stands under.

    Reads itself as what the format asks for there, or refuses with file, line and key.
    """

    __slots__ = ("file", "key", "key_line", "node")

    def __init__(self, file: str, key: str, node: yaml.Node, key_line: int | None = None) -> None:
        self.file, self.key, self.node = file, key, node
        self.key_line = key_line or self.line

    @property
    def line(self) -> int:
        """Where the value begins, 1-based."""
        return int(self.node.start_mark.line) + 1

    def refuse(self, problem: str) -> NoReturn:
        """Stop here."""
        raise BadFileError(self.file, self.line, f"key {shown(self.key)}: {problem}" if self.key else problem)

    def _scalar(self, wanted: str) -> yaml.ScalarNode:
        if not isinstance(self.node, yaml.ScalarNode) or self.node.tag == _NULL:
            self.refuse(f"must be {wanted}")
        return self.node

    def mapping(self) -> dict[str, "Field"]:
        """The keys of a mapping; duplicates are refused."""
        if not isinstance(self.node, yaml.MappingNode):
            self.refuse("must be a mapping of keys and values")
        fields: dict[str, Field] = {}
        for name, value in self.node.value:
            if not isinstance(name, yaml.ScalarNode):
                Field(self.file, self.key, name).refuse("a key must be a plain word")
            line = int(name.start_mark.line) + 1
            if name.value in fields:
                raise BadFileError(self.file, line, f"key {shown(name.value)} is given twice")
            fields[name.value] = Field(self.file, name.value, value, line)
        return fields

    def keys(self, *, known: Collection[str], needed: Collection[str] = ()) -> dict[str, "Field"]:
        """The keys of a mapping, all `known` and none of `needed` missing."""
        fields = self.mapping()
        for name, field in fields.items():
            if name not in known:
                raise BadFileError(field.file, field.key_line, f"unknown key {shown(name)}")
        for name in needed:
            if name not in fields:
                raise BadFileError(self.file, self.line, f"key {shown(name)} is missing")
        return fields

    def items(self) -> list["Field"]:
        """The members of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            self.refuse("must be a list")
        return [Field(self.file, self.key, node) for node in self.node.value]

    def text(self, *, most: int) -> str:
        """Words on one line."""
        node = self._scalar("text")
        if node.tag != _STR:
            self.refuse(f"{shown(node.value)} must be text; put it in quotes")
        text = str(node.value).strip()
        if not text or len(text) > most or not text.isprintable():
            self.refuse(f"{shown(node.value)} must be one line of 1 to {most} characters")
        return text

    def word(self, pattern: re.Pattern[str], wanted: str, *, most: int = 64) -> str:
        """A code."""
        text = self.text(most=most)
        if not pattern.fullmatch(text):
            self.refuse(f"{shown(text)} must be {wanted}")
        return text

    def choice(self, choices: Collection[str]) -> str:
        """One of a few words."""
        node = self._scalar("one of " + ", ".join(choices))
        if node.value not in choices:
            self.refuse(f"{shown(node.value)} is not one of {', '.join(choices)}")
        return str(node.value)

    def number(self) -> Fraction:
        """A plain decimal number, zero or more, exact."""
        node = self._scalar("a number")
        if node.tag not in _NUMBERS or not NUMBER.fullmatch(node.value) or re.match("0[0-9]", node.value):
            self.refuse(f"{shown(node.value)} is not a number such as 40 or 12.5")
        return Fraction(node.value)

    def whole(self, *, least: int, most: int) -> int:
        """A whole number between two ends."""
        number = self.number()
        if number.denominator != 1 or not least <= number <= most:
            self.refuse(f"{shown(str(self.node.value))} is not a whole number from {least} to {most}")
        return int(number)

    def day(self) -> dt.date:
        """A date."""
        node = self._scalar("a date such as 2026-01-31")
        day = day_from(node.value)
        if day is None:
            self.refuse(f"{shown(node.value)} is not a date such as 2026-01-31")
        return day

    def truth(self) -> bool:
        """`true` or `false`, and none of YAML's other words for them."""
        return self.choice(("true", "false")) == "true"


def periods(field: Field) -> Iterator[Period]:
    """The members of a list of periods, each with `from`, `to` or both."""
    for item in field.items():
        ends = item.keys(known=("from", "to"))
        if not ends:
            item.refuse("a period needs `from`, `to` or both")
        start = ends["from"].day() if "from" in ends else None
        end = ends["to"].day() if "to" in ends else None
        if start and end and end < start:
            ends["to"].refuse(f"{end.isoformat()} is before {start.isoformat()}")
        yield start, end


def read_yaml(text: str, *, file: str) -> Field | None:
    """The root of a file of one document, or None where it is empty; refuses what is not strict YAML."""
    if len(text) > MOST_CHARACTERS:
        raise BadFileError(file, None, f"longer than {MOST_CHARACTERS} characters")
    if unreadable := Reader.NON_PRINTABLE.search(text):
        line = text.count("\n", 0, unreadable.start()) + 1
        raise BadFileError(file, line, f"character {shown(unreadable.group())} is not allowed")
    if tab := TAB_INDENT.search(text):
        line = text.count("\n", 0, tab.end()) + 1
        raise BadFileError(file, line, "a tab indents this line; YAML is indented by spaces")
    try:
        node = _StrictLoader(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        # At the end of the text libyaml stands on a line of its own after the last.
        there = min(mark.line + 1, len(text.splitlines()) or 1) if mark else None
        raise BadFileError(file, there, " ".join((error.problem or "not YAML").split())) from None
    return None if node is None else Field(file, "", node)
