"""What learners ask of the registrar: an interim letter of hours."""

import uuid

from django.db import models
from django.utils import timezone

from accounts.models import User
from certification.records.models import TrainingRecord


class LetterRequest(models.Model):
    """One row is a learner's wish for an interim letter of hours. Never changed.

    It is open until a letter of the record was issued after it: no row says so besides the letter itself.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record = models.ForeignKey(TrainingRecord, on_delete=models.PROTECT, related_name="letter_requests")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.record_id} at {self.asked_at}"
