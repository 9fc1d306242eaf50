"""Owns the register of signing keys: which key signed what, from when to when. Private halves are not here."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SigningKey(models.Model):
    """One row is the public half of one Ed25519 key, kept for ever: what it signed stays checkable after it retired.

    `name` is who signs by it (the origin of an hour log). `kid` is its RFC 7638 thumbprint, by which the private half
    is found in ISSUER_KEY_FILE. Only `retired_at` is filled in later, once. One key of a purpose and name is in use.
    """

    class Purpose(models.TextChoices):
        LOG = "log", _("Checkpoints of an hour log")

    kid = models.CharField(max_length=43, unique=True)
    purpose = models.CharField(max_length=12, choices=Purpose)
    name = models.CharField(max_length=200)
    public_key = models.CharField(max_length=43, help_text="The 32 bytes, base64url without padding, as in a JWK.")
    created_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "name"], condition=Q(retired_at=None), name="one_key_in_use_of_a_purpose"
            ),
            models.CheckConstraint(name="key_purpose_known", condition=Q(purpose__in=["log"])),
            models.CheckConstraint(
                name="key_retires_after_it_began",
                condition=Q(retired_at=None) | Q(retired_at__gte=F("created_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.kid}"
