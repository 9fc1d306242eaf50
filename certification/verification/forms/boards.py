"""What a school fills in to report to a register, and what a board and a school fill in for a case."""

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation

from ..models import Way
from ..selectors import parties_named


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


class ListSentForm(forms.Form):
    """That a list of graduates went."""

    way = forms.ChoiceField(
        label=_("How it went"),
        choices=Way.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it went."), "invalid_choice": _("Choose how it went.")},
    )
    reference = forms.CharField(
        label=_("Confirmation or tracking number, if you got one"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class WentForm(ListSentForm):
    """That a transcript was handed over: how, when, and by what number."""

    sent_on = forms.DateField(
        label=_("On which day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Empty means today. An e-mail goes when you press the button."),
        error_messages={"invalid": _("Write the day as year, month, day: 2026-06-12.")},
    )
    reference = forms.CharField(
        label=_("By what number, or who took it"),
        required=False,
        max_length=200,
        help_text=_("A tracking number, a confirmation, or the name of the office. By e-mail none is needed."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    key = forms.CharField(max_length=60, widget=forms.HiddenInput)
    field_order = ["way", "sent_on", "reference", "key"]


class NotHandedForm(forms.Form):
    """Why a transcript is not handed over."""

    words = forms.CharField(
        label=_("Why, and what she can do"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("She gets these words by mail."),
        error_messages={"required": _("Say why, and what she can do. She reads these words.")},
    )


class GraduateListForm(forms.Form):
    """A new list of graduates."""

    board = forms.CharField(
        label=_("Which board gets it"),
        max_length=200,
        help_text=_("Its full name or its code. A list names people without asking them, so no other gets one."),
        widget=forms.TextInput(attrs={"list": "known-boards", "autocomplete": "off"}),
        error_messages={"required": _("Name the board that gets the list.")},
    )
    ground = forms.CharField(
        label=_("By what law"),
        max_length=300,
        help_text=_("For Florida: F.A.C. 64B7-32.002. Each graduate reads it beside her name in her log."),
        error_messages={"required": _("Say by what law the board may have it: F.A.C. 64B7-32.002.")},
    )
    from_on = forms.DateField(
        label=_("Issued from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose the first day."), "invalid": _("Write the day as 2026-06-12.")},
    )
    to_on = forms.DateField(
        label=_("To"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose the last day."), "invalid": _("Write the day as 2026-06-12.")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def clean_board(self) -> Organisation:
        """The one board on file of this name or code."""
        boards = [one for one in parties_named(self.cleaned_data["board"]) if one.kind == Organisation.Kind.BOARD]
        if len(boards) != 1:
            raise forms.ValidationError(
                _("No board on file has this name or code. Ask it to apply here, or hand transcripts over one by one.")
            )
        return boards[0]


class _BySlug(forms.ModelChoiceField):
    """A choice by its slug. A nul byte is no choice; PostgreSQL would not even look for it."""

    def to_python(self, value: Any) -> Any:
        """The organisation."""
        if "\x00" in str(value):
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().to_python(value)


class CaseForm(forms.Form):
    """What a board says when it asks a school for a record."""

    school = _BySlug(
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
