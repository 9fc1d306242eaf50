"""Owns the catalog's forms beside those of pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import LessonChange


class ChangeForm(forms.Form):
    """What publishing a draft means for those who studied the lesson."""

    kind = forms.ChoiceField(
        label=_("What does it mean for them?"),
        choices=LessonChange.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the change means.")},
    )
    note = forms.CharField(
        label=_("What has changed, in one sentence"),
        required=False,
        max_length=300,
        help_text=_("Learners who studied the lesson read it. Not needed for a cosmetic change."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
