"""The form of ordering: the items, in the right order."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from .base import Group, Keys, KindForm, Row, RowForm, Rows, Written, told, words_field


class Own(forms.Form):
    """How an order earns points."""

    grading = forms.ChoiceField(
        label=gettext_lazy("Points"),
        choices=[
            ("place", gettext_lazy("for each item that stands at its own place")),
            ("exact", gettext_lazy("for the whole order alone")),
        ],
        initial="place",
        widget=forms.RadioSelect,
    )


class ItemRow(RowForm):
    """One item."""

    text = words_field(gettext_lazy("Item"))


class OrderingForm(KindForm):
    """Items in their order."""

    kind = "ordering"
    own = Own
    about = gettext_lazy("Items are put into the right order.")
    groups = (
        Group(
            name="i",
            form=ItemRow,
            title=gettext_lazy("Items"),
            help=gettext_lazy("Write them in the right order; learners see them in others."),
            one=gettext_lazy("item"),
            more=gettext_lazy("More items"),
        ),
    )

    def begun(self, choices: Sequence[Mapping[str, Any]], content: Mapping[str, Any]) -> tuple[Row, Rows]:
        """A row an item."""
        return {"grading": content["grading"]}, {"i": [dict(item) for item in content["items"]]}

    def written(self, own: Row, rows: Rows, keys: Keys, picture: str) -> Written:
        """The items in the rows' order."""
        items = [{"key": keys.keep(row["key"]), "text": row["text"]} for row in rows["i"]]
        return [], {"items": items, "grading": own["grading"]}

    def sketch(self, own: Row, rows: Rows, keys: Keys, picture: str) -> Written:
        """The items, their order aside."""
        texts = sorted({row["text"] for row in told(rows["i"], "text")})
        items = [{"key": f"i{number}", "text": text} for number, text in enumerate(texts)]
        return [], {"items": items, "grading": own["grading"] if own["grading"] == "exact" else "place"}


ORDERING = OrderingForm()
