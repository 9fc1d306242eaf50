"""The files of certificates, byte for byte, and what they are awarded for."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from certification.keys.models import SigningKey

from .issued import Certificate


class CertificateDocument(models.Model):
    """One row is one issued file, byte for byte; downloads serve these bytes. Never changed, never deleted.

    `version` counts how often the files of a certificate were made: 1 at issue, the next when a key that signed them
    leaked. Downloads serve the newest; the older bytes stay, and are listed by their hash.
    """

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
    version = models.PositiveSmallIntegerField(default=1)
    body = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certificate", "format", "version"], name="one_document_of_a_version"),
            models.CheckConstraint(
                name="document_format_known",
                condition=Q(format__in=["pdf", "json", "jwt", "png", "transcript", "clr", "notice"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id}.{self.format}"


class FileSigning(models.Model):
    """One row says which keys signed the files of one certificate in one version. Never changed, never deleted.

    By it the certificates are found that a leaked key signed.
    """

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="signings")
    version = models.PositiveSmallIntegerField()
    credential_key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="+")
    token_key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="+")
    seal_key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certificate", "version"], name="one_signing_of_a_version"),
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id}.{self.version}"


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
