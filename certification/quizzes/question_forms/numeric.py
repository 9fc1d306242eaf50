"""The form of a number: what is accepted within which tolerance, and the unit."""

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..formats.base import RefusedError, decimal
from ..types import BadQuestionError
from ..types.numeric import read_unit
from .base import (
    DecimalTextField,
    Group,
    Keys,
    KindForm,
    Row,
    RowForm,
    Rows,
    ShareField,
    Written,
    as_decimal,
    feedback_field,
    told,
)

RANGE = re.compile(r"\s*([-−]?[0-9.,]+)\s*(?:–|—|\.\.|-|to\s)\s*([-−]?[0-9.,]+)\s*")
AROUND = re.compile(r"\s*([-−–]?[0-9.,]+)\s*(?:±|\+/?-)\s*([0-9.,]+)\s*")


def read_number(text: str) -> tuple[str, str] | None:
    """The value and tolerance of “45.5”, “45 ± 2” or “43–47”; None where it is none of these."""
    if (plain := as_decimal(text)) is not None:
        return plain, "0"
    if found := AROUND.fullmatch(text):
        value, tolerance = as_decimal(found[1]), as_decimal(found[2])
        return (value, tolerance) if value and tolerance else None
    if found := RANGE.fullmatch(text):
        ends = as_decimal(found[1]), as_decimal(found[2])
        if ends[0] and ends[1]:
            low, high = sorted((Fraction(ends[0]), Fraction(ends[1])))
            try:
                return decimal((low + high) / 2), decimal((high - low) / 2)
            except RefusedError:
                return None
    return None


class NumberField(forms.CharField):
    """A number, or a range of numbers."""

    def clean(self, value: Any) -> str:
        """As it was typed, if it can be read."""
        text: str = super().clean(value)
        if text and read_number(text) is None:
            raise ValidationError(_("Write a number such as 45.5, or a range such as 43–47."))
        return text


class NumberRow(RowForm):
    """One accepted number or range."""

    needs = {"value": gettext_lazy("Write the number, or empty the row.")}

    value = NumberField(
        label=gettext_lazy("Number or range"),
        required=False,
        widget=forms.TextInput(attrs={"size": 12, "class": "middle"}),
    )
    tolerance = DecimalTextField(label=gettext_lazy("± tolerance"))
    share = ShareField(label=gettext_lazy("Share"))
    feedback = feedback_field()

    def clean(self) -> dict[str, Any]:
        """A range has its tolerance, and none is below zero."""
        cleaned = super().clean()
        read = read_number(cleaned.get("value") or "")
        tolerance = cleaned.get("tolerance") or ""
        if read and tolerance and read[1] != "0":
            self.add_error("tolerance", _("A range says how far it goes: leave this empty, or write one number."))
        if tolerance.startswith("-"):
            self.add_error("tolerance", _("A tolerance is 0 or more."))
        return cleaned


class UnitRow(RowForm):
    """Another unit in which it may be answered."""

    needs = {
        "name": gettext_lazy("Write the unit, or empty the row."),
        "factor": gettext_lazy("Say how many of the first unit one of these is."),
    }

    name = forms.CharField(
        label=gettext_lazy("Unit"), required=False, widget=forms.TextInput(attrs={"size": 8, "class": "middle"})
    )
    factor = DecimalTextField(label=gettext_lazy("is so many of the first"))


class Own(forms.Form):
    """The unit."""

    unit = forms.CharField(
        label=gettext_lazy("Unit"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"size": 8, "class": "middle"}),
        help_text=gettext_lazy("Such as ° or cm; empty where the number has none."),
    )
    unit_required = forms.BooleanField(
        label=gettext_lazy("The learner writes the unit herself"),
        required=False,
        help_text=gettext_lazy("Without its unit the number then earns nothing."),
    )

    def clean(self) -> dict[str, Any]:
        """A unit that is to be written is named, and can stand after a number."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("unit_required") and not cleaned.get("unit"):
            self.add_error("unit", _("Name the unit that she is to write."))
        if cleaned.get("unit"):
            try:
                read_unit({"name": cleaned["unit"]})
            except BadQuestionError as error:
                self.add_error("unit", str(error))
        return cleaned


def answer_of(row: Row) -> dict[str, str]:
    """An accepted number of a row."""
    value, tolerance = read_number(row["value"]) or ("0", "0")
    found = {"value": value, "share": row.get("share") or "1"}
    if tolerance != "0" or row.get("tolerance"):
        found["tolerance"] = row.get("tolerance") or tolerance
    if row.get("feedback"):
        found["feedback"] = row["feedback"]
    return found


class NumericForm(KindForm):
    """Numbers and their unit."""

    kind = "numeric"
    own = Own
    about = gettext_lazy("A number is typed, such as a range of motion in degrees.")
    groups = (
        Group(
            name="n",
            form=NumberRow,
            title=gettext_lazy("Accepted numbers"),
            help=gettext_lazy(
                "A number with its tolerance, or a range such as 43–47. An empty share is all the points; another "
                "number may earn a part of them, such as 1/2."
            ),
            one=gettext_lazy("number"),
            more=gettext_lazy("More numbers"),
            fewest=2,
        ),
        Group(
            name="u",
            form=UnitRow,
            title=gettext_lazy("Other units"),
            help=gettext_lazy("In which it may be answered too: one inch is 2.54 of cm."),
            one=gettext_lazy("unit"),
            more=gettext_lazy("More units"),
            fewest=1,
        ),
    )

    def begun(self, choices: Sequence[Mapping[str, Any]], content: Mapping[str, Any]) -> tuple[Row, Rows]:
        """A row an accepted number, a row another unit."""
        unit = content.get("unit") or {}
        own = {"unit": unit.get("name", ""), "unit_required": unit.get("required", False)}
        return own, {"n": [dict(one) for one in content["answers"]], "u": [dict(one) for one in unit.get("others", [])]}

    def written(self, own: Row, rows: Rows, keys: Keys, picture: str) -> Written:
        """What is accepted, and the unit with its others."""
        content: dict[str, Any] = {"answers": [answer_of(row) for row in rows["n"]]}
        others = [{"name": row["name"], "factor": row["factor"]} for row in rows["u"]]
        if others and not own["unit"]:
            raise ValidationError({"unit": _("Name the first unit, or take the other units out.")})
        if own["unit"]:
            content["unit"] = {"name": own["unit"], "required": own["unit_required"], "others": others}
            try:
                read_unit(content["unit"])
            except BadQuestionError as error:
                raise ValidationError({"u": str(error)}) from error
        return [], content

    def sketch(self, own: Row, rows: Rows, keys: Keys, picture: str) -> Written:
        """A field, with its unit."""
        content: dict[str, Any] = {"answers": [{"value": "0", "share": "1"}]}
        if any(row["share"] not in ("", "0", "1") for row in told(rows["n"], "value")):
            content["answers"].append({"value": "1", "share": "1/2"})
        if own["unit"].strip():
            content["unit"] = {"name": own["unit"].strip(), "required": own["unit_required"]}
        return [], content


NUMERIC = NumericForm()
