"""The form of labels on a picture: where each point is, in words that do not name it, and its label."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from ..types.marks import MOST_MARKS
from .base import Group, Keys, KindForm, PerMilleField, Row, RowForm, Rows, Written, percent, told, words_field
from .hotspot import placed
from .matching import extra, options_of


class PointRow(RowForm):
    """One point."""

    needs = {
        "match": gettext_lazy("Write its label."),
        "place": gettext_lazy("Say where it is, without naming what is there."),
        "x": gettext_lazy("Click the picture, or write how far from the left it is."),
        "y": gettext_lazy("Click the picture, or write how far from above it is."),
    }
    given = frozenset({"match_key"})

    match_key = forms.CharField(required=False, widget=forms.HiddenInput)
    match = words_field(gettext_lazy("Label"), "half")
    place = words_field(gettext_lazy("Where it is, without its name"), "half")
    x = PerMilleField(label=gettext_lazy("From the left, %"))
    y = PerMilleField(label=gettext_lazy("From above, %"))


class LabellingForm(KindForm):
    """Points and labels."""

    kind = "labelling"
    asks_picture = True
    clicks = "m"
    about = gettext_lazy("Each marked point of a picture takes its label from one list.")
    groups = (
        Group(
            name="m",
            form=PointRow,
            title=gettext_lazy("Points"),
            help=gettext_lazy(
                "Learners see letters, in an order of their own, and read in the list where each point is: say it by "
                "place, so that the words do not give the label away."
            ),
            one=gettext_lazy("point"),
            more=gettext_lazy("More points"),
            fewest=3,
            most=MOST_MARKS,
        ),
        extra(
            gettext_lazy("Labels that belong nowhere"),
            gettext_lazy("Offered besides, so that the last point is not given away."),
        ),
    )

    def begun(self, choices: Sequence[Mapping[str, Any]], content: Mapping[str, Any]) -> tuple[Row, Rows]:
        """A row a point, with the text of its label."""
        texts = {label["key"]: label["text"] for label in content["labels"]}
        points = [
            {
                "key": point["key"],
                "place": point["place"],
                "x": percent(point["x"]),
                "y": percent(point["y"]),
                "match": texts[point["label"]],
                "match_key": point["label"],
            }
            for point in content["points"]
        ]
        used = {point["label"] for point in content["points"]}
        return {}, {"m": points, "o": [dict(label) for label in content["labels"] if label["key"] not in used]}

    def written(self, own: Row, rows: Rows, keys: Keys, picture: str) -> Written:
        """Points, and the labels of all rows."""
        labels, by_text = options_of(rows, "m", keys, "labels")
        points = [
            {
                "key": keys.keep(row["key"]),
                **{name: row[name] for name in ("x", "y", "place")},
                "label": by_text[row["match"].strip()],
            }
            for row in rows["m"]
        ]
        return [], {"picture": picture, "points": points, "labels": labels}

    def sketch(self, own: Row, rows: Rows, keys: Keys, picture: str) -> Written:
        """The points that have a place, and all labels."""
        texts = {row["match"] for row in told(rows["m"], "match")} | {row["text"] for row in told(rows["o"], "text")}
        while len(texts) < 2:
            texts.add("…" * (len(texts) + 1))
        labels = [{"key": f"l{number}", "text": text} for number, text in enumerate(sorted(texts))]
        points = [
            {**place, "key": f"q{number}", "place": row["place"] or "…", "label": "l0"}
            for number, (row, place) in enumerate(placed(rows["m"]))
        ]
        return [], {"picture": picture, "points": points, "labels": labels}


LABELLING = LabellingForm()
