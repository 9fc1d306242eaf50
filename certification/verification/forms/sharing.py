"""What a graduate fills in to share a certificate, and whoever checks one."""

import uuid
from datetime import timedelta
from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from certification.certificates.models import Certificate
from certification.keys.proofs.reading import LONGEST

from .. import packed
from ..models import Consent, Way
from ..offline import BUNDLE, RECEIPT, UnreadableError, kind_of
from ..selectors import parties_named

USUAL_DAYS = 90


class ShareForm(forms.Form):
    """One consent by a link: for whom, what for, how much, until when, and her signature."""

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
        initial=Consent.Scope.TOTALS,
        error_messages={"required": _("Choose what they see."), "invalid_choice": _("Choose what they see.")},
    )
    until_on = forms.DateField(
        label=_("Until when"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("At most a year. You can withdraw it at any time before."),
        error_messages={
            "required": _("Choose the last day."),
            "invalid": _("Write the day as year, month, day: 2026-06-12."),
        },
    )
    signed_name = forms.CharField(
        label=_("Your signature"),
        max_length=200,
        help_text=_("Type your full name as it stands on the certificate."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Sign with your full name: without it nobody may be shown anything.")},
    )
    agree = forms.BooleanField(
        label=_("I consent to what I chose here, and my typed name is my signature."),
        error_messages={"required": _("Without your consent nothing is shown to anybody. Tick this to give it.")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    @classmethod
    def fresh(cls, certificate: Certificate) -> Self:
        """An empty form; its key makes a double click one consent."""
        initial: dict[str, Any] = {"key": uuid.uuid4(), "until_on": certificate.today() + timedelta(days=USUAL_DAYS)}
        return cls(initial=initial)

    @property
    def named(self) -> dict[str, Any]:
        """To whom, as `services.share_certificate` takes it."""
        return {"recipient": self.cleaned_data["recipient"]}


class PartyForm(ShareForm):
    """The same to an organisation on file, found by the very name or code that she types."""

    recipient = None  # type: ignore[assignment]
    party = forms.CharField(
        label=_("Which organisation"),
        max_length=200,
        help_text=_("Its full name, or the code that it gave you."),
        widget=forms.TextInput(attrs={"list": "known-parties", "autocomplete": "off"}),
        error_messages={"required": _("Type the name or the code of the organisation.")},
    )
    field_order = ["party", "purpose", "scope", "until_on", "signed_name", "agree", "key"]

    def clean_party(self) -> Organisation:
        """The one organisation of this name or code."""
        found = parties_named(self.cleaned_data["party"])
        if not found:
            raise forms.ValidationError(
                _("No organisation on file has this name or code. Ask them how they are called here, or make a link.")
            )
        if len(found) > 1:
            codes = ", ".join(one.slug for one in found)
            raise forms.ValidationError(
                _("Several have this name. Type the code of the one that you mean: %s.") % codes
            )
        return found[0]

    @property
    def named(self) -> dict[str, Any]:
        """To whom, as `services.share_certificate` takes it."""
        return {"party": self.cleaned_data["party"]}


class HandOverForm(ShareForm):
    """The school itself sends the transcript: to whom, how and where."""

    scope = None  # type: ignore[assignment]
    recipient = forms.CharField(
        label=_("Who gets it"),
        max_length=200,
        help_text=_("The board, school or employer, with the number of your application if they gave you one."),
        error_messages={"required": _("Name who gets the transcript: your consent is for them.")},
    )
    way = forms.ChoiceField(
        label=_("How"),
        choices=Way.choices,
        widget=forms.RadioSelect,
        initial=Way.PORTAL,
        help_text=_("Ask them which way they take it; many boards want it from the school, not from you."),
        error_messages={"required": _("Choose how it goes there."), "invalid_choice": _("Choose how it goes there.")},
    )
    address = forms.CharField(
        label=_("Where"),
        max_length=300,
        help_text=_("The address of their website, their street and town, or their e-mail address."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Write where it goes: the street, the website or the e-mail address.")},
    )
    field_order = ["recipient", "way", "address", "purpose", "until_on", "signed_name", "agree", "key"]


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
_CHOOSE_OURS = _(
    "Choose the certificate as the graduate got it: PDF, PNG, JSON or JWT, or type the code that stands on it."
)
PACKED = {
    packed.EVIDENCE: _(
        "This is the evidence of a record (ZIP). Unpack it and choose one certificate from it, or check the whole with "
        "the program for checking without us."
    ),
    packed.WORD: _("This is a Word document. We issue none, so it is no file of ours, whatever it shows."),
    packed.EXCEL: _("This is an Excel workbook. We issue no certificate as one."),
    packed.POWERPOINT: _("This is a PowerPoint presentation. We issue none."),
    packed.OPEN_DOCUMENT: _("This is an OpenDocument file, as of LibreOffice. We issue none."),
    packed.OTHER: _(
        "This is a ZIP file, and not the evidence of a record. If a certificate is in it, unpack it first."
    ),
    packed.BROKEN: _("This file begins as a ZIP file does, and cannot be opened as one. It may be damaged."),
}
"""What a packed file is, and what to do with it."""
IS_RECEIPT = _(
    "This is the receipt of a check, not a certificate. It is checked with the program for checking without us, or asked "
    "again at the address of the code."
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
            what = packed.kind_of_packed(data)
            more = [] if what == packed.EVIDENCE else [str(_CHOOSE_OURS)]
            raise forms.ValidationError(" ".join([str(PACKED[what]), *more]))
        if kind == RECEIPT:
            raise forms.ValidationError(IS_RECEIPT)
        return data
