"""What registrars fill in to place a hold and to release it."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Hold


class HoldForm(forms.Form):
    """Why a certificate is kept back, and what the learner must do. `key` makes one hold however often it is sent."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", _("Choose a reason")), *Hold.Reason.choices],
        error_messages={
            "required": _("Choose one of the reasons."),
            "invalid_choice": _("Choose one of the reasons."),
        },
    )
    words = forms.CharField(
        label=_("What she must do"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "She gets this by mail and reads it beside her certificates. Nobody who checks a code ever sees it."
        ),
        error_messages={"required": _("Say what she must do, so that the hold can be released.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"key": uuid4()}, **kwargs})

    def clean_key(self) -> Any:
        """A form without a key places a hold all the same."""
        return self.cleaned_data.get("key") or uuid4()


class ReleaseForm(forms.Form):
    """What settled a hold, for the school's own file."""

    words = forms.CharField(
        label=_("What settled it"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For the school’s own file."),
    )
