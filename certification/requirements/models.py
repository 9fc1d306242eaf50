"""Owns the versions of rule sets as they were imported; never edits one, and knows nothing of learners or hours."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class RuleSet(models.Model):
    """One row is one dated version of one rule set, with the very text that its author wrote.

    Written by `services.import_rules` alone; nothing in it ever changes and no row goes (the database refuses, since
    records and certificates name the version they were judged by). A rule that changes is the next version. The columns
    beside `source` repeat what the text says, so that lists need not parse it; the text decides. No parsed form is
    kept: it would be a second truth.
    """

    class Status(models.TextChoices):
        """How far the text was checked against the statute; shown wherever a result is shown."""

        VERIFIED = "verified", _("Verified")
        UNVERIFIED = "unverified", _("Unverified")
        SAMPLE = "sample", _("Sample")

    class Axis(models.TextChoices):
        """The date that decides whether a version applies."""

        PROGRAM_START = "program_start", _("Program start")
        ENROLMENT = "enrolment", _("Enrollment")
        SESSION = "session", _("Session")
        APPLICATION = "application", _("Application")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    identifier = models.CharField(_("identifier"), max_length=64)
    version = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=200)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices)
    source = models.TextField(_("text of the pack"))
    digest = models.CharField(_("SHA-256 of the text"), max_length=64)
    valid_from = models.DateField(_("valid from"), null=True)
    valid_to = models.DateField(_("valid to"), null=True)
    applies_by = models.CharField(_("applies by"), max_length=13, choices=Axis.choices)
    imported_at = models.DateTimeField(_("imported at"), default=timezone.now)

    class Meta:
        ordering = ["identifier", "version"]
        verbose_name = _("rule set")
        verbose_name_plural = _("rule sets")
        constraints = [
            models.UniqueConstraint(fields=["identifier", "version"], name="requirements_ruleset_version"),
            models.CheckConstraint(condition=Q(version__gte=1), name="requirements_ruleset_version_positive"),
            models.CheckConstraint(
                condition=Q(status__in=["verified", "unverified", "sample"]), name="requirements_ruleset_status"
            ),
            models.CheckConstraint(
                condition=Q(applies_by__in=["program_start", "enrolment", "session", "application"]),
                name="requirements_ruleset_axis",
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="requirements_ruleset_window",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """`identifier@version`, the name that is unique for ever."""
        return f"{self.identifier}@{self.version}"
