"""Owns the ledger of hours: learners, their training records, and the append-only entries with their log position.

Knows nothing of lessons, shifts or orders: upper rooms post facts here with titles captured as they were.
"""

import uuid

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, validate_zone
from certification.requirements.models import RuleSet


class Learner(models.Model):
    """One row is the lasting pseudonym of one person. Hours hang on it, never on an account.

    `user` is emptied when the person is erased. Merging two accounts links `merged_into` and moves no row.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="learner"
    )
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.uuid)


class TrainingRecord(models.Model):
    """One row is one learner's record at one school for one enrollment or CE cycle; sealed when it ends.

    Program code and title are captured at admission. `zone` is fixed then too: days and weeks are counted in it.
    `rule_set` is the version that judges this record; only an Activation moves it, and leaves a RuleSetChange.
    `source_key` names the admission (`enrollment:<uuid>`).
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="records")
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="training_records")
    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="training_records")
    program_code = models.CharField(max_length=40)
    program_title = models.CharField(max_length=200)
    zone = models.CharField(max_length=64, validators=[validate_zone])
    enrolled_on = models.DateField()
    program_start_on = models.DateField(null=True, blank=True)
    completed_on = models.DateField(null=True, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)
    source_key = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.program_title} ({self.uuid})"


class RecordRequirement(models.Model):
    """One row is a fact that is not hours which this record must show (a Milestone code), fixed at admission.

    Never changed: a module added to the program later binds only later records.
    """

    record = models.ForeignKey(TrainingRecord, on_delete=models.PROTECT, related_name="requirements")
    code = models.CharField(max_length=80)
    title = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "code"], name="one_row_per_required_fact")]


class HourLog(models.Model):
    """One row is a school's one append-only log: every entry of the school is a leaf of it (RFC 9162).

    `origin` is its name in checkpoints and never changes. `size` is the number of leaves, raised in the transaction
    that posts them; the row is the lock that gives out positions.
    """

    school = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="hour_log")
    origin = models.CharField(max_length=200, unique=True)
    size = models.PositiveBigIntegerField(default=0)


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


class CourseResult(models.Model):
    """One row is a grade or an attendance of one module for one record. Append-only; the newest non-empty value wins.

    `grade_hundredths` and `attendance_hundredths` are percent times 100, exact.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record = models.ForeignKey(TrainingRecord, on_delete=models.PROTECT, related_name="course_results")
    source_key = models.CharField(max_length=160)
    course = models.CharField(max_length=80, help_text="Module code and version, like MFR@1.")
    grade_hundredths = models.IntegerField(null=True, blank=True, validators=[MinValueValidator(0)])
    attendance_hundredths = models.IntegerField(null=True, blank=True, validators=[MinValueValidator(0)])
    evidence = models.CharField(max_length=200)
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "source_key"], name="one_result_per_source"),
            models.CheckConstraint(
                name="result_is_a_percentage",
                condition=(Q(grade_hundredths=None) | Q(grade_hundredths__range=(0, 10_000)))
                & (Q(attendance_hundredths=None) | Q(attendance_hundredths__range=(0, 10_000))),
            ),
        ]


class Milestone(models.Model):
    """One row is a fact of a record that is not hours: a quiz passed, a lesson finished, a document accepted.

    Append-only. `code` is what rules and requirements ask for (`quiz:MFR`); `source_key` names the event.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record = models.ForeignKey(TrainingRecord, on_delete=models.PROTECT, related_name="milestones")
    source_key = models.CharField(max_length=160)
    code = models.CharField(max_length=80)
    title = models.CharField(max_length=250)
    detail = models.CharField(max_length=250, blank=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "source_key"], name="one_milestone_per_source")]
        indexes = [models.Index(fields=["record", "code"], name="milestones_of_record")]


class Activation(models.Model):
    """One row says that a school judges by this version of a rule set, from a moment on, for records that it applies to.

    Never changed and never taken back: a rule that was wrong is followed by a next version. `note` says why.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="activations")
    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="activations")
    activated_at = models.DateTimeField(default=timezone.now)
    activated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "rule_set"], name="one_activation_per_school")]


class RuleSetChange(models.Model):
    """One row says that a record is judged by another version since an activation. Append-only."""

    record = models.ForeignKey(TrainingRecord, on_delete=models.PROTECT, related_name="rule_set_changes")
    activation = models.ForeignKey(Activation, on_delete=models.PROTECT, related_name="changes")
    before = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="+")
    after = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "activation"], name="one_change_per_activation")]


class Target(models.Model):
    """One row says that a learner aims at a rule set (a licence, a certificate), whatever its version.

    Her own choice; it changes no hour. `dropped_at` ends it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="targets")
    identifier = models.CharField(max_length=64, help_text="Of the rule set, without its version.")
    chosen_at = models.DateTimeField(default=timezone.now)
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["chosen_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "identifier"], condition=Q(dropped_at=None), name="one_target_per_rule_set"
            )
        ]


class Crosswalk(models.Model):
    """One row is a school's word on where hours of one rule set's categories stand in another one's.

    It serves targets alone: certificates are judged by the record's own rules, which need no translation. Lines are
    replaced whole by `services.set_crosswalk`, which raises `version`.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="crosswalks")
    source = models.CharField(max_length=64, help_text="Identifier of the rule set that judges the records.")
    target = models.CharField(max_length=64, help_text="Identifier of the rule set aimed at.")
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "source", "target"], name="one_crosswalk_per_pair"),
            models.CheckConstraint(name="crosswalk_leads_elsewhere", condition=~Q(source=F("target"))),
        ]


class CrosswalkLine(models.Model):
    """One row puts a category (of one course of it, where named) under a category of the target, with more tags."""

    crosswalk = models.ForeignKey(Crosswalk, on_delete=models.CASCADE, related_name="lines")
    category = models.CharField(max_length=64)
    course = models.CharField(max_length=80, blank=True, help_text="Module code and version, like MFR@1.")
    to_category = models.CharField(max_length=64)
    tags = models.CharField(max_length=300, blank=True, help_text="Parted by semicolons.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["crosswalk", "category", "course"], name="one_line_per_category_and_course")
        ]
