"""Writes wishes for interim letters of hours."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from certification.records.models import Learner, TrainingRecord
from certification.records.selectors import is_own
from certification.records.services import hold_open
from notices.services import enqueue_mail

from .. import wording
from ..models import Certificate, Kind, LetterDecline, LetterRequest
from ..selectors import open_proposal, open_request
from .register import require_role


def ask_for_letter(*, record: TrainingRecord, by: User) -> LetterRequest:
    """Ask the registrar for a letter of the hours so far. Atomic; idempotent: an open wish is returned.

    Refuses (ValidationError) anybody but the learner of the record, and a school that has closed.
    """
    with transaction.atomic():
        hold_open(record.school)
        learner = Learner.objects.select_for_update().get(pk=record.learner_id)
        if learner.user_id is None or learner.user_id != by.pk:
            raise ValidationError(_("Only the learner herself asks for a letter of her hours."), code="not_owner")
        # To the second, as letters are issued: else one of the same second would stand before the wish that it answers.
        return open_request(record) or LetterRequest.objects.create(
            record=record, asked_by=by, asked_at=timezone.now().replace(microsecond=0)
        )


def decline_letter(*, request: LetterRequest, words: str, by: User) -> LetterDecline:
    """Say that no letter is written for a wish, with words that the learner reads on her page and in a mail.

    Atomic. Idempotent: a wish is declined once, and a second call returns what stands. She may ask again. Refuses
    (ValidationError) who does not sign for the school, a registrar's own wish, a school that has closed, no words, and a
    wish for which a letter is prepared or was issued.
    """
    with transaction.atomic():
        record = TrainingRecord.objects.select_related("school", "learner__user").get(pk=request.record_id)
        record.school = hold_open(record.school)
        # As issuing does: of a letter and a declining one comes first.
        Learner.objects.select_for_update().get(pk=record.learner_id)
        require_role(by, record)
        if is_own(by, record):
            raise ValidationError(wording.own_record(), code="own")
        standing = LetterDecline.objects.filter(request=request).first()
        if standing:
            return standing
        words = words.strip()
        if not words:
            raise ValidationError({"words": _("Write why: the learner reads it.")})
        if Certificate.objects.filter(record=record, kind=Kind.LETTER, issued_at__gte=request.asked_at).exists():
            raise ValidationError(_("The letter was issued meanwhile."), code="issued")
        if open_proposal(record, Kind.LETTER, renews=True):
            raise ValidationError(_("The letter is prepared. Withdraw it first."), code="prepared")
        decline = LetterDecline.objects.create(request=request, words=words, by=by)
        learner = record.learner.user
        if learner and learner.is_active:  # else the account was closed, and has no address
            enqueue_mail(
                key=f"letter:{request.uuid}:declined",
                to=learner.email,
                template="certificates_letter_declined",
                context={"record": record, "decline": decline, "name": learner.get_short_name()},
                user=learner,
            )
        return decline
