"""Pictures for questions: those that the school's questions have, figures of the library, and files from an author.

A picture is kept when a question that shows it is kept, or a file comes; until then a figure is only looked at.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.permissions import policy_registry

from accounts.models import Organisation, User
from certification.quizzes.drawing import UnsafeDrawingError, measures
from certification.quizzes.models import QuestionBank, QuestionPicture
from certification.quizzes.services import as_png, keep_picture

from .cleaning import MOST_SVG, UnreadableDrawingError, clean_svg
from .models import Figure

FIGURE = "figure-"
MOST_UPLOAD = 10_000_000
"""The largest file that is read, in bytes."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A picture to choose: what the form sends, what it is called, and where its picture is."""

    value: str
    title: str
    address: str


def figures_of(user: User) -> QuerySet[Figure]:
    """The figures of the libraries with which she works."""
    policy = policy_registry.get_by_type(Figure)
    found: QuerySet[Figure] = policy.instances_user_has_any_permission_for(user, ["add", "change", "choose"])
    return found


def pictures_in(banks: QuerySet[QuestionBank]) -> QuerySet[QuestionPicture]:
    """The pictures of the schools of these banks."""
    return QuestionPicture.objects.filter(school__in=banks.values("school"))


def offers(user: User, banks: QuerySet[QuestionBank]) -> list[Offer]:
    """What she may choose, a figure that became a picture once. Two queries besides those of her rights."""
    kept = list(pictures_in(banks).order_by("title", "pk").only("digest", "title", "pk"))
    digests = {picture.digest for picture in kept}
    found = [Offer(one.digest, one.title, reverse("cms_question_picture", args=[one.digest])) for one in kept]
    for figure in figures_of(user).order_by("title", "pk"):
        if hashlib.sha256(figure.drawing.encode()).hexdigest() not in digests:
            address = reverse("catalog_figure_picture", args=[figure.pk])
            found.append(Offer(f"{FIGURE}{figure.pk}", figure.title, address))
    return found


def looked_at(user: User, school: Organisation, value: str, description: str = "") -> QuestionPicture | None:
    """The picture that a form names, not kept yet where it is a figure; None where it names none that is there."""
    if value.startswith(FIGURE):
        number = value.removeprefix(FIGURE)
        figure = figures_of(user).filter(pk=number).first() if number.isdecimal() else None
        return _from_figure(school, figure, description) if figure is not None else None
    return QuestionPicture.objects.filter(school=school, digest=value).first() if value else None


def _from_figure(school: Organisation, figure: Figure, description: str) -> QuestionPicture | None:
    data = figure.drawing.encode()
    found = QuestionPicture.objects.filter(school=school, digest=hashlib.sha256(data).hexdigest()).first()
    if found is not None:
        return found
    try:
        width, height = measures(figure.drawing)
    except UnsafeDrawingError:
        return None
    return QuestionPicture(
        school=school,
        digest=hashlib.sha256(data).hexdigest(),
        kind=QuestionPicture.Kind.SVG,
        data=data,
        width=width,
        height=height,
        title=figure.title,
        description=description.strip() or figure.description,
        credit=figure.credit,
    )


def kept(picture: QuestionPicture) -> QuestionPicture:
    """The picture in the school's keeping."""
    if picture.pk is not None:
        return picture
    names = ("school", "kind", "data", "title", "description", "credit")
    return keep_picture(**{name: getattr(picture, name) for name in names})


def uploaded(school: Organisation, file: UploadedFile, told: dict[str, Any]) -> QuestionPicture:
    """Keep a file as a picture: a drawing cleaned, a photograph drawn anew. ValidationError by field where it cannot be."""
    if file.size is None or file.size > MOST_UPLOAD:
        raise ValidationError({"upload": _("The file is larger than %d MB.") % (MOST_UPLOAD // 1_000_000)})
    if not told["description"].strip():
        raise ValidationError(
            {"description": _("Say what is to be seen, for who cannot see it; then choose the file once more.")}
        )
    data = file.read()
    kind = QuestionPicture.Kind.SVG if data[:1_000].lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") else "png"
    data = cleaned_drawing(data) if kind == QuestionPicture.Kind.SVG else as_png(data)
    try:
        return keep_picture(
            school=school,
            kind=kind,
            data=data,
            # Learners read the title, and a file is often called by what a question asks.
            title=told["title"].strip() or _("A picture"),
            description=told["description"],
            credit=told["credit"],
        )
    except ValidationError as error:
        raise ValidationError({"upload": error.messages}) from error


def cleaned_drawing(data: bytes) -> bytes:
    """A drawing without what may not stand in a page; the same each time. ValidationError (by `upload`) where it is none."""
    try:
        text = data[: MOST_SVG + 1].decode("utf-8-sig")
        return clean_svg(text, prefix=f"q{hashlib.sha256(data).hexdigest()[:8]}-").encode()
    except UnicodeDecodeError as error:
        raise ValidationError({"upload": _("The drawing is not text in UTF-8.")}) from error
    except UnreadableDrawingError as error:
        raise ValidationError({"upload": str(error)}) from error
