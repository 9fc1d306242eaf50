"""Writes what becomes of clips that browsers send straight into the bucket: offered, taken once, swept."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User

from .. import incoming
from ..models import LessonMedia, SpentUpload, check_clip_size, media_type
from ..uploads import UnsuitableFileError, check_clip_name

KEPT = timedelta(days=1)
"""How long an object waits for its form to be saved: longer than its reference opens anything."""


def offer_upload(*, by: User, kind: str, name: str, size: int) -> incoming.Offer:
    """What her browser needs to send a clip of this kind, name and size (bytes) into the bucket.

    Refuses (UnsuitableFileError) what the form would refuse by name or size, before anything is sent. Writes nothing.
    """
    check_clip_name(name, kind)
    check_clip_size(size)
    return incoming.offer(
        user_id=by.pk,
        kind=kind,
        name=name,
        content_type=media_type(kind, name),
        most=settings.LESSON_MEDIA_MAX_UPLOAD_SIZE,
    )


def take_upload(*, sent: incoming.SentFile, clip: LessonMedia) -> None:
    """Give a clip, which is not saved here, the file that was sent and judged; the incoming object goes.

    Once, by the row of its token: who comes second is refused (UnsuitableFileError), and so is everybody when the object
    is another than the one that was judged; it is then to be sent anew. The bucket is never waited for in a transaction.
    """
    try:
        with transaction.atomic():
            SpentUpload.objects.create(token=sent.token, spent_at=timezone.now())
    except IntegrityError as error:
        raise UnsuitableFileError(_("This file was saved already; look for it in the list of clips.")) from error
    field = clip._meta.get_field("file")
    wanted = field.generate_filename(clip, sent.name)
    clip.file = sent.copy_to(wanted, media_type(clip.type, wanted), longest=field.max_length)
    sent.remove()


def sweep_uploads(*, now: datetime) -> int:
    """Remove what was sent more than a day ago and never saved; how many objects. Nothing where nothing may be sent."""
    if not incoming.is_open():
        return 0
    removed = incoming.remove_older_than(now - KEPT)
    SpentUpload.objects.filter(spent_at__lt=now - KEPT).delete()
    return removed
