"""Rows of what was measured before and after, as a learner types them; a few empty ones stand ready."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .. import rules
from ..models import Region
from ..movements import MOVEMENT_NAMES

PARTS = ("what", "where", "side", "before", "after")
WHAT = [("pain", _("Pain, 0 to 10")), ("motion", _("Range of motion, degrees")), ("strength", _("Strength, 0 to 5"))]
SIDES = [("", _("No side")), ("left", _("Left")), ("right", _("Right"))]
WHERE: list[tuple[str | Promise, list[tuple[str, str | Promise]]]] = [
    (_("Movement, for motion and strength"), list(MOVEMENT_NAMES.items())),
    (_("Region, for pain"), list(Region.choices)),
]
ROWS_READY = 2
ROWS_MORE = 2


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One row as it stands in the form; `number` from 1, as refusals call it."""

    number: int
    values: Mapping[str, str]

    @property
    def prefix(self) -> str:
        """What the names of its fields begin with."""
        return f"measure-{self.number}"


class MeasuresWidget(forms.Widget):
    """Reads the rows; templates draw them (`externships/shift_measures.html`)."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[dict[str, str]]:
        """The rows as typed, gaps included: a refusal names a row by its place."""
        rows = [
            {part: str(data.get(f"measure-{number}-{part}", "")).strip()[:60] for part in PARTS}
            for number in range(1, rules.MOST_MEASURES + 1)
        ]
        while rows and not _says_anything(rows[-1]):
            rows.pop()
        return rows

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Never: no row is an answer too."""
        return False


def _says_anything(row: Mapping[str, str]) -> bool:
    return any(row[part] for part in ("where", "before", "after"))


class MeasuresField(forms.Field):
    """Rows of measures; the service reads and refuses them."""

    widget = MeasuresWidget

    def clean(self, value: Any) -> list[dict[str, str]]:
        """The rows as they were typed."""
        return list(value or [])


def rows_of_measures(kept: Sequence[Mapping[str, Any]], *, more: bool = False) -> list[MeasureRow]:
    """Rows to draw: those that say something, and empty ones after them, never more than a shift may have."""
    count = min(len(kept) + (ROWS_MORE if more or kept else ROWS_READY), rules.MOST_MEASURES)
    empty = dict.fromkeys(PARTS, "")
    rows = [{part: "" if row.get(part) is None else str(row[part]) for part in PARTS} for row in kept]
    rows += [empty] * (count - len(rows))
    return [MeasureRow(number, row) for number, row in enumerate(rows, start=1)]
