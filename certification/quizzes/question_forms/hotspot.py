"""The form of spots on a picture: where each is, in words that do not name it, and which is meant."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from ..types.marks import MOST_MARKS
from .base import (
    Group,
    Keys,
    KindForm,
    PerMilleField,
    Row,
    RowForm,
    Rows,
    Written,
    feedback_field,
    percent,
    told,
    words_field,
)

RADIUS = 35
"""How large a spot is unless said, in thousandths of the picture's width."""


class Own(forms.Form):
    """One or several."""

    several = forms.BooleanField(
        label=gettext_lazy("Several spots may be right"),
        required=False,
        help_text=gettext_lazy("Then each right one earns its part, and each wrong one takes the same part away."),
    )


class SpotRow(RowForm):
    """One spot."""

    needs = {
        "place": gettext_lazy("Say where it is, without naming what is there."),
        "x": gettext_lazy("Click the picture, or write how far from the left it is."),
        "y": gettext_lazy("Click the picture, or write how far from above it is."),
    }
    given = frozenset({"r"})

    correct = forms.BooleanField(required=False, label=gettext_lazy("Right"))
    place = words_field(gettext_lazy("Where it is, without its name"))
    x = PerMilleField(label=gettext_lazy("From the left, %"))
    y = PerMilleField(label=gettext_lazy("From above, %"))
    r = PerMilleField(label=gettext_lazy("Radius, %"), least=1, most=500)
    feedback = feedback_field()


class HotspotForm(KindForm):
    """Spots."""

    kind = "hotspot"
    own = Own
    asks_picture = True
    clicks = "m"
    about = gettext_lazy("Which of the marked spots on a picture is meant.")
    groups = (
        Group(
            name="m",
            form=SpotRow,
            title=gettext_lazy("Spots"),
            help=gettext_lazy(
                "Mark what is right. Learners see letters, in an order of their own, and read in the list where each "
                "is: say it by place (“above, beside the spine”), so that the words do not answer the question."
            ),
            one=gettext_lazy("spot"),
            more=gettext_lazy("More spots"),
            fewest=3,
            most=MOST_MARKS,
        ),
    )

    def begun(self, choices: Sequence[Mapping[str, Any]], content: Mapping[str, Any]) -> tuple[Row, Rows]:
        """A row a spot."""
        spots = [{**spot, **{axis: percent(spot[axis]) for axis in "xyr"}} for spot in content["spots"]]
        return {"several": content.get("several", False)}, {"m": spots}

    def written(self, own: Row, rows: Rows, keys: Keys, picture: str) -> Written:
        """The spots."""
        spots = [
            {
                "key": keys.keep(row["key"]),
                "x": row["x"],
                "y": row["y"],
                "r": row["r"] or RADIUS,
                **{name: row[name] for name in ("place", "correct", "feedback")},
            }
            for row in rows["m"]
        ]
        return [], {"picture": picture, "spots": spots, "several": own["several"]}

    def sketch(self, own: Row, rows: Rows, keys: Keys, picture: str) -> Written:
        """The spots that have a place, whichever is right."""
        spots = [
            {**place, "key": f"m{number}", "r": 1, "place": row["place"] or "…", "correct": not number}
            for number, (row, place) in enumerate(placed(rows["m"]))
        ]
        return [], {"picture": picture, "spots": spots, "several": own["several"]}


def placed(rows: Sequence[Row]) -> list[tuple[Row, dict[str, int]]]:
    """The typed rows that have a place on the picture, and it in thousandths."""
    found = []
    field = PerMilleField()
    for row in told(rows, "x", "y"):
        try:
            x, y = field.clean(row["x"]), field.clean(row["y"])
        except forms.ValidationError:
            continue
        if x is not None and y is not None:
            found.append((row, {"x": x, "y": y}))
    return found


HOTSPOT = HotspotForm()
