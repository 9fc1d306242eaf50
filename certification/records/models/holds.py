"""What keeps a certificate back: a bill, a paper, conduct, an order. Money and conduct never edit the hours."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from .people import TrainingRecord


class Hold(models.Model):
    """One row says that a school keeps a record's certificate back, from when and why, until it is released.

    It changes no hour and no fact. `words` say what the learner must do; she and the school read them, nobody else
    ever does. Written by `services.place_hold`; only the four columns of its release are filled in later, once.
    """

    class Reason(models.TextChoices):
        UNPAID = "unpaid", _("A bill is not paid")
        PAPERS = "papers", _("Papers are missing")
        CONDUCT = "conduct", _("A matter of conduct is open")
        ORDER = "order", _("A board or court ordered it")
        OTHER = "other", _("Another reason")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record = models.ForeignKey(TrainingRecord, on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(max_length=8, choices=Reason)
    words = models.TextField(blank=True)
    placed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(default=timezone.now)
    released_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True)
    release_words = models.TextField(blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record", "reason"], condition=Q(released_at__isnull=True), name="one_standing_hold_of_a_reason"
            ),
            models.CheckConstraint(
                name="hold_reason_known", condition=Q(reason__in=["unpaid", "papers", "conduct", "order", "other"])
            ),
            models.CheckConstraint(
                name="hold_released_by_somebody",
                condition=Q(released_at__isnull=True, released_by__isnull=True, release_words="")
                | Q(released_at__isnull=False, released_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} ({self.record_id})"
