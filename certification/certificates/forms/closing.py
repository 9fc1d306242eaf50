"""What an administrator fills in to close a school, and what she writes to confirm it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.selectors import account_at

from .register import day_field


class ClosingForm(forms.Form):
    """The last day of a school, and who keeps its records."""

    last_day = day_field(
        _("Last day"), _("The last day on which the school is open. Its records are shut when that day is over.")
    )
    custodian = forms.CharField(
        label=_("Who keeps the records"),
        max_length=200,
        help_text=_("A person, an archive or an authority. Stands on the public page of each certificate."),
        error_messages={"required": _("Write who keeps the records: graduates will look for it.")},
    )
    contact = forms.CharField(
        label=_("How the custodian is reached"),
        max_length=200,
        help_text=_(
            "An address, telephone number or e-mail address that will still answer in years. It is public too."
        ),
        error_messages={"required": _("Write how the custodian is reached: graduates will look for it.")},
    )


class ConfirmClosingForm(forms.Form):
    """The name of the school, written once more by who closes it."""

    school_name = forms.CharField(
        label=_("Name of the school"),
        max_length=200,
        help_text=_("Write it as it stands above, so that nobody closes a school by a slip."),
        error_messages={"required": _("Write the name of the school.")},
    )

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name = name

    def clean_school_name(self) -> str:
        """The name, in whatever case and with whatever spaces between its words."""
        written: str = self.cleaned_data["school_name"]
        if " ".join(written.split()).casefold() != " ".join(self.name.split()).casefold():
            raise forms.ValidationError(_("This is not its name. Write: %(name)s") % {"name": self.name})
        return written


class CustodianForm(forms.Form):
    """Who becomes a custodian, by the address of her account."""

    email = forms.EmailField(
        label=_("E-mail address of the account"),
        help_text=_("She signs up first if she has no account here. She gets a mail."),
        error_messages={
            "required": _("Write the address with which she logs in."),
            "invalid": _("Write an address like name@example.org."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def clean_email(self) -> str:
        """Somebody who can log in with it is `person`."""
        written: str = self.cleaned_data["email"]
        self.person = account_at(written)
        if self.person is None:
            raise forms.ValidationError(_("Nobody logs in with this address. Ask her to sign up first."))
        return written
