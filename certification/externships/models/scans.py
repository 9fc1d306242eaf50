"""Paper: what came back of a printed form, as one person read it and another approved it."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from certification.records.models.corrections import Attached, private_storage

from .signing import SignOffLink


class PaperScan(Attached):
    """One row is one scan of a signed form, and what it says as `uploaded_by` read it. Answered once, by somebody else.

    `answers` holds what was ticked, by the shift's uuid: [decision, words], of other times that stand there also
    {starts_at, ends_at, break_minutes}. `signed_on` and `typed_name` are what
    stands on the paper. The file lies in private storage; it, names and words go with the words of the record
    (`erased_at`), its SHA-256 and what was decided stand.
    """

    class Outcome(models.TextChoices):
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Not approved")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    link = models.ForeignKey(SignOffLink, on_delete=models.PROTECT, related_name="scans")
    typed_name = models.CharField(max_length=200)
    signed_on = models.DateField()
    answers = models.JSONField(default=dict)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)
    attachment = models.FileField(upload_to="signed-forms", storage=private_storage, blank=True)
    attachment_sha256 = models.CharField(max_length=64)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_words = models.TextField(max_length=1000, blank=True)

    class Meta:
        ordering = ["uploaded_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["link"], name="one_scan_of_a_form_waits", condition=Q(outcome="")),
            models.UniqueConstraint(
                fields=["link"], name="one_scan_of_a_form_is_approved", condition=Q(outcome="approved")
            ),
            models.CheckConstraint(
                name="scan_is_read_by_two", condition=Q(decided_by=None) | ~Q(decided_by=F("uploaded_by"))
            ),
            models.CheckConstraint(
                name="scan_answered_says_by_whom",
                condition=Q(outcome="", decided_by=None, decided_at=None)
                | Q(outcome__in=["approved", "refused"], decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="scan_refused_says_why",
                condition=~Q(outcome="refused") | ~Q(decided_words="") | Q(erased_at__isnull=False),
            ),
            models.CheckConstraint(name="scan_is_there", condition=~Q(attachment="") | Q(erased_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.link_id} {self.outcome or 'waits'}"
