"""What is to be done to several placements at once."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..services import BULK_ACTIONS
from .desk import DayField

ACTION_CHOICES = [
    ("", gettext_lazy("Choose…")),
    ("remind", gettext_lazy("Ask again for signatures that wait")),
    ("extend", gettext_lazy("Move the last day")),
    ("complete", gettext_lazy("End as complete, today")),
]
assert tuple(code for code, _words in ACTION_CHOICES[1:]) == BULK_ACTIONS


class SeveralForm(forms.Form):
    """One action, and the day that it needs."""

    action = forms.ChoiceField(
        label=gettext_lazy("With the chosen placements"),
        choices=ACTION_CHOICES,
        error_messages={"required": gettext_lazy("Choose what is to be done.")},
    )
    ends_on = DayField(label=gettext_lazy("New last day"), required=False)

    def clean(self) -> dict[str, Any]:
        """To move last days takes a day."""
        data = super().clean() or {}
        if data.get("action") == "extend" and not data.get("ends_on") and "ends_on" not in self.errors:
            self.add_error("ends_on", _("Choose the new last day."))
        return data
