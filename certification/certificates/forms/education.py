"""What registrars, instructors and learners fill in for continuing education."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Regulator


def _day(label: Any, *, required: bool = True, hint: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=hint,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Choose the day."),
            "invalid": _("Write the day as year, month, day: 2026-06-12."),
        },
    )


class ProviderNumberForm(forms.Form):
    """Under which number a regulator knows the school, and the days on which it holds."""

    regulator = forms.ChoiceField(
        label=_("Regulator"),
        choices=[("", _("Choose a regulator")), *Regulator.choices],
        error_messages={"required": _("Choose one of the regulators.")},
    )
    number = forms.CharField(
        label=_("Number"),
        max_length=60,
        help_text=_("Provider number of NCBTMB, or registration number of Florida, as the letter gives it."),
        error_messages={"required": _("Write the number as the regulator gave it.")},
    )
    valid_from = _day(_("Holds from"))
    valid_to = _day(_("Holds until"), hint=_("The last day. NCBTMB approves for three years; Florida until August 31."))


class LicenceForm(forms.Form):
    """A license of a learner that the registrar has looked up with its board."""

    number = forms.CharField(
        label=_("License number"), max_length=60, error_messages={"required": _("Write the number of the license.")}
    )
    state = forms.RegexField(
        r"^[A-Za-z]{2}$",
        label=_("State"),
        help_text=_("Two letters, like FL."),
        error_messages={
            "required": _("Write the state in two letters, like FL."),
            "invalid": _("Write the state in two letters, like FL."),
        },
    )
    profession = forms.CharField(
        label=_("Profession"),
        max_length=80,
        initial=_("Massage therapist"),
        error_messages={"required": _("Write the profession as the license says it.")},
    )
    valid_from = _day(_("Valid from"), required=False)
    valid_to = _day(_("Valid until"), required=False)


class QuestionsForm(forms.Form):
    """The statements of a program's course evaluation."""

    program = forms.CharField(widget=forms.HiddenInput, max_length=40)
    statements = forms.CharField(
        label=_("Statements to rate"),
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=_("One on each line. Learners rate each from 1, not at all, to 5, fully."),
        error_messages={"required": _("Write at least one statement, each on a line of its own.")},
    )


class SignCourseForm(forms.Form):
    """The instructor's word about one learner's course."""

    agree = forms.BooleanField(
        label=_("I taught this course and sign that the learner attended all of it."),
        error_messages={"required": _("Tick this first: your name goes under it.")},
    )


SCALE = (
    (1, _("1, not at all")),
    (2, _("2")),
    (3, _("3, partly")),
    (4, _("4")),
    (5, _("5, fully")),
)


class EvaluationForm(forms.Form):
    """A rating for each statement. `statements` as they are asked now."""

    def __init__(self, *args: Any, statements: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place, words in enumerate(statements):
            self.fields[f"s{place}"] = forms.TypedChoiceField(
                label=words,
                choices=SCALE,
                coerce=int,
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose a number for this.")},
            )

    def ratings(self) -> list[int]:
        """In the order of the statements, once the form is valid."""
        return [self.cleaned_data[name] for name in self.fields]


__all__ = [
    "EvaluationForm",
    "LicenceForm",
    "ProviderNumberForm",
    "QuestionsForm",
    "SignCourseForm",
]
