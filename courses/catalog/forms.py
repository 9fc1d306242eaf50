"""Owns the catalog's forms beside those of pages."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale, Page

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


class TranslateForm(forms.Form):
    """Into which language."""

    locale = forms.ModelChoiceField(
        Locale.objects.none(), label=_("Language"), widget=forms.RadioSelect, empty_label=None
    )

    def __init__(self, page: Page, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["locale"].queryset = untranslated(page)  # type: ignore[attr-defined]


def untranslated(page: Page) -> QuerySet[Locale]:
    """The languages of the site in which this page is not there yet."""
    there = page.get_translations(inclusive=True).values("locale_id")
    languages: QuerySet[Locale] = Locale.objects.exclude(pk__in=there).order_by("language_code")
    return languages
