"""Owns the forms by which pictures, documents and clips come into the library: what is refused says what to do."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm
from wagtailmedia.forms import BaseMediaForm


class ImageForm(BaseImageForm):
    """Wagtail's form of a picture with sentences of ours."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            self.fields["file"].error_messages |= {
                "invalid_image": _(
                    "This is no picture that can be read; open it in a picture program and save it as JPEG or PNG."
                ),
                "invalid_image_extension": _("Save the picture as JPEG, PNG, WebP or AVIF, and choose that file."),
                "invalid_image_known_format": _(
                    "The file is called .%(extension)s, but holds %(image_format)s; save it anew as JPEG or PNG."
                ),
                "file_too_large": _(
                    "The picture has %(file_size)s; make it smaller, %(max_filesize)s at most, and choose that file."
                ),
                "file_too_many_pixels": _(
                    "The picture has too many pixels (%(num_pixels)s); make it smaller, %(max_pixels_count)s at most."
                ),
            }

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
