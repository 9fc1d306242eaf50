"""What organisations asked and were told, and who was slowed down for guessing."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from certification.certificates.models import Certificate

from .api_keys import ApiKey


class Check(models.Model):
    """One row is one asking of an organisation, answered: by a person or by a key, when, by which face, how many lines.

    Written whole by `services.check` and never changed. `request_key` is the digest of the caller's idempotency key,
    `request_digest` a keyed digest of all that was asked, so that the same request gets the same answer and another one
    under the same key is refused. `misses` counts codes that were unknown and names that differed.
    """

    class Face(models.TextChoices):
        DESK = "desk", _("Desk")
        FILE = "file", _("File")
        API = "api", _("API")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="checks")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    key = models.ForeignKey(ApiKey, null=True, on_delete=models.PROTECT, related_name="checks")
    face = models.CharField(max_length=4, choices=Face)
    asked_at = models.DateTimeField(default=timezone.now)
    request_key = models.CharField(max_length=64)
    request_digest = models.CharField(max_length=64)
    items = models.PositiveIntegerField()
    misses = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "request_key"], name="one_check_per_request"),
            models.CheckConstraint(
                name="check_by_a_person_or_a_key",
                condition=Q(face="api", key__isnull=False, by__isnull=True)
                | Q(face__in=["desk", "file"], key__isnull=True, by__isnull=False),
            ),
            models.CheckConstraint(name="check_asks_something", condition=Q(items__gt=0)),
        ]
        indexes = [models.Index(fields=["organisation", "-asked_at"], name="checks_of_organisation")]

    def __str__(self) -> str:
        return str(self.uuid)


class CheckedItem(models.Model):
    """One row is one line of a check: what was asked, and what was told.

    `position` is its place in the request from 1; of a list the row of its table, as spreadsheets number them.
    `claims` are the minutes that were claimed, `told` the answers, both by category. A name that was asked is a
    stranger's where it differs: of it nothing is kept but `name_sha256`, with the salt that stands in the receipt.
    `certificate` is the one that has the code, also where a hidden one was answered as unknown: so its graduate sees who
    asked and what they were told.
    """

    check_of = models.ForeignKey(Check, on_delete=models.PROTECT, related_name="lines", db_column="check_id")
    position = models.PositiveIntegerField()
    code = models.CharField(max_length=40)
    name_sha256 = models.CharField(max_length=64, blank=True)
    claims = models.JSONField(default=dict)
    status = models.CharField(max_length=12)
    name = models.CharField(max_length=8, blank=True)
    told = models.JSONField(default=dict)
    told_record = models.BooleanField(default=False)
    certificate = models.ForeignKey(Certificate, null=True, on_delete=models.PROTECT, related_name="checked_items")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["check_of", "position"], name="one_line_per_position"),
            models.CheckConstraint(
                name="checked_item_status_known",
                condition=Q(status="unknown")
                | Q(status__in=["valid", "superseded", "revoked", "expired"], certificate__isnull=False),
            ),
            models.CheckConstraint(
                name="checked_item_name_answered",
                condition=Q(name="", name_sha256="") | (Q(name__in=["match", "differs"]) & ~Q(name_sha256="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.check_of_id} line {self.position}"

    @property
    def answers(self) -> list[tuple[str, tuple[int, str]]]:
        """Each claim with its minutes and its answer, by code."""
        return [(code, (self.claims[code], self.told[code])) for code in sorted(self.told)]


class ProbingAlert(models.Model):
    """One row says that an organisation guessed: of `asked` lines since `since`, `misses` failed. Never changed.

    Until `until` its checks are refused (429), and the schools whose certificates were among the misses are told.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="probing_alerts")
    at = models.DateTimeField(default=timezone.now)
    since = models.DateTimeField()
    until = models.DateTimeField()
    asked = models.PositiveIntegerField()
    misses = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["organisation", "-at"], name="alerts_of_organisation")]

    def __str__(self) -> str:
        return f"{self.organisation_id} at {self.at}"
