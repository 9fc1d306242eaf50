"""The second hand of a revocation."""

from django.db import models
from django.utils import timezone

from accounts.models import User

from .issued import Revocation


class RevocationConfirmation(models.Model):
    """One row says that a second person of the school looked at a revocation and stands for it too. Never changed."""

    revocation = models.OneToOneField(Revocation, on_delete=models.PROTECT, related_name="confirmation")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.revocation_id} by {self.by_id}"
