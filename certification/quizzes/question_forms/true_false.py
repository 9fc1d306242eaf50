"""The form of a statement that is true or false."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from .base import Keys, KindForm, Row, Rows, Written, words_field


class Own(forms.Form):
    """What is right, and what is said to who chose which."""

    right = forms.ChoiceField(
        label=gettext_lazy("The statement is"),
        choices=[("true", gettext_lazy("True")), ("false", gettext_lazy("False"))],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say whether the statement is true.")},
    )
    feedback_true = words_field(gettext_lazy("Feedback on “true”"))
    feedback_false = words_field(gettext_lazy("Feedback on “false”"))


class TrueFalseForm(KindForm):
    """A statement."""

    kind = "true_false"
    own = Own
    about = gettext_lazy("A statement; the page writes both words.")

    def begun(self, choices: Sequence[Mapping[str, Any]], content: Mapping[str, Any]) -> tuple[Row, Rows]:
        """Which of both is right, and their feedback."""
        own: Row = {f"feedback_{choice['key']}": choice.get("feedback", "") for choice in choices}
        own["right"] = next((choice["key"] for choice in choices if choice["correct"]), "")
        return own, {}

    def written(self, own: Row, rows: Rows, keys: Keys, picture: str) -> Written:
        """Both choices by the kind's own keys."""
        return [
            {"key": key, "text": "", "correct": own["right"] == key, "feedback": own[f"feedback_{key}"]}
            for key in ("true", "false")
        ], {}

    def sketch(self, own: Row, rows: Rows, keys: Keys, picture: str) -> Written:
        """Both, whatever is right."""
        return [{"key": "true", "text": "", "correct": True}, {"key": "false", "text": "", "correct": False}], {}


TRUE_FALSE = TrueFalseForm()
