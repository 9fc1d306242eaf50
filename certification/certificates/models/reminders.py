"""What graduates were told of certificates that expire."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from .issued import Certificate


class ExpiryNotice(models.Model):
    """One row says that a graduate was told, so many days before (`step`), that a certificate expires. Never changed."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="expiry_notices")
    step = models.PositiveSmallIntegerField()
    told_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certificate", "step"], name="expiry_told_once_a_step"),
            models.CheckConstraint(name="expiry_step_known", condition=Q(step__in=[90, 30, 7])),
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id}, {self.step} days before"
