"""People and their training records: whose hours these are, at which school, judged by which rules."""

import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, validate_zone
from certification.requirements.models import RuleSet

from ..rules.terms import BadTermError, term_of


def validate_term(text: str) -> None:
    """Refuse what says nothing of how long a certificate holds."""
    try:
        term_of(text)
    except BadTermError as error:
        raise ValidationError(
            _(
                "Write “24 months”, or the last day of a cycle as month and day: “08-31 odd”, “10-31 even”, “12-31”. "
                "Leave it empty where it holds for good."
            )
        ) from error


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


class SealReason(models.TextChoices):
    """Why a record takes no more hours."""

    CYCLE = "cycle", _("Its cycle is over")
    RETAKE = "retake", _("The program is taken again")
    COMPLETED = "completed", _("The program is completed")
    LEFT = "left", _("The learner left")
    CLOSED = "closed", _("The school closed")


class TrainingRecord(models.Model):
    """One row is one learner's record at one school for one enrollment or CE cycle; sealed when it ends.

    Program code and title are captured at admission. `zone` is fixed then too: days and weeks are counted in it.
    `rule_set` is the version that judges this record; only an Activation moves it, and leaves a RuleSetChange.
    `source_key` names the admission (`enrollment:<uuid>`). `certificate_term` is how long its certificate will hold, as
    the program said at admission (`rules.terms`). Once sealed it stays so; `follows` is the record whose cycle or try
    came before.
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
    certificate_term = models.CharField(max_length=20, blank=True, validators=[validate_term])
    sealed_at = models.DateTimeField(null=True, blank=True)
    sealed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    seal_reason = models.CharField(max_length=10, choices=SealReason, blank=True)
    follows = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="followed_by")
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


class Presence(models.Model):
    """One row says where a learner's time goes, from `since` until `until` (empty: now); one open row a learner.

    Written by `services.enter` and `services.leave` for a lesson, a shift's clock or a class; `source_key` names it
    (`session:<uuid>`). Only `until` is filled in later, once. It counts nothing itself: it keeps a lesson from
    running while she is clocked in elsewhere.
    """

    class Source(models.TextChoices):
        LESSON = "lesson", _("Lesson")
        SHIFT = "shift", _("Shift")
        CLASS = "class", _("Class")

    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="presences")
    source = models.CharField(max_length=8, choices=Source)
    source_key = models.CharField(max_length=160)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner"], condition=Q(until=None), name="one_open_presence_per_learner"),
            models.UniqueConstraint(fields=["learner", "source_key"], name="one_presence_per_source"),
            models.CheckConstraint(name="presence_source_known", condition=Q(source__in=["lesson", "shift", "class"])),
            models.CheckConstraint(
                name="presence_ends_after_it_began", condition=Q(until=None) | Q(until__gte=F("since"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner_id} in {self.source_key}"


class Erasure(models.Model):
    """One row says that the names and words behind a record's lines were erased, when, by whom and on what ground.

    Append-only. Only below such a row does the database let HourEntryText go; hashes, hours and proofs stand.
    """

    class Basis(models.TextChoices):
        RETENTION = "retention", _("The time for which they must be kept is over")
        ASKED = "asked", _("The person asked for it, and no duty stood against it")

    record = models.OneToOneField(TrainingRecord, on_delete=models.PROTECT, related_name="erasure")
    basis = models.CharField(max_length=10, choices=Basis)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.record_id} on {self.at.date()}"
