"""Writes the pictures that questions ask about."""

import hashlib
from io import BytesIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

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
