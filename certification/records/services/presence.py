"""Says where a learner's time goes: one open lesson, shift or class a learner."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ..models import Learner, Presence
from ..rules.presence import verdict


class ElsewhereError(ValidationError):
    """She is clocked in at a shift or a class; the sentence says what to do. `presence` is where."""

    def __init__(self, message: str, presence: Presence) -> None:
        super().__init__(message, code="elsewhere")
        self.presence = presence


@transaction.atomic
def enter(*, learner: Learner, source: str, source_key: str, at: datetime | None = None) -> Presence:
    """Open a presence. An open lesson ends by it; after an open shift or class it is refused (ElsewhereError).

    Atomic; idempotent by source key: what is open, or was, is returned as it is.
    """
    Learner.objects.select_for_update().get(pk=learner.pk)
    there = Presence.objects.filter(learner=learner, source_key=source_key).first()
    if there:
        return there
    now = at or timezone.now()
    present = Presence.objects.filter(learner=learner, until=None).first()
    match verdict(present.source if present else None):
        case "refuse":
            assert present
            words = {
                "shift": _("You are clocked in at your shift. Clock out there first; time counts in one place only."),
                "class": _("You are in a class. Leave it first; time counts in one place only."),
            }
            raise ElsewhereError(words[present.source], present)
        case "replace":
            assert present
            leave(learner=learner, source_key=present.source_key, at=now)
    return Presence.objects.create(learner=learner, source=source, source_key=source_key, since=now)


def leave(*, learner: Learner, source_key: str, at: datetime | None = None) -> None:
    """Close a presence. Idempotent; one that was never opened is no error."""
    for presence in Presence.objects.filter(learner=learner, source_key=source_key, until=None):
        presence.until = max(at or timezone.now(), presence.since)
        presence.save(update_fields=["until"])
