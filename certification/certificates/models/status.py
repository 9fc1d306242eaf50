"""The lists in which outsiders see what was revoked, and the place of each credential in them."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation

from .issued import Certificate


class StatusList(models.Model):
    """One row is one list of a school and year in which outsiders see what was revoked: one bit a credential.

    `body` (Data Integrity) and `token` (JWT) are the list as it was signed last; `stale` says that a bit was set since,
    `stale_since` when the first of them was. Only the task queue and the tick sign; who asks gets what was signed last.
    The row is never deleted: its address stands inside credentials.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="status_lists")
    number = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now)
    body = models.TextField(blank=True)
    token = models.TextField(blank=True)
    signed_at = models.DateTimeField(null=True)
    stale = models.BooleanField(default=True)
    stale_since = models.DateTimeField(null=True, default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "number"], name="one_status_list_of_a_number")]

    def __str__(self) -> str:
        return f"{self.school_id} {self.number}"


class StatusPlace(models.Model):
    """One row is the place of one credential in a list, drawn at random at issue. Never changed, never deleted."""

    class Part(models.TextChoices):
        CERTIFICATE = "certificate", _("Certificate")
        TRANSCRIPT = "transcript", _("Transcript and its parts")

    list = models.ForeignKey(StatusList, on_delete=models.PROTECT, related_name="places")
    place = models.PositiveIntegerField()
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="status_places")
    part = models.CharField(max_length=11, choices=Part)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list", "place"], name="one_credential_at_a_place"),
            models.UniqueConstraint(fields=["certificate", "part"], name="one_place_of_a_part"),
            models.CheckConstraint(name="status_place_in_the_list", condition=Q(place__lt=131_072)),
            models.CheckConstraint(name="status_part_known", condition=Q(part__in=["certificate", "transcript"])),
        ]

    def __str__(self) -> str:
        return f"{self.list_id} {self.place}"
