"""What administrators fill in about the register of signers."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from accounts.models import User

# Arithmetic on the calendar's first and last days fails.
_YEARS = [
    MinValueValidator(date(1970, 1, 1), _("Look at the year.")),
    MaxValueValidator(date(2100, 1, 1), _("Look at the year.")),
]


def day_field(label: Any, help_text: Any) -> forms.DateField:
    """A day, with words for what is none."""
    return forms.DateField(
        label=label,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=_YEARS,
        error_messages={
            "required": _("Choose the day."),
            "invalid": _("Write the day as year, month, day: 2026-06-12."),
        },
    )


class SignerForm(forms.Form):
    """Who signs, with which name and title in print, from which day."""

    user = forms.ChoiceField(
        label=_("Person"),
        help_text=_("Registrars and administrators who are not on the register."),
        error_messages={"required": _("Choose the person."), "invalid_choice": _("Choose one of these people.")},
    )
    name = forms.CharField(
        label=_("Name as it is printed"),
        max_length=200,
        required=False,
        help_text=_("Left empty, the person’s legal name."),
    )
    title = forms.CharField(
        label=_("Title as it is printed"),
        max_length=100,
        help_text=_("Such as Registrar or School director."),
        error_messages={"required": _("Write the title that stands below the name.")},
    )
    from_on = day_field(_("From which day"), _("The first day on which this person signs."))

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.uuid): person for person in people}
        self.fields["user"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose a person")),
            *((key, person.get_full_name()) for key, person in self.people.items()),
        ]

    def clean(self) -> dict[str, Any]:
        """The person behind the choice, and her legal name where no other was written."""
        cleaned: dict[str, Any] = super().clean() or {}
        person = self.people.get(cleaned.get("user", ""))
        if person:
            cleaned["user"] = person
            cleaned["name"] = cleaned.get("name") or person.legal_name
        return cleaned


class EndSignerForm(forms.Form):
    """On which day a person signs last."""

    until_on = day_field(_("Last day"), _("On this day the person still signs."))
