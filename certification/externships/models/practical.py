"""Practical examinations: kinds, single ones, the two examiners' sheets, and what came of it."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from certification.records.models import TrainingRecord

from .competencies import CODE


class PracticalKind(models.Model):
    """One row is a kind of practical examination of a school: which competencies, and from what percent it is passed.

    Empty `codes`: all competencies in use. `course` (like MFR@1) gets the percent as its grade. `fact` is a further
    milestone that passing posts, in the words of a rule pack (practical_examination). What is planned keeps what
    stood here that day. `version` rises with each edit.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="practical_kinds")
    code = models.CharField(_("code"), max_length=40, validators=[RegexValidator(CODE)])
    title = models.CharField(_("title"), max_length=150)
    pass_percent = models.PositiveSmallIntegerField(
        _("passed from"), default=75, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    codes = models.JSONField(default=list, blank=True)
    course = models.CharField(_("module"), max_length=80, blank=True)
    fact = models.CharField(
        _("requirement of a rule pack"),
        max_length=60,
        blank=True,
        validators=[RegexValidator(r"^[a-z0-9]+(_[a-z0-9]+)*$")],
    )
    retired_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "code"], name="one_practical_kind_per_code"),
            models.CheckConstraint(name="practical_pass_is_a_percentage", condition=Q(pass_percent__range=(1, 100))),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def milestone(self) -> str:
        """The code of the milestone that passing posts."""
        return f"practical:{self.code}"


class Practical(models.Model):
    """One row is one examination of one learner, planned for a day. Its items and pass mark are kept from planning on.

    `items` is a list of {"version", "code", "title", "safety"}. Only `cancelled_at` is filled in later.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.ForeignKey(PracticalKind, on_delete=models.PROTECT, related_name="practicals")
    record = models.ForeignKey(TrainingRecord, on_delete=models.PROTECT, related_name="practicals")
    on_day = models.DateField()
    place = models.CharField(max_length=200)
    items = models.JSONField()
    pass_percent = models.PositiveSmallIntegerField()
    course = models.CharField(max_length=80, blank=True)
    fact = models.CharField(max_length=60, blank=True)
    planned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField(default=timezone.now)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["record", "kind"], name="practicals_of_record")]

    def __str__(self) -> str:
        return str(self.uuid)


class PracticalSheet(models.Model):
    """One row is one examiner's sheet of one examination; an examination has two, by different people.

    `marks` are numbers by the code of an item: 0 to 3, of safety items 0 failed, 1 passed. It changes until it is
    handed in, and never after. Personal data: `words`, which go with the record's.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    practical = models.ForeignKey(Practical, on_delete=models.PROTECT, related_name="sheets")
    seat = models.PositiveSmallIntegerField()
    examiner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    marks = models.JSONField(default=dict, blank=True)
    words = models.TextField(max_length=2000, blank=True)
    handed_in_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practical", "seat"], name="one_practical_sheet_per_seat"),
            models.UniqueConstraint(fields=["practical", "examiner"], name="practical_by_two_people"),
            models.CheckConstraint(name="practical_has_two_seats", condition=Q(seat__range=(1, 2))),
        ]

    def __str__(self) -> str:
        return f"{self.practical_id}/{self.seat}"


class PracticalResult(models.Model):
    """One row is what came of an examination, from both sheets. Append-only. The percent is exact, as a fraction.

    Without a percent (`numerator` empty) safety items alone decided.
    """

    practical = models.OneToOneField(Practical, on_delete=models.PROTECT, related_name="result")
    numerator = models.BigIntegerField(null=True, blank=True)
    denominator = models.BigIntegerField(default=1)
    safe = models.BooleanField()
    passed = models.BooleanField()
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="practical_percent_is_one",
                condition=Q(denominator__gt=0)
                & (Q(numerator=None) | (Q(numerator__gte=0) & Q(numerator__lte=F("denominator") * 100))),
            ),
            models.CheckConstraint(name="practical_passed_is_safe", condition=Q(passed=False) | Q(safe=True)),
        ]

    def __str__(self) -> str:
        return f"{'passed' if self.passed else 'failed'} {self.practical_id}"
