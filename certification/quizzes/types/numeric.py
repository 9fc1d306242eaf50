"""Numeric: a number, with a unit where the question has one, compared exactly within a tolerance."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .base import (
    Answer,
    BadQuestionError,
    Choice,
    UnreadableAnswerError,
    decimal_of,
    fields,
    flag_of,
    line,
    listed,
    no_choices,
    one_text,
    plain,
    share_of,
    text_of,
)
from .written import WrittenType, one_for_all

MOST_UNIT = 30
# Digits that may hold separators between them, or a decimal part alone; then what may be a unit.
TYPED = re.compile(r"([+-]?) ?([0-9]+(?:[.,'’_ ][0-9]+)*[.,]?|[.,][0-9]+) ?(.*)")
PLAIN = re.compile(r"([0-9]{0,15})(?:[.,]([0-9]{0,15}))?")
UNIT = re.compile(r"[^\W\d_].*|[°%‰'\"′″/].*")
POWER = re.compile(r"[eE][+-]?[0-9].*")


@dataclass(frozen=True, slots=True)
class Accepted:
    """A number that earns a share, from `value - tolerance` to `value + tolerance`; `words` write it for a result."""

    value: Fraction
    tolerance: Fraction
    share: Fraction
    feedback: str
    words: str


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit of a question's numbers; `factors` say how many of it one of another unit is."""

    name: str
    required: bool
    factors: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Numeric:
    """What numbers earn, and their unit."""

    answers: tuple[Accepted, ...]
    unit: Unit | None


@dataclass(frozen=True, slots=True)
class AskedNumber:
    """What she typed; the unit that stands beside the field, or that she is to write one."""

    value: str
    unit: str
    unit_asked: bool


class NumericType(WrittenType[Numeric]):
    """The best share of the accepted numbers that hers meets."""

    kind = "numeric"
    label = gettext_lazy("Number")
    prompt = gettext_lazy("Write a number.")
    template = "quizzes/types/numeric.html"

    def parse(self, choices: Sequence[Choice], content: Mapping[str, Any]) -> Numeric:
        """One accepted number or more, one of them for all the points."""
        no_choices(choices)
        content = fields(content, _("Content"), need=("answers",), may=("unit",))
        unit = read_unit(content["unit"]) if content.get("unit") is not None else None
        found = []
        for row in listed(content["answers"], _("Answers")):
            row = fields(row, _("Answer"), need=("value", "share"), may=("tolerance", "feedback"))
            tolerance = row.get("tolerance", "0")
            words = row["value"] if decimal_of(tolerance, _("Tolerance")) == 0 else f"{row['value']} ± {tolerance}"
            found.append(
                Accepted(
                    decimal_of(row["value"], _("Value")),
                    decimal_of(tolerance, _("Tolerance")),
                    share_of(row["share"], _("Share")),
                    text_of(row.get("feedback", ""), _("Feedback"), empty=True),
                    f"{words} {unit.name}" if unit else words,
                )
            )
        if any(one.tolerance < 0 for one in found):
            raise BadQuestionError(_("A tolerance is 0 or more."))
        one_for_all(found)
        return Numeric(tuple(found), unit)

    def rule(self, c: Numeric) -> str:
        """How near, and what of the unit."""
        said = _("A number that is near enough earns the points.")
        if any(0 < one.share < 1 for one in c.answers):
            said = _("A number that is near enough earns the points; another may earn a part of them.")
        if c.unit and c.unit.required:
            return f"{said} " + _("The unit belongs to it: without it, it earns nothing.")
        return said

    def prompt_of(self, c: Numeric) -> str:
        """With or without a unit."""
        return _("Write a number and its unit.") if c.unit and c.unit.required else str(self.prompt)

    def read(self, raw: object, c: Numeric) -> Answer:
        """A number with decimal comma or point, then its unit if she wrote one: “45.5 cm”."""
        text = line(one_text(raw)).translate({ord("−"): "-", ord("–"): "-", ord("º"): "°", ord("˚"): "°"})
        if not text:
            return []
        found = TYPED.fullmatch(text)
        if found is None:
            raise UnreadableAnswerError(_("Write a number in digits, such as 12.5."))
        sign, digits, unit = found.groups()
        if unit and (POWER.fullmatch(unit) or not UNIT.fullmatch(unit) or len(unit) > MOST_UNIT):
            raise UnreadableAnswerError(_("Write a number in digits, such as 12.5, and after it nothing but its unit."))
        if re.fullmatch(r"[1-9][0-9]{0,2},[0-9]{3}", digits):
            raise UnreadableAnswerError(
                _("“%(typed)s” can be read in two ways. Write %(whole)s, or %(decimal)s for the smaller number.")
                % {"typed": digits, "whole": digits.replace(",", ""), "decimal": digits.replace(",", ".")}
            )
        number = PLAIN.fullmatch(digits)
        if number is None:
            raise UnreadableAnswerError(
                _("Write the number without separators between thousands, and with 15 digits at most: 1234.5.")
            )
        _check_unit(unit, c)
        whole, decimals = (number[1] or "0").lstrip("0") or "0", number[2]
        written = ("-" if sign == "-" else "") + whole + (f".{decimals}" if decimals else "")
        return [f"{written} {unit}" if unit else written]

    def accepted(self, c: Numeric) -> tuple[Accepted, ...]:
        """All of them."""
        return c.answers

    def met(self, answer: Answer, c: Numeric) -> list[Accepted]:
        """The accepted numbers that hers meets."""
        if not answer:
            return []
        written, _space, unit = answer[0].partition(" ")
        factor: Fraction | None = Fraction(1)
        if c.unit and unit:
            factor = c.unit.factors.get(_same(unit))
        elif c.unit and c.unit.required:
            factor = None
        if factor is None:
            return []
        value = Fraction(written) * factor
        return [one for one in c.answers if abs(value - one.value) <= one.tolerance]

    def shown(self, c: Numeric, order: Sequence[str], answer: Answer) -> AskedNumber:
        """What she typed, and the unit unless she is to write it."""
        asked = c.unit is not None and c.unit.required
        return AskedNumber("".join(answer[:1]), "" if asked or c.unit is None else c.unit.name, asked)


def _same(unit: str) -> str:
    """A unit as it is compared."""
    return plain(unit.replace(" ", ""), accents=True)


def _check_unit(unit: str, c: Numeric) -> None:
    """Refuse a unit where none is asked. One that she is to write is judged, not refused: that would tell."""
    if not unit or (c.unit and (c.unit.required or _same(unit) in c.unit.factors)):
        return
    if c.unit is None:
        raise UnreadableAnswerError(_("Write the number alone, without a unit."))
    raise UnreadableAnswerError(_("Write the number in %s, or leave the unit out.") % c.unit.name)


def read_unit(raw: object) -> Unit:
    """Read a unit with its others; refuse one that could not stand after a number."""
    row = fields(raw, _("Unit"), need=("name",), may=("required", "others"))
    rows = [(row["name"], "1")]
    for other in listed(row.get("others", []), _("Other units"), least=0):
        other = fields(other, _("Other unit"), need=("name", "factor"))
        rows.append((other["name"], other["factor"]))
    factors: dict[str, Fraction] = {}
    for name, factor in rows:
        name = text_of(name, _("Unit")).strip()
        if not UNIT.fullmatch(name) or POWER.fullmatch(name) or len(name) > MOST_UNIT:
            raise BadQuestionError(_("“%s” cannot stand after a number as its unit.") % name)
        if _same(name) in factors:
            raise BadQuestionError(_("The unit “%s” stands twice.") % name)
        factors[_same(name)] = decimal_of(factor, _("Factor"))
        if factors[_same(name)] <= 0:
            raise BadQuestionError(_("The factor of “%s” is more than 0.") % name)
    return Unit(row["name"].strip(), flag_of(row.get("required", False), _("Required")), factors)


NUMERIC = NumericType()
