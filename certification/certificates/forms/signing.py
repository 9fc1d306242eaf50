"""What staff fill in about certificates."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Revocation


class SignForm(forms.Form):
    """The second hand: says that the evaluation was read before the name goes under it."""

    read = forms.BooleanField(
        label=_("I read the conditions above and compared the legal name with the license."),
        error_messages={"required": _("Read the conditions and tick this first: your name goes under them.")},
    )


class RevokeForm(forms.Form):
    """Why and from which day a certificate no longer holds."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", _("Choose a reason")), *Revocation.Reason.choices],
        error_messages={
            "required": _("Choose one of the reasons."),
            "invalid_choice": _("Choose one of the reasons."),
        },
    )
    revoked_on = forms.DateField(
        label=_("From which day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Today or an earlier day, not before its issue."),
        error_messages={
            "required": _("Choose the day."),
            "invalid": _("Write the day as year, month, day: 2026-06-12."),
        },
    )
