"""Writes wishes for interim letters of hours."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from certification.records.models import Learner, TrainingRecord
from certification.records.services import require_open

from ..models import LetterRequest
from ..selectors import open_request


def ask_for_letter(*, record: TrainingRecord, by: User) -> LetterRequest:
    """Ask the registrar for a letter of the hours so far. Atomic; idempotent: an open wish is returned.

    Refuses (ValidationError) anybody but the learner of the record, and a school that has closed.
    """
    require_open(record.school)
    with transaction.atomic():
        learner = Learner.objects.select_for_update().get(pk=record.learner_id)
        if learner.user_id is None or learner.user_id != by.pk:
            raise ValidationError(_("Only the learner herself asks for a letter of her hours."), code="not_owner")
        # To the second, as letters are issued: else one of the same second would stand before the wish that it answers.
        return open_request(record) or LetterRequest.objects.create(
            record=record, asked_by=by, asked_at=timezone.now().replace(microsecond=0)
        )
