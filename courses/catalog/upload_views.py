"""The door at which a browser asks to send a clip straight into the bucket; Wagtail's views take the form itself."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from wagtail.permissions import policy_registry

from . import incoming
from .models import LessonMedia
from .services import offer_upload
from .uploads import UnsuitableFileError


@require_POST
@never_cache
def offer(request: HttpRequest) -> JsonResponse:
    """Where and how to send a file of this `kind`, `name` and `size`, for who may add or change clips.

    Answered with `address`, `fields` and `reference`, or 422 and a `title` that says what to do. Not there without the
    setting.
    """
    if not incoming.is_open():
        raise Http404
    policy = policy_registry.get_by_type(LessonMedia)
    if not policy.user_has_any_permission(request.user, ["add", "change"]):
        raise PermissionDenied
    size = request.POST.get("size", "")
    try:
        made = offer_upload(
            by=request.user,  # type: ignore[arg-type]
            kind=request.POST.get("kind", ""),
            name=request.POST.get("name", ""),
            size=int(size) if size.isdecimal() and len(size) < 20 else 0,
        )
    except UnsuitableFileError as error:
        return JsonResponse({"title": str(error)}, status=422)
    return JsonResponse({"address": made.address, "fields": made.fields, "reference": made.reference})
