"""Writes an instructor's word that a learner has done a lesson."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors import STAFF_ROLES, has_role
from certification.records.models import Milestone
from certification.records.services import record_milestone
from courses.catalog.models import Lesson
from courses.enrollments.models import Enrollment


@transaction.atomic
def mark_lesson(*, enrollment: Enrollment, lesson: Lesson, by: User) -> Milestone:
    """Say that this learner has done what the lesson asks; the record keeps it as the Milestone `mark:<code>`.

    Idempotent: the first word stands. Refuses who is not staff of the school, and a lesson of another program.
    """
    program = lesson.module.program
    if not has_role(by, program.school_id, *STAFF_ROLES):
        raise ValidationError(_("Only staff of the school mark a lesson as done."))
    if enrollment.program_id != program.pk:
        raise ValidationError(_("This lesson belongs to another program."))
    if enrollment.record.sealed_at is not None:
        raise ValidationError(_("This record is closed; nothing is entered on it any more."))
    return record_milestone(
        record=enrollment.record,
        code=f"mark:{lesson.code}",
        title=_("Marked as done: %(lesson)s") % {"lesson": lesson.title},
        detail=by.get_full_name()[:250],
        occurred_at=timezone.now(),
        source_key=f"mark:{lesson.uuid}",
    )
