"""Owns what staff say to a whole group at once."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from courses.enrollments.models import Cohort, Enrollment

MOST_SUBJECT = 120
MOST_TEXT = 4000


class Announcement(models.Model):
    """One row is one announcement to a group, as it was sent; by whom and to how many.

    Written once by `services.announce`, whose caller chooses `uuid`, so that one form makes one row. Never changed, but
    emptied (`erased_at`) when it names a person who is erased.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="announcements")
    subject = models.CharField(max_length=MOST_SUBJECT, blank=True)
    text = models.TextField(max_length=MOST_TEXT, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(default=timezone.now)
    sent_to = models.PositiveIntegerField(help_text="Learners who got the mail.")
    erased_at = models.DateTimeField(null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="announcement_says_something_or_is_erased",
                condition=Q(erased_at=None) & ~Q(subject="") & ~Q(text="")
                | Q(erased_at__isnull=False, subject="", text=""),
            ),
        ]
        indexes = [models.Index(fields=["cohort", "sent_at"], name="announcements_of_cohort")]

    def __str__(self) -> str:
        return str(self.uuid)


class AnnouncementDismissal(models.Model):
    """One row says that a learner has put an announcement away; written by `services`, once."""

    announcement = models.ForeignKey(Announcement, on_delete=models.CASCADE, related_name="dismissals")
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="+")
    dismissed_at = models.DateTimeField(default=timezone.now)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["announcement", "enrollment"], name="one_dismissal_per_learner")]

    def __str__(self) -> str:
        return str(self.announcement_id)
