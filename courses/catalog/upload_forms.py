"""Owns the forms by which pictures, documents and clips come into the library: what is refused says what to do."""

from typing import Any, ClassVar

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm
from wagtailmedia.forms import BaseMediaForm

from .cleaning import MOST_SVG, UnreadableDrawingError, clean_svg
from .incoming import SentFile, is_open, sent_file
from .models.assets import Figure, redrawn, too_large
from .services import take_upload
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


class StraightInput(forms.FileInput):
    """An input of a file that a script sends into the bucket; the form then holds a reference in the file's place.

    A file that comes with the form all the same, as it does without the script, is what was meant.
    """

    def __init__(self, kind: str, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.kind = kind
        self.held: tuple[str, str] | None = (
            None  # the reference that was sent and may be sent again, and its file's name
        )

    @property
    def media(self) -> forms.Media:
        """The script."""
        return forms.Media(js=["js/direct-upload.js"])

    def use_required_attribute(self, initial: Any) -> bool:
        """The input is empty when the file is in the bucket."""
        return False

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The file, or else the reference."""
        return files.get(name) or data.get(f"{name}-sent") or None

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Whether neither is there."""
        return self.value_from_datadict(data, files, name) is None

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The input, the reference, and what the script says."""
        reference, held = self.held or ("", "")
        context = {"input": super().render(name, value, attrs, renderer), "name": name, "kind": self.kind}
        return render_to_string("catalog/admin/direct_file.html", {**context, "reference": reference, "held": held})


class StraightField(forms.FileField):
    """A file that comes with the form or was sent into the bucket before, by this user for this kind of clip."""

    def __init__(self, *, user: Any, kind: str, **kwargs: Any) -> None:
        self.user, self.kind = user, kind
        super().__init__(**kwargs)

    def to_python(self, data: Any) -> Any:
        """The file, which is judged later as any other. Refuses a reference that opens nothing here."""
        if not isinstance(data, str):
            return super().to_python(data)
        try:
            file = sent_file(data, user_id=self.user.pk, kind=self.kind)
        except UnsuitableFileError as error:
            raise forms.ValidationError(str(error), code="sent") from error
        super().to_python(file)
        self.widget.held = (data, file.name or "")
        return file


class MediaForm(BaseMediaForm):
    """The form of a clip; its length is asked for where the file does not say it.

    Where the setting allows it, the file is sent straight into the bucket by a script. `is_valid` then also takes it into
    the library, so that what the bucket refuses stands beside the field; the form is to be saved right after.
    """

    def __init__(self, *args: Any, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        kind = self.instance.type
        if user is not None and is_open() and kind in ("video", "audio") and "file" in self.fields:
            given = self.fields["file"]
            self.fields["file"] = StraightField(
                user=user,
                kind=kind,
                label=given.label,
                required=given.required,
                max_length=given.max_length,
                widget=StraightInput(kind, given.widget.attrs),
                help_text=_(
                    "The file is sent while you write on. Where that does not work, as without JavaScript, it is sent "
                    "when you save."
                ),
            )
        if "duration" in self.fields:
            self.fields["duration"].help_text = _("In seconds. Leave it empty: most files say it themselves.")

    def _post_clean(self) -> None:
        """Ask for the length once the file has been read for it; take a file from the bucket once all is well."""
        sent = self.cleaned_data.get("file")
        super()._post_clean()
        if "duration" in self.fields and not self.errors and not self.instance.duration:
            self.add_error(
                "duration",
                forms.ValidationError(_("The file does not say how long it is; write its length in seconds here.")),
            )
        if not isinstance(sent, SentFile):
            return
        if not self.errors:
            try:
                take_upload(sent=sent, clip=self.instance)
            except UnsuitableFileError as error:
                self.add_error("file", str(error))
        elif "file" in self.errors:
            sent.remove()  # it was judged, and will not be another
        if "file" in self.errors:
            self.fields["file"].widget.held = None

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
