"""Owns versions of rule sets: each row is one pack as it was imported, never edited."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class RuleSet(models.Model):
    """One row is one dated version of one body's hour rules, as the YAML text that was imported.

    Written by `services.import_rules`. Identifier, version, text and digest never change; a new rule is a new version.
    """

    class Status(models.TextChoices):
        VERIFIED = "verified", _("Verified")
        UNVERIFIED = "unverified", _("Unverified")
        SAMPLE = "sample", _("Sample")

    class Axis(models.TextChoices):
        PROGRAM_START = "program_start", _("Program start")
        ENROLMENT = "enrolment", _("Enrollment")
        SESSION = "session", _("Session")
        APPLICATION = "application", _("Application")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    identifier = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=Status)
    applies_by = models.CharField(max_length=14, choices=Axis)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    source = models.TextField(help_text="The pack's YAML text, byte for byte.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the text, hex.")
    imported_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["identifier", "version"], name="one_row_per_rule_set_version"),
            models.CheckConstraint(name="rule_set_version_from_one", condition=Q(version__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.identifier}@{self.version}"
