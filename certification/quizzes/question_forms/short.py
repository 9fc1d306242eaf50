"""The form of a short answer: the forms that are accepted, and what of the spelling counts."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from ..types.base import MOST_SHORT
from .base import Group, Keys, KindForm, Row, RowForm, Rows, ShareField, Written, feedback_field, told


class Own(forms.Form):
    """What of the spelling counts."""

    case = forms.BooleanField(label=gettext_lazy("Capital letters count"), required=False)
    accents = forms.BooleanField(label=gettext_lazy("Accents count"), required=False)


class FormRow(RowForm):
    """One accepted form."""

    needs = {"text": gettext_lazy("Write the answer, or empty the row.")}

    text = forms.CharField(label=gettext_lazy("Accepted"), required=False, max_length=MOST_SHORT)
    share = ShareField(label=gettext_lazy("Share"))
    feedback = feedback_field()


class ShortForm(KindForm):
    """Accepted forms."""

    kind = "short"
    own = Own
    about = gettext_lazy("A word or a few are typed and compared with those that you accept.")
    groups = (
        Group(
            name="s",
            form=FormRow,
            title=gettext_lazy("Accepted answers"),
            help=gettext_lazy(
                "An empty share is all the points; a near miss may earn a part of them, such as 1/2. A star stands for "
                "anything: trapez*. Spaces and kinds of apostrophe never count."
            ),
            one=gettext_lazy("answer"),
            more=gettext_lazy("More answers"),
            fewest=3,
        ),
    )

    def begun(self, choices: Sequence[Mapping[str, Any]], content: Mapping[str, Any]) -> tuple[Row, Rows]:
        """A row a form."""
        own = {name: content.get(name, False) for name in ("case", "accents")}
        return own, {"s": [dict(one) for one in content["answers"]]}

    def written(self, own: Row, rows: Rows, keys: Keys, picture: str) -> Written:
        """The forms, and what counts."""
        return [], {"answers": [form_of(row) for row in rows["s"]], "case": own["case"], "accents": own["accents"]}

    def sketch(self, own: Row, rows: Rows, keys: Keys, picture: str) -> Written:
        """A field."""
        answers = [{"text": "x", "share": "1"}]
        if any(row["share"] not in ("", "0", "1") for row in told(rows["s"], "text")):
            answers.append({"text": "y", "share": "1/2"})
        return [], {"answers": answers, "case": own["case"], "accents": own["accents"]}


def form_of(row: Row) -> dict[str, str]:
    """An accepted form of a row."""
    found = {"text": row["text"], "share": row.get("share") or "1"}
    if row.get("feedback"):
        found["feedback"] = row["feedback"]
    return found


SHORT = ShortForm()
