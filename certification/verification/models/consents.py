"""What a graduate lets others see of a certificate: consents, the looks taken under them, and hiding."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from certification.certificates.models import Certificate


class Consent(models.Model):
    """One row is a graduate's consent that whoever holds its link may see so much, for a purpose, until a day.

    Written by `services.share_certificate`. It holds what 34 CFR 99.30 asks for: who, when, which records, for what
    and for whom. Only `withdrawn_at` is filled in later, once. The link's token is kept as a hash alone; see
    `rules.token`.
    """

    class Scope(models.TextChoices):
        CERTIFICATE = "certificate", _("The certificate, with my name")
        HOURS = "hours", _("The certificate and its hours by subject")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="consents")
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(default=timezone.now)
    scope = models.CharField(max_length=12, choices=Scope, default=Scope.HOURS)
    recipient = models.CharField(max_length=200, blank=True)
    purpose = models.CharField(max_length=200, blank=True)
    until_on = models.DateField(help_text="The last day on which the link opens, at the school.")
    token_hash = models.CharField(max_length=64, unique=True)
    source_key = models.CharField(max_length=120)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certificate", "source_key"], name="one_consent_per_request"),
            models.CheckConstraint(name="consent_scope_known", condition=Q(scope__in=["certificate", "hours"])),
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class Disclosure(models.Model):
    """One row is one look at private facts under a consent: when, by which face, and what was told (34 CFR 99.32).

    Never changed; the graduate sees it. It holds nothing about the machine that looked.
    """

    class Face(models.TextChoices):
        PAGE = "page", _("Page")
        PDF = "pdf", _("PDF")
        FILE = "file", _("File")

    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="disclosures")
    at = models.DateTimeField(default=timezone.now)
    face = models.CharField(max_length=8, choices=Face)
    told = models.CharField(max_length=60, help_text="State of the certificate and scope, as told.")

    class Meta:
        indexes = [models.Index(fields=["consent", "-at"], name="looks_of_consent")]

    def __str__(self) -> str:
        return f"{self.face} at {self.at}"


class Visibility(models.Model):
    """One row is a graduate's decision that her code answers (hidden false) or not; the newest row holds.

    Without a row the code answers. Never changed.
    """

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="visibilities")
    hidden = models.BooleanField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.certificate_id} {'hidden' if self.hidden else 'shown'}"
