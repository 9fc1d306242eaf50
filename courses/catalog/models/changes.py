"""Owns what a publication means for those who studied before, and what an approving body has approved."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from certification.certificates.models import CourseType, Regulator

from .identity import Lesson, Module, Program


class LessonChange(models.Model):
    """One row is the answer to one question: what does publishing this revision mean for those who studied the lesson?

    Written by `services.decide_change`, before the revision is published; never changed afterwards. `revision` is the
    number of Wagtail's revision, which may be deleted without this row noticing.
    """

    class Kind(models.TextChoices):
        COSMETIC = "cosmetic", _("Cosmetic: nothing to learn has changed")
        ADDED = "added", _("Added: those who finished it are told, nothing is asked of them")
        REDO = "redo", _("Must be redone: those who finished it are asked to go through it again")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="changes")
    revision = models.PositiveIntegerField(unique=True)
    kind = models.CharField(max_length=8, choices=Kind)
    note = models.CharField(_("what has changed"), max_length=300, blank=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="change_kind_known", condition=Q(kind__in=["cosmetic", "added", "redo"])),
            models.CheckConstraint(name="change_that_is_told_has_words", condition=Q(kind="cosmetic") | ~Q(note="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.note}"


class CourseApproval(models.Model):
    """One row is an approval of a module or of a whole program as a course, under exactly this title and these minutes.

    Written by a registrar. While it is in force (not withdrawn) the database refuses another title, or another sum of
    minutes, on what it names: a changed course is a new version with an approval of its own. With a `regulator` it makes
    the program a course of continuing education, of a type and with the instructor whom the regulator knows.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="approvals")
    module = models.ForeignKey(Module, null=True, blank=True, on_delete=models.PROTECT, related_name="approvals")
    body = models.CharField(_("approving body"), max_length=120)
    number = models.CharField(_("number"), max_length=60)
    regulator = models.CharField(_("regulator"), max_length=10, choices=Regulator, blank=True, default="")
    course_type = models.CharField(_("type of the course"), max_length=10, choices=CourseType, blank=True, default="")
    instructor = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("title as approved"), max_length=200)
    minutes = models.PositiveIntegerField(_("minutes as approved"))
    approved_on = models.DateField(_("approved on"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-approved_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["body", "number", "program"], name="one_approval_per_number"),
            models.CheckConstraint(
                name="approval_ends_after_it_began", condition=Q(ends_on=None) | Q(ends_on__gte=F("approved_on"))
            ),
            models.CheckConstraint(
                name="approval_of_a_known_regulator", condition=Q(regulator__in=["", *Regulator.values])
            ),
            models.CheckConstraint(
                name="approval_of_a_course_type", condition=Q(course_type__in=["", *CourseType.values])
            ),
            models.CheckConstraint(
                name="regulators_approve_typed_courses_of_somebody",
                condition=Q(regulator="") | (~Q(course_type="") & Q(instructor__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body} {self.number}"
