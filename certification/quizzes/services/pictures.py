"""Writes the pictures that questions ask about."""

import hashlib
from io import BytesIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from accounts.models import Organisation

from ..drawing import UnsafeDrawingError, measures
from ..models import QuestionPicture

MOST_BYTES = 1_000_000
MOST_PIXELS = 4_000


@transaction.atomic
def keep_picture(
    *, school: Organisation, kind: str, data: bytes, title: str, description: str, credit: str = ""
) -> QuestionPicture:
    """Keep a picture for the school's questions, which name it by its digest.

    Atomic; idempotent by (school, bytes): one that is there is returned as it is, its words too. An SVG comes cleaned
    already (`courses.catalog.cleaning.clean_svg`); one with script, events, styles or links to elsewhere is refused
    (ValidationError), and so is what is no PNG, too large, or without title and description.
    """
    digest = hashlib.sha256(data).hexdigest()
    found = QuestionPicture.objects.filter(school=school, digest=digest).first()
    if found is not None:
        return found
    if kind == QuestionPicture.Kind.SVG:
        width, height = _drawn(data)
    elif kind == QuestionPicture.Kind.PNG:
        width, height = _painted(data)
    else:
        raise ValidationError({"kind": _("A picture is an SVG or a PNG.")})
    picture = QuestionPicture(
        school=school,
        digest=digest,
        kind=kind,
        data=data,
        width=width,
        height=height,
        title=title.strip(),
        description=description.strip(),
        credit=credit.strip(),
    )
    picture.full_clean()
    picture.save(force_insert=True)
    return picture


READ = ["PNG", "JPEG", "WEBP", "GIF"]
LARGEST_SIDE = 1_600


def as_png(data: bytes) -> bytes:
    """Draw a photograph anew as a PNG that `keep_picture` takes: smaller where it is large, nothing of its file kept.

    Refuses (ValidationError by `upload`) what is no picture, and what no size makes small enough.
    """
    refusal = ValidationError({"upload": _("This is no picture that can be read. Save it as PNG or JPEG.")})
    try:
        with Image.open(BytesIO(data), formats=READ) as opened:
            image = ImageOps.exif_transpose(opened)
            image.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
            image = image.convert("RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise refusal from error
    for side in (LARGEST_SIDE, 1_200, 900, 600):
        image.thumbnail((side, side))
        for colors in (image, image.quantize(256, method=Image.Quantize.FASTOCTREE)):
            written = BytesIO()
            colors.save(written, "PNG", optimize=True)
            if written.tell() <= MOST_BYTES:
                return written.getvalue()
    raise refusal


def _drawn(data: bytes) -> tuple[int, int]:
    try:
        return measures(data.decode())
    except UnicodeDecodeError as error:
        raise ValidationError({"data": _("The drawing is not text in UTF-8.")}) from error
    except UnsafeDrawingError as error:
        raise ValidationError(
            {"data": _("The drawing cannot stand in a page: %s. Clean it first.") % error}, code="unsafe"
        ) from error


def _painted(data: bytes) -> tuple[int, int]:
    refusal = ValidationError(
        {"data": _("This is no PNG of at most %(most)d pixels a side and 1 MB.") % {"most": MOST_PIXELS}}
    )
    if len(data) > MOST_BYTES:
        raise refusal
    try:
        with Image.open(BytesIO(data), formats=["PNG"]) as image:
            width, height = image.size
            image.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise refusal from error
    if max(width, height) > MOST_PIXELS:
        raise refusal
    return width, height
