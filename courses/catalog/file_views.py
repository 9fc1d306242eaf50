"""Doors of the CMS to files: Wagtail's own to a document, before which ours stands, the picture of a figure, and private
copies of pictures.
"""

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe
from wagtail.documents.views.serve import serve
from wagtail.permissions import policy_registry

from certification.quizzes.models import QuestionPicture

from .models import Figure, SchoolDocument, SchoolImage, SchoolRendition
from .serving import private_picture, ranged_response

WORKS_WITH = ["add", "change", "delete", "choose"]


@require_safe
def document(request: HttpRequest, document_id: int, name: str) -> HttpResponseBase:
    """A file of the library, to keep, for those who work with it; Wagtail's own view asks about all others."""
    found = SchoolDocument.objects.filter(pk=document_id).first()
    policy = policy_registry.get_by_type(SchoolDocument)
    if (
        found is None
        or found.filename != name
        or not policy.user_has_any_permission_for_instance(request.user, WORKS_WITH, found)
    ):
        answer: HttpResponseBase = serve(request, document_id, name)
        return answer
    return ranged_response(request, found.file, found.content_type, to_keep=found.filename)


@require_safe
def figure_picture(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A figure of the library as a picture of its own, in the colors of paper, for those who work with it."""
    policy = policy_registry.get_by_type(Figure)
    found = get_object_or_404(policy.instances_user_has_any_permission_for(request.user, WORKS_WITH), pk=pk)
    return _drawn(found.drawing)


def picture_answer(picture: QuestionPicture) -> HttpResponseBase:
    """A picture of questions as a picture of its own, for whom its view let in."""
    if picture.kind == QuestionPicture.Kind.SVG:
        return _drawn(bytes(picture.data).decode())
    return private_picture(bytes(picture.data), "image/png")


def _drawn(drawing: str) -> HttpResponseBase:
    """A stored drawing, which has passed the cleaner."""
    shapes = drawing.partition(">")[2].rpartition("</svg>")[0]
    box = drawing.partition('viewBox="')[2].partition('"')[0]
    return private_picture(
        render_to_string("catalog/admin/figure.svg", {"box": box, "shapes": mark_safe(shapes)})  # noqa: S308
    )


@require_safe
def image_copy(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A private copy of a picture, for those who work with the picture: in the library and in drafts."""
    found = get_object_or_404(SchoolRendition.objects.select_related("image"), pk=pk)
    policy = policy_registry.get_by_type(SchoolImage)
    if not policy.user_has_any_permission_for_instance(request.user, WORKS_WITH, found.image):
        raise Http404
    return ranged_response(request, found.file, found.content_type, is_large=False)
