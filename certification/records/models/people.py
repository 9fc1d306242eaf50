"""People and their training records: whose hours these are, at which school, judged by which rules."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

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
