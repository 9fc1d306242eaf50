"""Keys by which a program of an organisation asks in its name."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User


class ApiKey(models.Model):
    """One row is one key of an organisation: 256 random bits, shown once and kept as a hash alone.

    Written by `services.make_key` and `rotate_key`. `shown` are its first signs, by which people tell keys apart. It
    works until the end of `expires_on` (UTC), until `ends_at` where a newer one took its place, and not after
    `revoked_at`; a key never works longer than was said when it was made. Only these last two, who revoked it and the
    day of its last use are filled in later.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="api_keys")
    label = models.CharField(_("label"), max_length=80)
    shown = models.CharField(max_length=16)
    key_hash = models.CharField(max_length=64, unique=True)
    may_check = models.BooleanField(_("check certificates"), default=True)
    may_transcript = models.BooleanField(_("read transcripts that graduates opened to you"), default=False)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_on = models.DateField()
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    ends_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    last_used_on = models.DateField(null=True)
    source_key = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "source_key"], name="one_key_per_request"),
            models.CheckConstraint(name="key_may_something", condition=Q(may_check=True) | Q(may_transcript=True)),
            models.CheckConstraint(
                name="key_revoked_by_somebody",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.shown}"

    def state(self, now: datetime) -> str:
        """open, ending (a newer one took its place, this works for some days still), ended, expired or revoked."""
        if self.revoked_at is not None:
            return "revoked"
        if self.expires_on < now.date():
            return "expired"
        if self.ends_at is not None:
            return "ending" if now < self.ends_at else "ended"
        return "open"
