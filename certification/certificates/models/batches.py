"""Certificates that are prepared and signed together: who chose which records, who signed, what became of each."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from certification.records.models import TrainingRecord

from .issued import Certificate, CertificateProposal


class IssueBatch(models.Model):
    """One row is many records that one person prepares at once and another signs under one statement.

    Written by `services.batches`. The two people of a batch are asked for each certificate again, so a batch issues
    nothing that two people could not issue one by one. Only who signed (with the words signed) or who took it back is
    filled in later, once. `source_key` names the form that made it: sent twice, it makes one.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="issue_batches")
    name = models.CharField(max_length=200, help_text="What was chosen: a group, or so many records.")
    source_key = models.CharField(max_length=100, unique=True)
    size = models.PositiveIntegerField()
    prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField(default=timezone.now)
    signed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True)
    statement = models.TextField(blank=True, help_text="The words that were signed, as they stood on the page.")
    withdrawn_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="batch_needs_two_people", condition=~Q(prepared_by=F("signed_by"))),
            models.CheckConstraint(
                name="batch_signed_whole",
                condition=Q(signed_at=None, signed_by=None, statement="")
                | (Q(signed_at__isnull=False, signed_by__isnull=False) & ~Q(statement="")),
            ),
            models.CheckConstraint(
                name="batch_withdrawn_by_somebody",
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
            models.CheckConstraint(
                name="batch_signed_or_withdrawn", condition=Q(signed_at=None) | Q(withdrawn_at=None)
            ),
            models.CheckConstraint(name="batch_holds_something", condition=Q(size__gt=0)),
        ]
        indexes = [
            # The desk lists a school's batches, newest first.
            models.Index(fields=["school", "-prepared_at"], name="batches_of_school"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.size})"


class IssueBatchRow(models.Model):
    """One row is one record of a batch, and how far it came: chosen, prepared, then issued, refused or withdrawn.

    The last three end it: such a row never changes again. `reason` says in a sentence why it was refused. `attempts`
    counts how often a fault of ours stopped it.
    """

    class Outcome(models.TextChoices):
        CHOSEN = "", _("Chosen")
        PREPARED = "prepared", _("Prepared")
        ISSUED = "issued", _("Issued")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Left out")

    batch = models.ForeignKey(IssueBatch, on_delete=models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField(help_text="Its place in the list, from 1.")
    record = models.ForeignKey(TrainingRecord, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=9, blank=True, choices=Outcome, default=Outcome.CHOSEN)
    proposal = models.ForeignKey(CertificateProposal, null=True, on_delete=models.PROTECT, related_name="+")
    certificate = models.ForeignKey(Certificate, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    moved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "record"], name="one_row_of_a_record"),
            models.UniqueConstraint(fields=["batch", "number"], name="one_row_of_a_number"),
            models.CheckConstraint(
                name="batch_row_is_of_its_outcome",
                condition=Q(outcome="", proposal=None, certificate=None, reason="")
                | Q(outcome="prepared", proposal__isnull=False, certificate=None, reason="")
                | Q(outcome="issued", proposal__isnull=False, certificate__isnull=False, reason="")
                | (Q(outcome="refused", certificate=None) & ~Q(reason=""))
                | Q(outcome="withdrawn", certificate=None, reason=""),
            ),
        ]
        indexes = [
            # The task asks for what is still to be done.
            models.Index(fields=["batch", "number"], name="batch_rows_open", condition=Q(outcome__in=["", "prepared"])),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}.{self.number}"
