"""What staff fill in at the desk: a file of historic hours."""

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy

from certification.records.rules.imports import MOST_BYTES


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
