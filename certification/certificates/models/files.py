"""The files of certificates, byte for byte, and what they are awarded for."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation

from .issued import Certificate


class CertificateDocument(models.Model):
    """One row is one issued file, byte for byte; downloads serve these bytes. Never changed, never deleted."""

    class Format(models.TextChoices):
        PDF = "pdf", _("Certificate as PDF")
        JSON = "json", _("Certificate as Open Badge")
        JWT = "jwt", _("Certificate as token")
        PNG = "png", _("Certificate as picture")
        TRANSCRIPT = "transcript", _("Transcript as PDF")
        CLR = "clr", _("Transcript as Comprehensive Learner Record")
        NOTICE = "notice", _("Notice of revocation as PDF")

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="documents")
    format = models.CharField(max_length=10, choices=Format)
    body = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certificate", "format"], name="one_document_of_a_format"),
            models.CheckConstraint(
                name="document_format_known",
                condition=Q(format__in=["pdf", "json", "jwt", "png", "transcript", "clr", "notice"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id}.{self.format}"


class Achievement(models.Model):
    """One row is what certificates are awarded for, word for word as they name it: a program under a version of rules.

    Its address stands inside signed credentials, so a row is never changed and never deleted. `name` is made from what
    it says.
    """

    name = models.UUIDField(unique=True)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="achievements")
    body = models.TextField(help_text="Canonical JSON.")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.name)
