"""What a graduate fills in to share a certificate."""

import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from certification.certificates.models import Certificate

from .models import Consent

USUAL_DAYS = 90


class ShareForm(forms.Form):
    """One consent: for whom, for what, how much, until when, and the agreement itself."""

    recipient = forms.CharField(
        label=_("Who gets the link"),
        max_length=200,
        help_text=_("A school, employer or board, as you would name it."),
        error_messages={"required": _("Name who gets the link: your consent is for them.")},
    )
    purpose = forms.CharField(
        label=_("What for"),
        max_length=200,
        help_text=_("For example: license application, new position."),
        error_messages={"required": _("Say what they need it for, in a few words.")},
    )
    scope = forms.ChoiceField(
        label=_("What they see"),
        choices=Consent.Scope.choices,
        widget=forms.RadioSelect,
        initial=Consent.Scope.HOURS,
        error_messages={"required": _("Choose what they see."), "invalid_choice": _("Choose what they see.")},
    )
    until_on = forms.DateField(
        label=_("Until when it opens"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("At most a year. You can withdraw it at any time before."),
        error_messages={
            "required": _("Choose the last day."),
            "invalid": _("Write the day as year, month, day: 2026-06-12."),
        },
    )
    agree = forms.BooleanField(
        label=_("I consent that whoever holds this link sees what I chose, until that day."),
        error_messages={"required": _("Without your consent no link is made. Tick this to give it.")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    @classmethod
    def fresh(cls, certificate: Certificate) -> "ShareForm":
        """An empty form; its key makes a double click one link."""
        initial: dict[str, Any] = {"key": uuid.uuid4(), "until_on": certificate.today() + timedelta(days=USUAL_DAYS)}
        return cls(initial=initial)


class OrderForm(forms.Form):
    """From which day a board or court ended a certificate of a school that has closed."""

    revoked_on = forms.DateField(
        label=_("From which day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Choose the day."),
            "invalid": _("Write the day as year, month, day: 2026-06-12."),
        },
    )
    ordered = forms.BooleanField(
        label=_("I have the order of the board or court before me."),
        error_messages={"required": _("Without an order nothing ends a certificate of a school that has closed.")},
    )
