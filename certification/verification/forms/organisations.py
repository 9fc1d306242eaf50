"""What people fill in for an organisation that checks, and what the platform answers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organisation

from ..models import Application, MemberInvitation


class ApplicationForm(forms.Form):
    """What the platform needs to know of an organisation before it may check."""

    sort = forms.ChoiceField(
        label=_("What it is"),
        choices=Application.Sort.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what it is."), "invalid_choice": _("Choose what it is.")},
    )
    name = forms.CharField(
        label=_("Name of the organisation"),
        max_length=200,
        help_text=_("As it is registered. Graduates read it when they allow it something, and when it has looked."),
        error_messages={"required": _("Write the name of the organisation.")},
    )
    website = forms.URLField(
        label=_("Its website"),
        max_length=200,
        assume_scheme="https",
        error_messages={
            "required": _("Write the address of its website: we look there first."),
            "invalid": _("Write an address as it stands in the browser: https://www.example.org"),
        },
    )
    address = forms.CharField(
        label=_("Postal address"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write the postal address.")},
    )
    position = forms.CharField(
        label=_("What you are there"),
        max_length=120,
        help_text=_("For example: licensing clerk, director of education."),
        error_messages={"required": _("Write what you are there.")},
    )
    purpose = forms.CharField(
        label=_("What you check certificates for"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example: license applications under chapter 480 of the statutes."),
        error_messages={"required": _("Say what you check certificates for, in a sentence.")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput)


class InviteForm(forms.Form):
    """Whom an organisation invites, and as what."""

    address = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        error_messages={
            "required": _("Write the e-mail address."),
            "invalid": _("Write an e-mail address, such as clerk@example.org."),
        },
    )
    role = forms.ChoiceField(
        label=_("Role"),
        widget=forms.RadioSelect,
        help_text=_("A manager also makes keys for programs, and says who belongs to the organisation."),
        error_messages={"required": _("Choose a role."), "invalid_choice": _("Choose a role.")},
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        """The roles are those of the organisation's kind."""
        super().__init__(*args, **kwargs)
        roles = MemberInvitation.ROLES & Membership.ROLES_OF_KIND[organisation.kind]
        self.fields["role"].choices = [one for one in Membership.Role.choices if one[0] in roles]  # type: ignore[attr-defined]


class DecisionForm(forms.Form):
    """The platform's answer to an application."""

    approved = forms.TypedChoiceField(
        label=_("May it check?"),
        choices=[("yes", _("Yes: it is the organisation that it says")), ("no", _("No"))],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )
    looked_at = forms.CharField(
        label=_("By what you know it"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example: called the number on the board’s own site; the address is of its own domain. Kept."),
    )
    words = forms.CharField(
        label=_("If not: what the applicant reads"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Say what is missing, so that she knows what to do."),
    )


class StopForm(forms.Form):
    """Why an organisation may check nothing for now."""

    words = forms.CharField(
        label=_("Why"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Its managers get these words by e-mail."),
        error_messages={"required": _("Say why: the organisation reads it.")},
    )
