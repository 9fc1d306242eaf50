"""What staff fill in at the desk: a file of historic hours, how their school looks."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy

from certification.records.rules.imports import MOST_BYTES
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
