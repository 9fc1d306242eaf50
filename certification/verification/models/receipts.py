"""The signed receipts of checks."""

from django.db import models
from django.utils import timezone

from certification.keys.models import SigningKey

from .checks import Check


class Receipt(models.Model):
    """One row is the receipt of one check, a JWT by a key of the platform (`offline.receipt`). Never changed.

    Version 1 is made with the check. A later one says the same under a new key, once the key before has leaked.
    """

    check_of = models.ForeignKey(Check, on_delete=models.PROTECT, related_name="receipts", db_column="check_id")
    version = models.PositiveSmallIntegerField(default=1)
    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="+")
    token = models.TextField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["check_of", "version"], name="one_receipt_of_a_version")]

    def __str__(self) -> str:
        return f"{self.check_of_id} version {self.version}"
