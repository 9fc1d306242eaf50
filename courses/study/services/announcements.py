"""Writes announcements: once to every running learner of a group, by mail and on her home."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors import STAFF_ROLES, has_role
from courses.enrollments.models import Cohort, Enrollment
from courses.enrollments.selectors import RUNNING
from notices.services import enqueue_mail

from ..models import MOST_SUBJECT, MOST_TEXT, Announcement, AnnouncementDismissal
from ..naming import naming
from .texts import in_field, one_line, plain_words

MOST_A_DAY = 3
"""Announcements to one group on one local day of its school."""


def announce(*, uuid: UUID, cohort: Cohort, subject: str, text: str, by: User) -> Announcement:
    """Send a text to every running learner of a group: a mail to each, and a note on her home.

    Atomic; idempotent by `uuid`, each mail by announcement and learner. Refuses (ValidationError, beside the field) who
    does not work at the group's school, an empty, too long or odd text, a group without a learner, and more than
    MOST_A_DAY on a day.
    """
    if not has_role(by, cohort.program.school_id, *STAFF_ROLES):
        raise ValidationError(_("Only staff of the school write to its groups."), code="no_right")
    subject, text = clean_subject(subject), clean_text(text)
    with transaction.atomic():
        # One after another, so that the day's count holds and a form sent twice finds its own row.
        Cohort.objects.select_for_update().get(pk=cohort.pk)
        sent = Announcement.objects.filter(uuid=uuid, cohort=cohort).first()
        if sent is not None:
            return sent
        now = timezone.now()
        if left_today(cohort, now=now) <= 0:
            raise ValidationError(
                _("This group got %(n)d announcements today, which is the most. Write to it tomorrow.")
                % {"n": MOST_A_DAY},
                code="too_many",
            )
        learners = list(recipients(cohort))
        if not learners:
            raise ValidationError(_("There is nobody in this group to write to."), code="nobody")
        sent = Announcement.objects.create(
            uuid=uuid, cohort=cohort, subject=subject, text=text, by=by, sent_at=now, sent_to=len(learners)
        )
        for enrollment in learners:
            user = enrollment.learner.user
            if user is None:
                continue
            enqueue_mail(
                key=f"announcement:{sent.uuid}:{enrollment.uuid}",
                to=user.email,
                template="study_announcement",
                context={
                    "announcement": sent,
                    "cohort": cohort,
                    "name": user.get_short_name(),
                    "sender": by.get_full_name(),
                    "school_name": cohort.program.school.name,
                },
                user=user,
            )
    return sent


def clean_subject(subject: str) -> str:
    """The subject on one line; refused beside its field."""
    try:
        return one_line(subject, most=MOST_SUBJECT, empty=_("Write what it is about."))
    except ValidationError as error:
        raise in_field("subject", error) from error


def clean_text(text: str) -> str:
    """The text, tidied; refused beside its field."""
    try:
        return plain_words(text, most=MOST_TEXT, empty=_("Write what you want to tell the group."))
    except ValidationError as error:
        raise in_field("text", error) from error


def recipients(cohort: Cohort) -> list[Enrollment]:
    """The running places of a group whose learner can be written to. One query."""
    return list(
        Enrollment.objects.filter(cohort=cohort, state__in=RUNNING, learner__user__is_active=True)
        .select_related("learner__user")
        .order_by("pk")
    )


def left_today(cohort: Cohort, *, now: datetime) -> int:
    """How many more announcements the group may get on the local day of `now`. One query."""
    zone = ZoneInfo(cohort.program.school.zone)
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    sent = Announcement.objects.filter(
        cohort=cohort, sent_at__gte=midnight, sent_at__lt=midnight + timedelta(days=1, hours=2)
    )
    return MOST_A_DAY - sent.count()


def dismiss_announcement(*, announcement: Announcement, enrollment: Enrollment) -> None:
    """Put an announcement away for one learner of its group. Idempotent."""
    if enrollment.cohort_id != announcement.cohort_id:
        raise ValidationError(_("This was not written to your group."), code="no_right")
    AnnouncementDismissal.objects.get_or_create(announcement=announcement, enrollment=enrollment)


def count_announcements_naming(*, texts: list[str]) -> int:
    """In how many announcements one of these texts stands. One query."""
    return Announcement.objects.filter(naming(texts, "subject", "text"), erased_at=None).count()


def forget_announcements_naming(*, texts: list[str]) -> int:
    """Empty every announcement in which one of these texts stands; how many. Idempotent."""
    found = Announcement.objects.filter(naming(texts, "subject", "text"), erased_at=None)
    return found.update(subject="", text="", erased_at=timezone.now())
