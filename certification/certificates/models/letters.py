"""What learners ask of the registrar: an interim letter of hours, and a wish that the school declines."""

import uuid

from django.db import models
from django.utils import timezone

from accounts.models import User
from certification.records.models import TrainingRecord


class LetterRequest(models.Model):
    """One row is a learner's wish for an interim letter of hours. Never changed.

    It is open until a letter of the record was issued after it (no row says so besides the letter itself) or it was
    declined.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record = models.ForeignKey(TrainingRecord, on_delete=models.PROTECT, related_name="letter_requests")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.record_id} at {self.asked_at}"


class LetterDecline(models.Model):
    """One row says that the school will not write a letter that a learner asked for, with words that she reads.

    Written by `services.decline_letter`. Never changed; she may ask again. `words` go with the words behind her record.
    """

    request = models.OneToOneField(LetterRequest, on_delete=models.PROTECT, related_name="decline")
    words = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="letter_decline_says_why", condition=~models.Q(words="") | models.Q(erased_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.request_id} at {self.at}"
