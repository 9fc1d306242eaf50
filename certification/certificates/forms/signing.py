"""What staff fill in about certificates."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import REPLACING_REASONS, Because, Revocation


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
    words = forms.CharField(
        label=_("What happened"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For the school’s own file. Neither the graduate nor anyone who checks the code reads it."),
    )


class DeclineLetterForm(forms.Form):
    """Why no letter of hours is written."""

    words = forms.CharField(
        label=_("Why not, and what she can do instead"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The learner reads it in a mail and on her page. She may ask again."),
        error_messages={
            "required": _("Write why: the learner reads it."),
            "max_length": _("Write at most 1,000 signs."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "auto_id": "decline_%s"})  # beside the form that revokes


class ReplaceForm(forms.Form):
    """Why a new certificate takes the place of one that was issued; `revoked` says whether that one was revoked."""

    because = forms.ChoiceField(
        label=_("Reason"),
        error_messages={
            "required": _("Choose one of the reasons."),
            "invalid_choice": _("Choose one of the reasons."),
        },
    )

    def __init__(self, *args: object, revoked: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        reasons = [(one.value, one.label) for one in REPLACING_REASONS]
        known = [one for one in reasons if (one[0] == Because.AFTER_REVOCATION) == revoked]
        self.fields["because"].choices = known if revoked else [("", _("Choose a reason")), *known]  # type: ignore[attr-defined]
