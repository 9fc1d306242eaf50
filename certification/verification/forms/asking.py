"""What a clerk fills in to check one certificate, and to make a key for a program."""

import re
import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as now_in
from django.utils.translation import gettext_lazy as _

from ..services import MOST_CLAIMS
from ..verdicts import Asked

USUAL_DAYS = 180
_CLAIM = re.compile(r"([A-Za-z0-9_.-]{1,64})\s*[:=\s]\s*(\d{1,8})")


class CheckForm(forms.Form):
    """One certificate: its code, the name on the paper, and the minutes that it claims."""

    code = forms.CharField(
        label=_("Code of the certificate"),
        max_length=400,
        help_text=_("17 signs, in groups or without. Small letters are fine."),
        error_messages={"required": _("Type the code that stands on the certificate.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    name = forms.CharField(
        label=_("Name on the paper before you"),
        required=False,
        max_length=200,
        help_text=_("We say whether it is the name on the certificate. We neither show nor keep a name."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    claims = forms.CharField(
        label=_("Time that the paper claims, in minutes"),
        required=False,
        max_length=10_000,
        help_text=_(
            "One subject a line, by its code: “total 30000”. If the paper says hours, multiply them by the minutes of its hour, "
            "50 or 60. We say whether a claim is right only if the graduate opened her hours to you."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    @classmethod
    def fresh(cls) -> "CheckForm":
        """An empty form; its key makes a double click one check."""
        return cls(initial={"key": uuid.uuid4()})

    def clean_claims(self) -> dict[str, int]:
        """Minutes by category."""
        claims: dict[str, int] = {}
        for line in self.cleaned_data["claims"].splitlines():
            if not line.strip():
                continue
            found = _CLAIM.fullmatch(line.strip())
            if found is None:
                raise forms.ValidationError(
                    now_in("“%(line)s” is no claim. Write the code of the subject and the minutes: total 30000.")
                    % {"line": line.strip()[:60]}
                )
            if found[1] in claims:
                raise forms.ValidationError(now_in("“%(code)s” stands twice. Claim it once.") % {"code": found[1]})
            claims[found[1]] = int(found[2])
        if len(claims) > MOST_CLAIMS:
            raise forms.ValidationError(now_in("Claim at most %(most)d subjects.") % {"most": MOST_CLAIMS})
        return claims

    @property
    def asked(self) -> Asked:
        """The line that was filled in."""
        given = self.cleaned_data
        return Asked(given["code"], given["name"], given["claims"])


class KeyForm(forms.Form):
    """A key for a program: what it is called, what it may do, until when."""

    label = forms.CharField(
        label=_("Name of the key"),
        max_length=80,
        help_text=_("The program that will use it, for example: admissions system."),
        error_messages={"required": _("Give the key a name by which you will know it, such as the program's.")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=[
            ("check", _("Check certificates")),
            ("transcript", _("Read transcripts that graduates opened to you")),
        ],
        widget=forms.CheckboxSelectMultiple,
        initial=["check"],
        error_messages={
            "required": _("Choose what the key may do."),
            "invalid_choice": _("Choose what the key may do."),
        },
    )
    expires_on = forms.DateField(
        label=_("Last day on which it works"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("At most a year ahead. Before it ends you can let a new key take its place."),
        error_messages={
            "required": _("Choose the last day."),
            "invalid": _("Write the day as year, month, day: 2026-06-12."),
        },
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    @classmethod
    def fresh(cls) -> "KeyForm":
        """An empty form; its own key makes a double click one key."""
        initial: dict[str, Any] = {
            "key": uuid.uuid4(),
            "expires_on": timezone.now().date() + timedelta(days=USUAL_DAYS),
            "scopes": ["check"],
        }
        return cls(initial=initial)


class ListForm(forms.Form):
    """A list of certificates as a table."""

    file = forms.FileField(
        label=_("Your list"),
        help_text=_(
            "CSV (UTF-8) or XLSX, 10,000 rows and 10 MB at most. We keep it until it is answered, and no name longer."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,text/csv"}),
        error_messages={
            "required": _("Choose your list."),
            "missing": _("Choose your list."),
            "invalid": _("Choose your list."),
            "empty": _("This file is empty. Choose your list."),
        },
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    @classmethod
    def fresh(cls) -> "ListForm":
        """An empty form; its key makes a double click one check."""
        return cls(initial={"key": uuid.uuid4()})
