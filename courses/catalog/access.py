"""Guards of the catalog: from an id to a row for this person; missing and forbidden look the same."""

from uuid import UUID

from django.http import Http404
from wagtail.permissions import policy_registry

from accounts.models import User

from .models import LessonMedia


def media_by_uuid(uuid: UUID) -> LessonMedia:
    """The clip of this uuid, for a view that asks for the right next; else Http404. 1 query."""
    try:
        return LessonMedia.objects.get(uuid=uuid)
    except LessonMedia.DoesNotExist as error:
        raise Http404 from error


def may_edit_media(user: User, media: LessonMedia) -> bool:
    """Whether `user` works with this clip in the CMS: then she may play it before any lesson shows it. 1 query."""
    if not user.is_authenticated or not user.is_active:
        return False
    policy = policy_registry.get_by_type(LessonMedia)
    return bool(policy.user_has_any_permission_for_instance(user, ["add", "change", "delete"], media))
