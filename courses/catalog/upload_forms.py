"""Owns the forms by which pictures, documents and clips come into the library: what is refused says what to do."""

from typing import Any, ClassVar

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm
from wagtailmedia.forms import BaseMediaForm

from .cleaning import MOST_SVG, UnreadableDrawingError, clean_svg
from .models.assets import Figure, redrawn, too_large
from .uploads import UnsuitableFileError


class PictureField(WagtailImageField):
    """Takes a picture by drawing it anew.

    Wagtail's own field draws it first and counts its pixels then, and stumbles over a picture that breaks off.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.error_messages |= {
            "invalid_image_extension": _("Save the picture as JPEG, PNG, WebP or AVIF, and choose that file."),
            "file_too_large": _(
                "The picture has %(file_size)s; make it smaller, %(max_filesize)s at most, and choose that file."
            ),
        }

    def to_python(self, data: Any) -> Any:
        """The picture as it will be stored. Refuses what is too large or no still picture."""
        given = forms.FileField.to_python(self, data)
        if given is None:
            return None
        self.check_image_file_size(given)
        try:
            return redrawn(given, given.name or "")
        except UnsuitableFileError as error:
            raise forms.ValidationError(str(error), code="invalid_image") from error


class ImageForm(BaseImageForm):
    """Wagtail's form of a picture, with a field of ours."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if (field := self.fields.get("file")) is not None:
            self.fields["file"] = PictureField(label=field.label, required=field.required, widget=field.widget)

    class Meta(BaseImageForm.Meta):
        pass


class DocumentForm(BaseDocumentForm):
    """Wagtail's form of a document with sentences of ours."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            self.fields["file"].error_messages["file_too_large"] = _(
                "The file has %(file_size)s; make it smaller, %(max_filesize)s at most, and choose that file."
            )

    class Meta(BaseDocumentForm.Meta):
        pass


class MediaForm(BaseMediaForm):
    """The form of a clip; its length is asked for where the file does not say it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "duration" in self.fields:
            self.fields["duration"].help_text = _("In seconds. Leave it empty: most files say it themselves.")

    def _post_clean(self) -> None:
        """Ask for the length once the file has been read for it."""
        super()._post_clean()
        if "duration" in self.fields and not self.errors and not self.instance.duration:
            self.add_error(
                "duration",
                forms.ValidationError(_("The file does not say how long it is; write its length in seconds here.")),
            )

    class Meta(BaseMediaForm.Meta):
        pass


class FigureForm(WagtailAdminModelForm):
    """A figure of the library: its drawing comes as a file or is pasted; its code comes from the title unless one is written."""

    file = forms.FileField(
        label=_("SVG file"),
        required=False,
        help_text=_("The drawing as your program saved it."),
        widget=forms.FileInput(attrs={"accept": ".svg,image/svg+xml"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("code", "drawing"):
            if name in self.fields:
                self.fields[name].required = False

    def clean_file(self) -> str:
        """What the file holds, as text; refuses what is no drawing."""
        given = self.cleaned_data.get("file")
        if not given:
            return ""
        if given.size > MOST_SVG:
            raise forms.ValidationError(too_large(MOST_SVG))
        try:
            text: str = given.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("This is no SVG. Save the drawing as SVG, and choose that file.")) from error
        try:
            clean_svg(text, prefix="")
        except UnreadableDrawingError as error:
            raise forms.ValidationError(str(error)) from error
        return text

    def clean(self) -> dict[str, Any]:
        """The drawing from whichever it came, and a code that is free; refuses a figure without a drawing."""
        cleaned: dict[str, Any] = super().clean()
        if cleaned.get("file"):
            cleaned["drawing"] = cleaned["file"]
        if not cleaned.get("drawing") and "file" not in self.errors:
            self.add_error("file", _("Choose the SVG file of the drawing."))
        if not cleaned.get("code") and "code" not in self.errors:
            cleaned["code"] = self.instance.code or self._free_code(cleaned)
        return cleaned

    def _free_code(self, cleaned: dict[str, Any]) -> str:
        collection = cleaned.get("collection") or self.instance.collection
        base = slugify(cleaned.get("title", ""))[:50].strip("-_").replace("_", "-") or "figure"
        taken = set(Figure.objects.filter(collection=collection, code__startswith=base).values_list("code", flat=True))
        code, number = base, 1
        while code in taken:
            number += 1
            code = f"{base}-{number}"
        return code

    def _post_clean(self) -> None:
        # What is not a field of this form is written here: a form sets on the row what it shows.
        for name in ("code", "drawing"):
            if name not in self.fields and self.cleaned_data.get(name):
                setattr(self.instance, name, self.cleaned_data[name])
        super()._post_clean()

    def add_error(self, field: str | None, error: Any) -> None:
        """Where no drawing is pasted, what the row says of it stands beside the file, once."""
        said = getattr(error, "error_dict", {})
        if "drawing" in said and "drawing" not in self.fields:
            problems = said.pop("drawing")
            if "file" not in self.errors:
                said["file"] = problems
        super().add_error(field, error)


class NewFigureForm(FigureForm):
    """A figure put into the library while a lesson is written: what it needs, the file before the words about it."""

    field_order = ("title", "file", "description", "legend", "credit")

    class Meta:
        model = Figure
        fields = ("title", "description", "legend", "credit")
        widgets: ClassVar = {name: AdminAutoHeightTextInput() for name in ("description", "legend")}
