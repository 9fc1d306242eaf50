"""Places and releases holds: they keep a certificate back and edit nothing."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from notices.services import enqueue_mail

from ..models import Hold, Learner, TrainingRecord
from ..selectors import is_own, roles_at

HOLDING_ROLES = ("registrar", "admin")


def place_hold(*, uuid: UUID, record: TrainingRecord, reason: str, words: str, by: User) -> Hold:
    """Keep a record's certificate back until the hold is released, and tell the learner what to do.

    `words` say what she must do; she reads them. Atomic; waits for whoever posts her hours or signs for her. Idempotent
    by `uuid`. Refuses (ValidationError) who is no registrar or administrator of the school, the learner herself, an
    unknown reason, a hold without words, and a second one for the same reason while one stands.
    """
    with transaction.atomic():
        Learner.objects.select_for_update().get(pk=record.learner_id)
        done = Hold.objects.filter(uuid=uuid, record=record).first()
        if done:
            return done
        _must_hold(by, record)
        if reason not in Hold.Reason.values:
            raise ValidationError({"reason": _("Choose one of the reasons.")})
        words = words.strip()
        if not words:
            raise ValidationError({"words": _("Say what she must do, so that the hold can be released.")})
        if Hold.objects.filter(record=record, reason=reason, released_at=None).exists():
            raise ValidationError(
                {"reason": _("A hold for this reason stands already. Release that one first.")}, code="standing"
            )
        hold = Hold.objects.create(uuid=uuid, record=record, reason=reason, words=words, placed_by=by)
        _tell(hold, "placed")
        return hold


def release_hold(*, hold: Hold, by: User, words: str = "") -> Hold:
    """Let the certificate go on; the hold stays on file. Atomic; idempotent: what was released stays as it was.

    Refuses (ValidationError) who is no registrar or administrator of the school, and the learner herself.
    """
    with transaction.atomic():
        Learner.objects.select_for_update().get(pk=hold.record.learner_id)
        hold = Hold.objects.select_related("record__school", "record__learner__user").get(pk=hold.pk)
        _must_hold(by, hold.record)
        if hold.released_at is not None:
            return hold
        hold.released_at, hold.released_by, hold.release_words = timezone.now(), by, words.strip()
        hold.save(update_fields=["released_at", "released_by", "release_words"])
        _tell(hold, "released")
        return hold


def _must_hold(user: User, record: TrainingRecord) -> None:
    if is_own(user, record):
        raise ValidationError(_("This is your own record: somebody else decides about its holds."), code="own")
    if not roles_at(user, record) & frozenset(HOLDING_ROLES):
        raise ValidationError(
            _("Only a registrar or administrator of the school places and releases holds."), code="no_right"
        )


def _tell(hold: Hold, what: str) -> None:
    learner = hold.record.learner.user
    if learner is not None and learner.is_active:
        enqueue_mail(
            key=f"hold:{hold.uuid}:{what}",
            to=learner.email,
            template=f"records_hold_{what}",
            context={"hold": hold, "record": hold.record, "name": learner.get_short_name()},
            user=learner,
        )
