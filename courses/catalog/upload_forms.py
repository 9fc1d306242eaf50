"""Owns the forms by which pictures, documents and clips come into the library: what is refused says what to do."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm
from wagtailmedia.forms import BaseMediaForm

from .models.assets import redrawn
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
