"""The form of the kinds with a list of choices: one right, or several, with shares where the author weighs them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .base import Group, Keys, KindForm, Row, RowForm, Rows, ShareField, Written, feedback_field, told, words_field


class ChoiceRow(RowForm):
    """One choice."""

    needs = {"text": gettext_lazy("Write the choice, or empty the row.")}

    correct = forms.BooleanField(required=False, label=gettext_lazy("Right"))
    text = words_field(gettext_lazy("Choice"))
    feedback = feedback_field()
    weight = ShareField(label=gettext_lazy("Share"), least=-1)


class ChoicesForm(KindForm):
    """A list of choices."""

    family = "choices"
    groups = (
        Group(
            name="c",
            form=ChoiceRow,
            title=gettext_lazy("Choices"),
            help=gettext_lazy(
                "Mark what is right. Each learner sees the choices in an order of her own, and after handing in the "
                "feedback on hers. Empty rows are left out. Shares may stay empty: they say how much of the points a "
                "choice gives or, below zero, takes (1/2, -25 %)."
            ),
            one=gettext_lazy("choice"),
            more=gettext_lazy("More choices"),
        ),
    )

    def __init__(self, kind: str, about: Any) -> None:
        self.kind, self.about = kind, about

    def begun(self, choices: Sequence[Mapping[str, Any]], content: Mapping[str, Any]) -> tuple[Row, Rows]:
        """A row a choice."""
        weights = content.get("weights", {})
        return {}, {"c": [{**choice, "weight": weights.get(choice["key"], "")} for choice in choices]}

    def written(self, own: Row, rows: Rows, keys: Keys, picture: str) -> Written:
        """The choices, and their weights where there are any."""
        listed, weights = [], {}
        for row in rows["c"]:
            choice = {name: row[name] for name in ("text", "correct", "feedback")}
            choice["key"] = keys.keep(row["key"])
            listed.append(choice)
            if row["weight"]:
                weights[choice["key"]] = row["weight"]
        if weights and any(row["correct"] and not row["weight"] for row in rows["c"]) and self.kind == "multiple":
            raise ValidationError({"c": _("Give each right choice its share, or none of them: together they make 1.")})
        return listed, {"weights": weights} if weights else {}

    def sketch(self, own: Row, rows: Rows, keys: Keys, picture: str) -> Written:
        """The texts."""
        texts = list(dict.fromkeys(row["text"] for row in told(rows["c"], "text")))
        while len(texts) < 2:
            texts.append("…" * (len(texts) + 1))
        return [{"key": keys.new(), "text": text, "correct": not n} for n, text in enumerate(texts)], {}


SINGLE = ChoicesForm("single", gettext_lazy("Exactly one of the choices is right."))
MULTIPLE = ChoicesForm("multiple", gettext_lazy("One or more of the choices are right; wrong ones take away."))
