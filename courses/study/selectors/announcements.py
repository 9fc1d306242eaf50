"""Reads announcements: those of a group, and those that stand on a learner's home."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from accounts.models import User
from courses.enrollments.models import Cohort
from courses.enrollments.selectors import RUNNING

from ..models import Announcement

SHOWN_DAYS = 14
"""So long an announcement stands on a learner's home, unless she puts it away."""
MOST_SHOWN = 5


def announcements_of(cohort: Cohort) -> QuerySet[Announcement]:
    """All announcements to a group with who sent them, newest first. One query when read."""
    return Announcement.objects.filter(cohort=cohort).select_related("by").order_by("-sent_at", "-pk")


def announcements_for(user: User, *, now: datetime) -> list[Announcement]:
    """The newest announcements to this person's groups that she has not put away, at most MOST_SHOWN. One query."""
    return list(
        Announcement.objects.filter(
            cohort__enrollments__learner__user=user,
            cohort__enrollments__state__in=RUNNING,
            sent_at__gt=now - timedelta(days=SHOWN_DAYS),
            erased_at=None,
        )
        .exclude(dismissals__enrollment__learner__user=user)
        .select_related("by", "cohort__program__school")
        .order_by("-sent_at", "-pk")[:MOST_SHOWN]
    )
