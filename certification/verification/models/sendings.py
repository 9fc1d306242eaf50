"""Certificates that were mailed: to the graduate herself, or to whom she named."""

import uuid

from django.db import models
from django.utils import timezone

from accounts.models import User
from certification.certificates.models import Certificate

from .consents import Consent


class Sending(models.Model):
    """One row says that a certificate was mailed, to whom, when and by whom: to its graduate (no consent), or under a
    consent of hers to the address that the consent names.

    Written by `services.send_to_graduate` and `send_to_named`; never changed, but that the address goes with the
    person.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="sendings")
    consent = models.ForeignKey(Consent, null=True, on_delete=models.PROTECT, related_name="sendings")
    address = models.CharField(max_length=254, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    erased_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.certificate_id} at {self.at}"
