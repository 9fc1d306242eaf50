"""What learners fill in beside the answers themselves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .services.appeals import LEAST_SIGNS, MOST_SIGNS


class AppealForm(forms.Form):
    """Why an answer was graded wrongly."""

    words = forms.CharField(
        label=_("What is wrong, and why"),
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": MOST_SIGNS}),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].help_text = _("%(least)d to %(most)d signs. Whoever marks this quiz reads it.") % {
            "least": LEAST_SIGNS,
            "most": MOST_SIGNS,
        }
