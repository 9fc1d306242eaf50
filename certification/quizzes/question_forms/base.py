"""What the form of a kind is: the fields of its own and its rows, and how they become what the kind asks and grades.

Rows are added, moved and taken out without script: each of those buttons sends the form, and everything typed comes
back. A form knows nothing of the database and of the page around it.
"""

import re
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..formats.base import RefusedError
from ..formats.base import share as share_of_percent

Row = dict[str, Any]
Rows = dict[str, list[Row]]
Written = tuple[list[dict[str, Any]], dict[str, Any]]
"""The choices and the content of a version."""

FEWEST_ROWS = 4
MORE_ROWS = 2
MOST_ROWS = 26


# ---- fields ----


class ShareField(forms.CharField):
    """A share of the points, kept as a fraction: reads 1/3, 0.5 and 50 %."""

    def __init__(self, *, least: int = 0, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("widget", forms.TextInput(attrs={"size": 6, "class": "small"}))
        super().__init__(**kwargs)
        self.least = least

    def clean(self, value: Any) -> str:
        """The fraction in lowest terms; empty where nothing is written."""
        text = super().clean(value).replace("−", "-").replace(",", ".").strip()
        if not text:
            return ""
        share = as_share(text)
        if share is None or not self.least <= share <= 1 or share.denominator > 100:
            raise ValidationError(
                _("Write a share of the points such as 1/3, 0.5 or 50 %.")
                if self.least == 0
                else _("Write a share of the points such as 1/3, 0.5 or -25 %.")
            )
        return str(share)


def as_share(text: str) -> Fraction | None:
    """A share as people write it, exactly; None where it is none."""
    text = text.strip()
    try:
        if text.endswith("%"):
            return share_of_percent(text[:-1])
        if re.fullmatch(r"-?[0-9]{1,3}(/[1-9][0-9]{0,2})?|-?[0-9]{0,3}\.[0-9]{1,6}", text):
            return Fraction(text)
    except (RefusedError, ValueError, ZeroDivisionError):
        return None
    return None


class DecimalTextField(forms.CharField):
    """An exact number, kept as it is written, with a point."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("widget", forms.TextInput(attrs={"size": 8, "class": "small"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        """The number; empty where nothing is written."""
        text = as_decimal(super().clean(value))
        if text is None:
            raise ValidationError(_("Write a number in digits, such as 45.5."))
        return text


def as_decimal(text: str) -> str | None:
    """A number as it is kept; None where it is none."""
    text = text.strip().replace("−", "-").replace("–", "-").replace(",", ".").lstrip("+")
    if not text or re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", text):
        return text
    return None


class PerMilleField(forms.CharField):
    """A place on a picture, written in percent and kept in thousandths."""

    def __init__(self, *, least: int = 0, most: int = 1000, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        attrs = {"min": f"{least / 10:g}", "max": f"{most / 10:g}", "step": "0.1", "class": "small"}
        kwargs.setdefault("widget", forms.NumberInput(attrs=attrs))
        super().__init__(**kwargs)
        self.least, self.most = least, most

    def clean(self, value: Any) -> int | None:
        """The thousandths; None where nothing is written."""
        text = as_decimal(super().clean(value))
        if text == "":
            return None
        if text is not None:
            number = Fraction(text) * 10
            if number.denominator == 1 and self.least <= number <= self.most:
                return int(number)
        raise ValidationError(
            _("Write a number from %(least)s to %(most)s with one decimal at most.")
            % {"least": f"{self.least / 10:g}", "most": f"{self.most / 10:g}"}
        )


def percent(thousandths: int) -> str:
    """Thousandths as they stand in a form."""
    return f"{thousandths // 10}.{thousandths % 10}" if thousandths % 10 else str(thousandths // 10)


def words_field(label: Any, size: str = "") -> forms.CharField:
    """A field for a line that may grow; of the size `half`, two stand beside each other."""
    attrs = {"rows": 1, **({"class": size} if size else {})}
    return forms.CharField(label=label, required=False, widget=forms.Textarea(attrs=attrs))


def feedback_field() -> forms.CharField:
    """What is said to who gave this answer."""
    return words_field(gettext_lazy("Feedback"))


# ---- rows ----


class RowForm(forms.Form):
    """One row; a row in which nothing is written is none.

    `needs` says of each field without which a row is none what is missing; `given` names fields that are never empty
    by themselves, so that they alone make no row.
    """

    needs: Mapping[str, str | Promise] = {}
    given: frozenset[str] = frozenset()

    key = forms.CharField(required=False, widget=forms.HiddenInput)

    @classmethod
    def is_written(cls, row: Mapping[str, Any]) -> bool:
        """Whether anything was written in a row."""
        idle = {"key", *cls.given}
        return any(value not in ("", None, False) for name, value in row.items() if name not in idle)

    def clean(self) -> dict[str, Any]:
        """Refuse a row that lacks what it needs."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.is_written(cleaned):
            for name, words in self.needs.items():
                if cleaned.get(name) in ("", None) and name not in self.errors:
                    self.add_error(name, str(words))
        return cleaned


@dataclass(frozen=True)
class Group:
    """The rows of one sort in a form. `name` is the prefix of their fields; `one` is what a row is called.

    `by_server` says that what a new row holds depends on other fields, so that no script adds it.
    """

    name: str
    form: type[RowForm]
    title: str | Promise
    help: str | Promise
    one: str | Promise
    more: str | Promise
    fewest: int = FEWEST_ROWS
    most: int = MOST_ROWS
    by_server: bool = False

    @property
    def rows(self) -> type[BaseFormSet]:
        """The set of forms."""
        return formset_factory(self.form, extra=0, max_num=self.most, absolute_max=self.most)

    def typed(self, data: Mapping[str, Any]) -> list[Row]:
        """The rows that a form sent, as they were typed."""
        try:
            total = min(max(int(data.get(f"{self.name}-TOTAL_FORMS", 0)), 0), self.most)
        except (TypeError, ValueError):
            total = 0
        return [
            {
                name: bool(sent) if isinstance(one, forms.BooleanField) else sent
                for name, one in self.form.base_fields.items()
                for sent in [data.get(f"{self.name}-{place}-{name}", "")]
            }
            for place in range(total)
        ]

    def spared(self, rows: Sequence[Row], more: int = 1) -> list[Row]:
        """These rows with at least `more` empty ones after them."""
        listed = [dict(row) for row in rows]
        written = self.form.is_written
        while len(listed) < self.most and (len(listed) < self.fewest or any(written(row) for row in listed[-more:])):
            listed.append({})
        return listed

    def as_data(self, rows: Sequence[Row]) -> dict[str, str]:
        """Rows as a browser sends them."""
        data = {f"{self.name}-TOTAL_FORMS": str(len(rows)), f"{self.name}-INITIAL_FORMS": "0"}
        for place, row in enumerate(rows):
            data |= {
                f"{self.name}-{place}-{name}": "on" if value is True else str(value)
                for name, value in row.items()
                if value is not False and value is not None
            }
        return data


def moved(rows: Sequence[Row], action: str, place: int) -> list[Row]:
    """The rows after one of the buttons `up`, `down` and `out` of the row at `place`, counted from 0."""
    listed = list(rows)
    if place < len(listed):
        row = listed.pop(place)
        if action != "out":
            listed.insert(max(place - 1, 0) if action == "up" else place + 1, row)
    return listed


# ---- keys ----


@dataclass
class Keys:
    """Gives keys to the parts of a question: a part keeps the key that it had, what is new has one that says nothing.

    `content` and `choices` are those of the version before.
    """

    content: Mapping[str, Any] = field(default_factory=dict)
    choices: Sequence[Mapping[str, Any]] = ()
    new: Callable[[], str] = lambda: secrets.token_hex(6)

    def __post_init__(self) -> None:
        self.known: set[str] = set()
        self.texts: dict[str, dict[str, str]] = {}
        self._walk(self.content, "")
        self._walk(self.choices, "choices")

    def _walk(self, value: Any, place: str) -> None:
        if isinstance(value, Mapping):
            if "key" in value:
                self.known.add(value["key"])
                self.texts.setdefault(place, {}).setdefault(str(value.get("text", "")), value["key"])
            for name, inside in value.items():
                # The choices of a gap are told apart by the gap.
                self._walk(inside, value.get("key", name))
        elif isinstance(value, list | tuple):
            for one in value:
                self._walk(one, place)

    def keep(self, key: object) -> str:
        """This key if the version before had it, else a new one."""
        return str(key) if key in self.known else self.new()

    def of(self, place: str, texts: Sequence[str], hints: Sequence[object] = ()) -> list[str]:
        """The keys of these texts in the list `place`: that of the same text, else the hinted one, else a new one.

        Without hints, where there are as many texts as before, changed ones have the keys that are left over.
        """
        before = self.texts.get(place, {})
        found = {text: before[text] for text in texts if text in before}
        left = [key for key in before.values() if key not in found.values()]
        for number, text in enumerate(texts):
            if text in found:
                continue
            hint = str(hints[number]) if number < len(hints) else ""
            if hint in left:
                left.remove(hint)
                found[text] = hint
            elif not hints and left and len(texts) == len(before):
                found[text] = left.pop(0)
            else:
                found[text] = self.new()
        return [found[text] for text in texts]


def by_place() -> Callable[[], str]:
    """New keys for a preview: the same each time that it is made, so that its order stands still."""
    numbers = iter(range(1, 10_000))
    return lambda: f"new{next(numbers)}"


# ---- the form of a kind ----


class KindForm(ABC):
    """The form of one kind: fields of its own (`own`) and its rows (`groups`).

    Kinds of one `family` have the same form; a question that was in use changes between them alone. `asks_picture`
    says that it asks about a picture, which the page around it chooses; `clicks` names the group whose rows have a
    place on it. A refusal of the kind that names no field stands above `main`, the first group unless said.
    """

    kind: str
    family: str = ""
    own: type[forms.Form] = forms.Form
    groups: tuple[Group, ...] = ()
    asks_picture = False
    clicks = ""
    about: str | Promise = ""

    @abstractmethod
    def begun(self, choices: Sequence[Mapping[str, Any]], content: Mapping[str, Any]) -> tuple[Row, Rows]:
        """The fields and rows of what a version holds."""

    @abstractmethod
    def written(self, own: Row, rows: Rows, keys: Keys, picture: str) -> Written:
        """What is asked and graded, from valid fields and the rows in which something is written.

        Refuses (ValidationError by the name of a field or group) what the fields cannot say by themselves.
        """

    @abstractmethod
    def sketch(self, own: Row, rows: Rows, keys: Keys, picture: str) -> Written:
        """The same from whatever was typed, in the place of what is missing or wrong anything that can be asked.

        For a preview alone: it holds all that a learner reads, and nothing of the key needs to be right.
        """

    def completed(self, own: Row, rows: Rows) -> Rows:
        """The rows as typed, with those that the fields ask for besides."""
        return rows


@dataclass
class Sheet:
    """The form of a kind as it stands on a page."""

    form: KindForm
    own: forms.Form
    sets: list[tuple[Group, BaseFormSet]]
    refusals: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def begun(cls, form: KindForm, choices: Sequence[Mapping[str, Any]], content: Mapping[str, Any]) -> "Sheet":
        """What a version holds; for a new question nothing."""
        own, rows = form.begun(choices, content) if choices or content else ({}, {})
        return cls._shown(form, own, rows)

    @classmethod
    def typed(cls, form: KindForm, data: Mapping[str, Any], action: str = "") -> "Sheet":
        """What was typed, after a button: `more:c`, `up:c:2`, `down:c:2`, `out:c:2` (rows count from 0)."""
        own, rows = typed(form, data)
        what, _colon, rest = action.partition(":")
        name, _colon, place = rest.partition(":")
        extra = 1
        for group in form.groups:
            if group.name != name:
                continue
            if what == "more":
                rows[name] += [{} for _n in range(MORE_ROWS)]
                extra = MORE_ROWS
            elif what in ("up", "down", "out") and place.isdecimal():
                rows[name] = moved(rows[name], what, int(place))
        return cls._shown(form, own, form.completed(own, rows), extra)

    @classmethod
    def _shown(cls, form: KindForm, own: Row, rows: Rows, more: int = 1) -> "Sheet":
        sets = [(g, g.rows(initial=g.spared(rows.get(g.name, []), more), prefix=g.name)) for g in form.groups]
        return cls(form, form.own(initial=own, prefix="k"), sets)

    @classmethod
    def sent(cls, form: KindForm, data: Mapping[str, Any]) -> "Sheet":
        """What was sent to be kept."""
        own, rows = typed(form, data)
        rows = form.completed(own, rows)
        sets = [(g, g.rows(g.as_data(g.spared(rows[g.name])), prefix=g.name)) for g in form.groups]
        return cls(form, form.own(data, prefix="k"), sets)

    def is_valid(self) -> bool:
        """Judge all of it, so that all errors stand on the page at once."""
        return all([self.own.is_valid(), *(rows.is_valid() for _group, rows in self.sets)])

    def written(self, keys: Keys, picture: str = "") -> Written:
        """What is asked and graded. Valid sheets alone; refusals are ValidationErrors by field or group."""
        rows = {g.name: [row for row in some.cleaned_data if g.form.is_written(row)] for g, some in self.sets}
        return self.form.written(self.own.cleaned_data, rows, keys, picture)

    def refuse(self, error: ValidationError) -> dict[str, list[str]]:
        """Say a refusal beside the field or group that it names; give those that are not this sheet's."""
        rest: dict[str, list[str]] = {}
        names = {group.name for group in self.form.groups}
        main = next(iter(self.form.groups)).name if self.form.groups else ""
        named = getattr(error, "error_dict", None)
        for name, problems in (named or {"": [error]}).items():
            words = [words for one in problems for words in one.messages]
            if name in names:
                self.refusals.setdefault(name, []).extend(words)
            elif name in self.own.fields:
                self.own.add_error(name, words)
            elif name in ("choices", "content") and main:
                self.refusals.setdefault(main, []).extend(words)
            else:
                rest.setdefault("" if name in ("choices", "content") else name, []).extend(words)
        return rest

    @property
    def parts(self) -> list[dict[str, Any]]:
        """Its groups for the page."""
        return [
            {"group": group, "rows": rows, "refusals": self.refusals.get(group.name, [])} for group, rows in self.sets
        ]


def typed(form: KindForm, data: Mapping[str, Any]) -> tuple[Row, Rows]:
    """Fields and rows as a browser sent them; a field that was not on its page, as when the kind changes, as it begins."""
    own = {
        name: bool(sent) if isinstance(one, forms.BooleanField) else sent
        for name, one in form.own.base_fields.items()
        for sent in [data.get(f"k-{name}", "" if one.initial is None else str(one.initial))]
    }
    return own, {group.name: group.typed(data) for group in form.groups}


def told(rows: Iterable[Row], *names: str) -> list[Row]:
    """The typed rows in which one of these fields is filled, all texts trimmed."""
    trimmed = [{name: v.strip() if isinstance(v, str) else v for name, v in row.items()} for row in rows]
    return [row for row in trimmed if any(row.get(name) for name in names)]
