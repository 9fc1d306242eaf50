"""What people fill in to share a certificate, to check one, and to check for an organisation."""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organisation
from certification.certificates.models import Certificate
from certification.keys.proofs.reading import LONGEST

from .models import Application, Consent, MemberInvitation
from .offline import BUNDLE, UnreadableError, kind_of

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


TOO_LARGE = _(
    "This file is larger than 256 KB, and none of our certificates is. Choose the file as the graduate got it from us, not "
    "a scan or a photograph."
)
NO_KIND = _(
    "This is no file of ours that can be checked. Choose the certificate as the graduate got it: PDF, PNG, JSON or JWT. "
    "A scan or a photograph carries no signature: type the code that stands on it instead."
)
IS_BUNDLE = _(
    "This is a ZIP file, perhaps the evidence of a record. Unpack it and choose one certificate from it, or check the "
    "whole with the program for checking without us."
)
UNREADABLE = _(
    "Nothing of ours can be read from this file: it carries no credential, is damaged, or takes too much to read. Ask the "
    "graduate to download it again and to send it as it is, or type the code that stands on it."
)


class FileForm(forms.Form):
    """A file to check, and the name to compare. Nothing of it is kept."""

    file = forms.FileField(
        label=_("File of the certificate"),
        help_text=_("PDF, PNG, JSON or JWT as the graduate got it from us; 256 KB at most. We keep no copy."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.json,.jwt,.txt"}),
        error_messages={
            "required": _("Choose the file to check."),
            "empty": _("This file is empty. Choose the certificate as the graduate got it from us."),
            "missing": _("Choose the file to check."),
            "invalid": _("Choose the file to check."),
        },
    )
    name = forms.CharField(
        label=_("Name on the paper before you"),
        required=False,
        max_length=200,
        help_text=_("We say whether it is the name on the certificate. We never show the name."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_file(self) -> bytes:
        """The bytes of a file that may be ours by its first bytes and its size."""
        given = self.cleaned_data["file"]
        if given.size > LONGEST:
            raise forms.ValidationError(TOO_LARGE)
        data: bytes = given.read()
        try:
            kind = kind_of(data)
        except UnreadableError as error:
            raise forms.ValidationError(NO_KIND) from error
        if kind == BUNDLE:
            raise forms.ValidationError(IS_BUNDLE)
        return data


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


class RosterForm(forms.Form):
    """A new roster."""

    profession = forms.CharField(
        label=_("Code of the profession"),
        max_length=4,
        help_text=_("As CE Broker’s list has it: MA for massage therapists of Florida."),
        error_messages={"required": _("Write the code of the profession in two to four letters: MA.")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput)


class SentForm(forms.Form):
    """That a roster was sent."""

    reference = forms.CharField(
        label=_("Confirmation number, if you got one"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ReplyForm(forms.Form):
    """What was answered to some lines."""

    lines = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": _("Choose the lines that were answered.")}
    )
    reply = forms.ChoiceField(
        label=_("Answer"),
        choices=[("accepted", _("Accepted")), ("refused", _("Refused: report again"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what was answered.")},
    )
    words = forms.CharField(label=_("What the receiver said"), required=False, max_length=300)

    def __init__(self, *args: Any, lines: list[int], **kwargs: Any) -> None:
        """Only lines that were not answered."""
        super().__init__(*args, **kwargs)
        self.fields["lines"].choices = [(line, line) for line in lines]  # type: ignore[attr-defined]


class CaseForm(forms.Form):
    """What a board says when it asks a school for a record."""

    school = forms.ModelChoiceField(
        label=_("School"),
        queryset=Organisation.objects.none(),
        to_field_name="slug",
        error_messages={"required": _("Choose the school."), "invalid_choice": _("Choose the school.")},
    )
    number = forms.CharField(
        label=_("Number of your case"),
        max_length=60,
        error_messages={"required": _("Write the number of your case.")},
    )
    person = forms.CharField(
        label=_("Whose record"),
        max_length=300,
        help_text=_("Name, and the code of a certificate or the number of a license if you have it."),
        error_messages={"required": _("Say whose record you need.")},
    )
    ground = forms.CharField(
        label=_("By what law you may read it"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The school decides by it. The learner reads it too."),
        error_messages={"required": _("Name the statute or order.")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, schools: QuerySet[Organisation], **kwargs: Any) -> None:
        """`schools`: those that can be asked."""
        super().__init__(*args, **kwargs)
        self.fields["school"].queryset = schools  # type: ignore[attr-defined]


class CaseAnswerForm(forms.Form):
    """A school's answer to a board."""

    record = forms.TypedChoiceField(
        label=_("Record to open"),
        required=False,
        coerce=uuid.UUID,
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose one of the records found.")},
    )
    until_on = forms.DateField(
        label=_("Until which day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("At most a year. You can take it back before."),
        error_messages={"invalid": _("Write the day as year, month, day: 2026-06-12.")},
    )
    words = forms.CharField(
        label=_("If you open none: why"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, found: Iterable[tuple[uuid.UUID, str]], **kwargs: Any) -> None:
        """`found`: the records that a search found, with the words for each."""
        super().__init__(*args, **kwargs)
        self.fields["record"].choices = [(str(key), words) for key, words in found]  # type: ignore[attr-defined]
