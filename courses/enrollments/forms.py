"""The forms by which staff plan groups, invite, and make exceptions."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from courses.catalog.models import Program

from .models import Cohort
from .selectors import programs_to_invite_to, programs_to_plan_for


class ProgramField(forms.ModelChoiceField):
    """Names the school too, for people who work in two."""

    def label_from_instance(self, program: Program) -> str:
        """Title and school."""
        return f"{program.title}, {program.school.name}"


class CohortField(forms.ModelChoiceField):
    """Names the program too: the list holds the groups of all programs."""

    def label_from_instance(self, cohort: Cohort) -> str:
        """Name, first day and program."""
        return f"{cohort.name} ({cohort.starts_on:%Y-%m-%d}), {cohort.program.title}"


class Refusing(forms.Form):
    """A form beside whose fields a service's refusal is put."""

    def refuse(self, error: ValidationError) -> None:
        """Put a service's refusal beside its field, or at the head of the form."""
        known = error.message_dict if hasattr(error, "error_dict") else {}
        if known and set(known) <= set(self.fields):
            self.add_error(None, error)
        else:
            for message in error.messages:
                self.add_error(None, message)


class GroupForm(Refusing):
    """Name and days of a group, and whether its first day is told to the public."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("As learners and the public read it: Spring 2027."),
        error_messages={"required": _("Give the group a name.")},
    )
    starts_on = forms.DateField(
        label=_("First day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The records of its learners count from this day."),
        error_messages={"required": _("Choose the first day."), "invalid": _("Write a day like 2026-03-09.")},
    )
    ends_on = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write a day like 2026-03-09.")},
    )
    is_public = forms.BooleanField(
        label=_("Open to the public"),
        required=False,
        help_text=_("The program’s page lists it with its days until it begins."),
    )


class NewGroupForm(GroupForm):
    """A group of one of the programs for which this person may plan."""

    program = ProgramField(queryset=Program.objects.none(), label=_("Program"))
    field_order = ["program"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programs = programs_to_plan_for(user)
        self.fields["program"].queryset = programs  # type: ignore[attr-defined]
        some = list(programs[:2])
        if len(some) == 1:
            self.fields["program"].initial = some[0]


class InvitationForm(Refusing):
    """Program, group and address of one invitation; offers only what this person may invite to."""

    program = ProgramField(queryset=Program.objects.none(), label=_("Program"))
    cohort = CohortField(
        queryset=Cohort.objects.none(),
        required=False,
        label=_("Group"),
        empty_label=_("No group"),
        help_text=_("Must belong to the program above. It sets the day on which her program starts."),
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        error_messages={"required": _("Type the address to which the invitation goes.")},
        help_text=_("The place can be taken only by who has confirmed this address."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programs = programs_to_invite_to(user)
        self.fields["program"].queryset = programs  # type: ignore[attr-defined]
        some = list(programs[:2])
        if len(some) == 1:
            self.fields["program"].initial = some[0]
        self.fields["cohort"].queryset = (  # type: ignore[attr-defined]
            Cohort.objects.filter(program__in=programs).select_related("program").order_by("-starts_on")
        )


class ExceptionForm(forms.Form):
    """How a lesson opens for some learners, and what finishing it does not take of them."""

    opens_now = forms.BooleanField(
        label=_("Open it now"), required=False, help_text=_("Whatever day or gate the lesson has.")
    )
    opens_on = forms.DateField(
        label=_("Open it on another day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("In place of the lesson’s own day; its gates hold."),
        error_messages={"invalid": _("Write a day like 2026-03-09.")},
    )
    waives = forms.MultipleChoiceField(
        label=_("Not asked of them"),
        required=False,
        choices=[
            ("minutes", _("The least minutes")),
            ("self_checks", _("The self-checks")),
            ("quiz", _("The quiz")),
            ("mark", _("The instructor’s mark")),
        ],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Hours are measured all the same."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False, help_text=_("The learner reads it."))
