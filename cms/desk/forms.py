"""What staff fill in at the desk: a file of historic hours, how their school looks."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy

from certification.records.models import SealReason, TrainingRecord
from certification.records.rules.imports import MOST_BYTES
from certification.records.selectors import today_of
from cms.models import SchoolBrand
from courses.catalog.models import EditorialOffice, SchoolImage


class ImportForm(forms.Form):
    """A file of historic hours."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        max_length=200,
        help_text=gettext_lazy("CSV (UTF-8) or XLSX, at most 10 MB and 10,000 rows."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        error_messages={
            "required": gettext_lazy("Choose the file."),
            "empty": gettext_lazy("The file is empty."),
        },
    )

    def clean_file(self) -> UploadedFile:
        """Not read when it is too large."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(gettext_lazy("The file is larger than 10 MB. Split it into several."))
        return file


class SealForm(forms.Form):
    """Why a record ends, and whether another begins."""

    reason = forms.ChoiceField(
        label=gettext_lazy("What happens"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose what happens."),
            "invalid_choice": gettext_lazy("Choose what happens."),
        },
    )
    starts_on = forms.DateField(
        label=gettext_lazy("First day of the next record"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Only where a next one begins: today or later, within a year."),
        error_messages={"invalid": gettext_lazy("Write the day as year, month, day: 2026-06-12.")},
    )
    read = forms.BooleanField(
        label=gettext_lazy("I read what happens. A sealed record is never opened again."),
        error_messages={"required": gettext_lazy("Read what happens and tick this first.")},
    )

    def __init__(self, data: Any = None, *, record: TrainingRecord) -> None:
        super().__init__(data, initial={"starts_on": today_of(record)})
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            (SealReason.CYCLE, gettext_lazy("Its cycle is over: seal it, and open a record for the next cycle")),
            (SealReason.RETAKE, gettext_lazy("The program is taken again: seal it, and open a new record")),
            (SealReason.COMPLETED, gettext_lazy("The program is completed: seal it")),
            (SealReason.LEFT, gettext_lazy("The learner left: seal it")),
        ]

    @property
    def opens_next(self) -> bool:
        """Whether a next record begins."""
        return self.cleaned_data.get("reason") in (SealReason.CYCLE, SealReason.RETAKE)

    def clean(self) -> dict[str, Any]:
        """A next record needs its first day."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.opens_next and not cleaned.get("starts_on") and "starts_on" not in self.errors:
            self.add_error("starts_on", gettext_lazy("Choose the first day of the next record."))
        return cleaned


class BrandForm(forms.ModelForm):
    """How a school looks; logos come from its own library."""

    class Meta:
        model = SchoolBrand
        fields = ["short_name", "accent", "logo", "footer_address", "email", "phone", "footer_links"]
        widgets = {
            "accent": forms.RadioSelect,
            "footer_address": forms.Textarea(attrs={"rows": 3}),
            "footer_links": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = EditorialOffice.objects.filter(school=self.instance.school)
        logos = SchoolImage.objects.filter(collection__in=offices.values("collection"))
        self.fields["logo"].queryset = logos.order_by("title")  # type: ignore[attr-defined]
        self.fields["logo"].empty_label = gettext_lazy("No logo: the mark of a hand")  # type: ignore[attr-defined]
