"""The ledger: append-only entries with their place in the school's log, and the time that each one occupies."""

import uuid
from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .log import HourLog
from .people import Learner, TrainingRecord


class Posting(models.Model):
    """One row is one call of `post_hours`: the fact of one source, with what was asked and what was left out.

    Never changed. `request_digest` is the SHA-256 of the request before trimming: the same request gets the same
    rows back, another under the same key is a conflict. `left_out` lists `{starts_at, ends_at, minutes, entry}`
    (the entry that already holds that time).
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record = models.ForeignKey(TrainingRecord, on_delete=models.PROTECT, related_name="postings")
    source_key = models.CharField(max_length=160)
    request_digest = models.CharField(max_length=64)
    left_out = models.JSONField(default=list)
    posted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "source_key"], name="one_posting_per_source")]


class Delivery(models.TextChoices):
    """How an hour was taught."""

    IN_PERSON = "in_person", _("In person")
    SYNCHRONOUS = "synchronous", _("Live online")
    ASYNCHRONOUS = "asynchronous", _("Online, own time")


class Source(models.TextChoices):
    """Where a line comes from."""

    LESSON = "lesson", _("Lesson")
    CLASS = "class", _("Class")
    EXTERNSHIP = "externship", _("Externship shift")
    TRANSFER = "transfer", _("Transfer")
    ADJUSTMENT = "adjustment", _("Adjustment")


class Evidence(models.TextChoices):
    """How strong the proof of a line is; the order of a transcript's legend."""

    MEASURED = "measured", _("Measured")
    AWARDED = "awarded", _("Awarded")
    CO_SIGNED = "co_signed", _("Co-signed")
    TRANSFERRED = "transferred", _("Transferred")
    IMPORTED = "imported", _("Imported")
    SELF_REPORTED = "self_reported", _("Self-reported")
    CORRECTED = "corrected", _("Corrected")


class HourEntry(models.Model):
    """One row is a fact: so many taught minutes on a day, of a subject, by a kind of delivery, with its evidence.

    Written only by `services.post_hours` and `services.reverse_entry`; never changed, never deleted, by anyone: the
    database refuses. `minutes` is whole and never zero, negative only as the reversal of one entry. Titles, place and
    revision are as they were that day. Names of persons and free words stand in HourEntryText; `text_hash` binds
    them. `position`, `salt` and `leaf_hash` make it a leaf of the school's log; `rules.leaf_text` says which bytes.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record = models.ForeignKey(TrainingRecord, on_delete=models.PROTECT, related_name="entries")
    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="entries")
    source_key = models.CharField(max_length=170)
    date = models.DateField(help_text="The local day in the record's zone.")
    minutes = models.IntegerField()
    category = models.CharField(max_length=60)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    spans = models.JSONField(
        default=list, help_text="[[start, end], …], ISO 8601 in UTC: what it measured, gaps left out."
    )
    tags = models.CharField(max_length=300, blank=True, help_text="Sorted, parted by semicolons.")
    delivery = models.CharField(max_length=14, choices=Delivery)
    source = models.CharField(max_length=12, choices=Source)
    course = models.CharField(
        max_length=80, blank=True, help_text="Module code and version, or the sending school's code."
    )
    sending_school = models.CharField(max_length=200, blank=True)
    supervisor_licence_valid_from = models.DateField(null=True)
    supervisor_licence_valid_to = models.DateField(null=True)
    paid = models.BooleanField(null=True)
    title = models.CharField(max_length=250)
    content_revision = models.CharField(max_length=60, blank=True)
    place = models.CharField(max_length=200, blank=True)
    signer = models.CharField(max_length=80, blank=True, help_text="Pseudonym of who stands for it: supervisor:<uuid>.")
    evidence = models.CharField(max_length=14, choices=Evidence)
    reason = models.CharField(max_length=40, blank=True, help_text="Reason code of a correction.")
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField(null=True, help_text="uuid of the user who acted; empty for the system.")
    text_hash = models.CharField(max_length=64)
    log = models.ForeignKey(HourLog, on_delete=models.PROTECT, related_name="entries")
    position = models.PositiveBigIntegerField()
    salt = models.CharField(max_length=32)
    leaf_hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["date", "starts_at", "position"]
        constraints = [
            models.UniqueConstraint(fields=["record", "source_key"], name="one_entry_per_source_part"),
            models.UniqueConstraint(fields=["log", "position"], name="one_leaf_per_position"),
            models.CheckConstraint(
                name="entry_minutes_never_zero_negative_only_as_reversal",
                condition=Q(minutes__gt=0, reverses__isnull=True) | Q(minutes__lt=0, reverses__isnull=False),
            ),
            models.CheckConstraint(
                name="entry_times_come_together",
                condition=Q(starts_at__isnull=True, ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
            ),
            models.CheckConstraint(name="entry_delivery_known", condition=Q(delivery__in=Delivery.values)),
            models.CheckConstraint(name="entry_source_known", condition=Q(source__in=Source.values)),
            models.CheckConstraint(name="entry_evidence_known", condition=Q(evidence__in=Evidence.values)),
        ]
        indexes = [
            # A transcript reads one record in this order.
            models.Index(fields=["record", "date"], name="entries_of_record"),
        ]

    def __str__(self) -> str:
        return f"{self.minutes} min {self.category} on {self.date}"


class HourEntryText(models.Model):
    """One row is the personal words of one entry: names and free text, as canonical JSON.

    `entry.text_hash` is SHA-256 over salt and body, so erasing this row later leaves every proof whole. Only the
    retention command may erase it.
    """

    entry = models.OneToOneField(HourEntry, primary_key=True, on_delete=models.PROTECT, related_name="text")
    salt = models.CharField(max_length=32)
    body = models.TextField()


class OccupiedTime(models.Model):
    """One row is a measured span in which an entry holds a learner's time; pauses leave gaps.

    No two rows of a learner overlap, whatever their sources: the database forbids it. Removed only in the transaction
    that posts the reversal of its entry.
    """

    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="occupied")
    entry = models.ForeignKey(HourEntry, on_delete=models.PROTECT, related_name="occupied")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="occupied_time_runs_forward", condition=Q(ends_at__gt=F("starts_at")))
        ]
        indexes = [
            # post_hours asks which spans of a learner touch a new one.
            models.Index(fields=["learner", "starts_at", "ends_at"], name="occupied_by_learner")
        ]


class Balance(models.Model):
    """One row is the attended minutes of one record in one category, kept for speed; the ledger is the truth.

    Written in the posting's transaction, reversals taken off. `log_size` is the size of the log that it stands for:
    the last posting that touched it. `rebuild_balances` computes it anew, `audit_ledger` compares.
    """

    record = models.ForeignKey(TrainingRecord, on_delete=models.PROTECT, related_name="balances")
    category = models.CharField(max_length=60)
    minutes = models.PositiveIntegerField()
    last_on = models.DateField(help_text="The latest local day of its lines.")
    log_size = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "category"], name="one_balance_per_category")]

    def __str__(self) -> str:
        return f"{self.minutes} min {self.category} of {self.record_id}"

    @property
    def stands_for(self) -> tuple[int, date, int]:
        """What it says, for comparing."""
        return self.minutes, self.last_on, self.log_size
