"""What a school's administrators say about the look of its documents, and signers about their own handwriting."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from certification.certificates.models import DocumentLook
from certification.certificates.services.look import MOST_BYTES
from courses.catalog.cleaning import UnreadableDrawingError, clean_svg

ACCENT, GROUND = "#14545c", "#fcf9f3"
_WORDS = re.compile(rb"<(?:[\w-]+:)?text[\s>]", re.IGNORECASE)
PICTURE = forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg,.webp,.svg"})


def picture_in(file: UploadedFile | None) -> bytes | None:
    """The bytes of a picture, a drawing cleaned. Refuses (ValidationError) a drawing that cannot be read."""
    if file is None:
        return None
    if (file.size or 0) > MOST_BYTES:
        raise ValidationError(_("The file is larger than 3 MB. Make the picture smaller."))
    data = file.read()
    if b"<svg" not in data[:2000].lower():
        return data
    if _WORDS.search(data):
        raise ValidationError(
            _("The drawing has text in it, and we have no font for it. Turn the text into outlines, or save it as PNG.")
        )
    try:
        return clean_svg(data.decode("utf-8-sig"), prefix="look-").encode()
    except (UnreadableDrawingError, UnicodeDecodeError) as error:
        raise ValidationError(_("The drawing cannot be used: %(why)s") % {"why": error}) from error


class LookForm(forms.Form):
    """A version of how documents look, to be tried out."""

    accent = forms.CharField(
        label=_("Color"),
        max_length=7,
        widget=forms.TextInput(attrs={"type": "color"}),
        help_text=_("Of the program’s name, the seal and the lines of the palm."),
    )
    ground = forms.CharField(
        label=_("Color of the paper"),
        max_length=7,
        widget=forms.TextInput(attrs={"type": "color"}),
        help_text=_("Inside the frame of the certificate and of the badge."),
    )
    paper = forms.ChoiceField(label=_("Paper"), choices=DocumentLook.Paper.choices, widget=forms.RadioSelect)
    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        widget=PICTURE,
        help_text=_("PNG, JPEG, WebP or SVG without text, at most 3 MB. Empty keeps the one that is there."),
    )
    without_logo = forms.BooleanField(label=_("No logo: the mark of a hand"), required=False)
    seal = forms.ChoiceField(label=_("Seal"), choices=DocumentLook.Seal.choices, widget=forms.RadioSelect)
    seal_picture = forms.FileField(
        label=_("Picture of the seal"), required=False, widget=PICTURE, help_text=_("Best as PNG with a clear ground.")
    )

    def __init__(self, *args: Any, look: DocumentLook | None, **kwargs: Any) -> None:
        self.look = look
        first = {"accent": ACCENT, "ground": GROUND, "paper": "us-letter", "seal": "none"}
        kwargs["initial"] = {name: getattr(look, name) for name in first} if look else first
        super().__init__(*args, **kwargs)

    def clean_logo(self) -> bytes | None:
        """A new logo, cleaned."""
        return picture_in(self.cleaned_data["logo"])

    def clean_seal_picture(self) -> bytes | None:
        """A new picture of the seal, cleaned."""
        return picture_in(self.cleaned_data["seal_picture"])


class HandForm(forms.Form):
    """One's own handwriting."""

    picture = forms.FileField(
        label=_("Your signature"),
        required=False,
        widget=PICTURE,
        help_text=_("Written in black on white paper and photographed straight, or PNG with a clear ground."),
    )

    def clean_picture(self) -> bytes | None:
        """The picture, cleaned."""
        return picture_in(self.cleaned_data["picture"])
