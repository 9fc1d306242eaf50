"""The form of an essay: how long it should be, and the rubric by which somebody marks it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..types.essay import MOST_POINTS, MOST_WORDS
from .base import Group, Keys, KindForm, Row, RowForm, Rows, Written, words_field

LEVEL = re.compile(r"\s*([0-9]{1,3})\s*[:.)–-]\s*(\S.*)")


class Own(forms.Form):
    """How long it should be."""

    least_words = forms.IntegerField(
        label=gettext_lazy("At least so many words"),
        min_value=0,
        max_value=MOST_WORDS,
        initial=50,
        error_messages={"required": gettext_lazy("Write a number of words, or 0.")},
        widget=forms.NumberInput(attrs={"class": "middle"}),
    )
    most_words = forms.IntegerField(
        label=gettext_lazy("At most so many words"),
        min_value=0,
        max_value=MOST_WORDS,
        initial=300,
        error_messages={"required": gettext_lazy("Write a number of words, or 0 for as long as she likes.")},
        help_text=gettext_lazy("0: as long as she likes."),
        widget=forms.NumberInput(attrs={"class": "middle"}),
    )

    def clean(self) -> dict[str, Any]:
        """The bounds in their order."""
        cleaned: dict[str, Any] = super().clean() or {}
        least, most = cleaned.get("least_words"), cleaned.get("most_words")
        if least is not None and most and least > most:
            self.add_error("most_words", _("The least words are no more than the most."))
        return cleaned


class CriterionRow(RowForm):
    """One line of the rubric."""

    needs = {
        "title": gettext_lazy("Name the criterion, or empty the row."),
        "points": gettext_lazy("Say how many points it is worth."),
    }

    title = words_field(gettext_lazy("Criterion"))
    points = forms.IntegerField(
        label=gettext_lazy("Points"),
        required=False,
        min_value=1,
        max_value=MOST_POINTS,
        widget=forms.NumberInput(attrs={"class": "small"}),
    )
    levels = forms.CharField(
        label=gettext_lazy("Levels, one a line: 2: names both risks"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_levels(self) -> str:
        """Lines of points and words."""
        text: str = self.cleaned_data["levels"]
        for line in text.splitlines():
            if line.strip() and not LEVEL.fullmatch(line):
                raise ValidationError(
                    _("Write points, a colon and what such a text is like: see “%s”.") % line.strip()[:40]
                )
        return text

    def clean(self) -> dict[str, Any]:
        """No level is worth more than its criterion."""
        cleaned = super().clean()
        points = cleaned.get("points")
        for level in _levels(cleaned.get("levels") or ""):
            if points is not None and level["points"] > points:
                self.add_error(
                    "levels",
                    _("A level gives %(points)d points at most, as its criterion does.") % {"points": points},
                )
                break
        return cleaned


def _levels(text: str) -> list[dict[str, Any]]:
    found = (LEVEL.fullmatch(line) for line in text.splitlines())
    return [{"points": int(one[1]), "text": one[2].strip()} for one in found if one]


class EssayForm(KindForm):
    """A rubric."""

    kind = "essay"
    own = Own
    about = gettext_lazy("A longer text that somebody marks by your rubric.")
    groups = (
        Group(
            name="r",
            form=CriterionRow,
            title=gettext_lazy("Rubric"),
            help=gettext_lazy(
                "Each criterion with its points; levels say what a text is like that earns so many of them. Learners "
                "are told the names of the criteria before they write, and the rest with their mark."
            ),
            one=gettext_lazy("criterion"),
            more=gettext_lazy("More criteria"),
            fewest=2,
        ),
    )

    def begun(self, choices: Sequence[Mapping[str, Any]], content: Mapping[str, Any]) -> tuple[Row, Rows]:
        """A row a criterion."""
        rows = [
            {
                **{name: row[name] for name in ("key", "title", "points")},
                "levels": "\n".join(f"{level['points']}: {level['text']}" for level in row["levels"]),
            }
            for row in content["rubric"]
        ]
        return {name: content[name] for name in ("least_words", "most_words")}, {"r": rows}

    def written(self, own: Row, rows: Rows, keys: Keys, picture: str) -> Written:
        """The rubric and the bounds."""
        rubric = [
            {
                "key": keys.keep(row["key"]),
                "title": row["title"],
                "points": row["points"],
                "levels": _levels(row["levels"]),
            }
            for row in rows["r"]
        ]
        return [], {"rubric": rubric, **{name: own[name] for name in ("least_words", "most_words")}}

    def sketch(self, own: Row, rows: Rows, keys: Keys, picture: str) -> Written:
        """The criteria with their points, and a field; how levels are told apart comes with the mark."""
        named = [(row["title"].strip(), _whole(row["points"], 1, MOST_POINTS)) for row in rows["r"]]
        rubric = [
            {"key": f"r{number}", "title": title, "points": points, "levels": []}
            for number, (title, points) in enumerate([one for one in named if one[0]] or [("…", 1)])
        ]
        least = _whole(own["least_words"], 0, MOST_WORDS)
        most = _whole(own["most_words"], 0, MOST_WORDS) or MOST_WORDS
        return [], {"rubric": rubric, "least_words": min(least, most), "most_words": most}


def _whole(text: str, least: int, most: int) -> int:
    """A whole number as it was typed, within bounds; else the least."""
    return min(max(int(text), least), most) if text.strip().isdecimal() else least


ESSAY = EssayForm()
