"""Closes a school: its records are sealed, and from then on read and sent by a custodian, and written by nobody."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Organisation, SchoolClosing, User
from accounts.services import hold_school, shut_school

from ..models import SealReason, TrainingRecord
from ..selectors import closing_of


def require_open(school: Organisation) -> None:
    """Refuse (ValidationError, code `school_closed`) whatever would write into a school that has closed. One query.

    Every service that makes something of a school's asks this first, for the words; what forgets to is refused by the
    database (`certification.guards.Shut`).
    """
    _refuse(school, closing_of(school))


def _refuse(school: Organisation, closing: SchoolClosing | None) -> None:
    if closing is None:
        return
    words = _("%(school)s closed on %(day)s. What stands in its records can be read and sent; nothing new is written.")
    raise ValidationError(
        words % {"school": school.name, "day": date_format(closing.closed_on, "j F Y")}, code="school_closed"
    )


def hold_open(school: Organisation) -> Organisation:
    """`require_open`, and the school is not closed until the transaction ends; the school, read anew. For a transaction.

    Before anything of a learner is locked: closing holds the school first and its learners after. Two queries at most.
    """
    held = hold_school(school=school)
    _refuse(held, getattr(held, "closing", None))
    return held


@transaction.atomic
def close_school(
    *, school: Organisation, now: datetime, by: User | None = None, custodian: str = "", contact: str = ""
) -> SchoolClosing:
    """Close a school whose last day is over: every open record of its is sealed, and nothing new is written into it.

    Staff lose their roles there, but for a custodian's. `custodian` and `contact` stand on the public page of each
    certificate; empty leaves what was written before. Atomic; idempotent; cannot be taken back. Refuses what is no
    school, and one whose last day is not known or not over.
    """
    today = now.astimezone(ZoneInfo(school.zone)).date()
    # Before the learners, as `hold_open` does: who is issuing ends first.
    Organisation.objects.select_for_update(no_key=True).get(pk=school.pk)
    records = TrainingRecord.objects.filter(school=school, sealed_at=None)
    # As `post_hours` locks them: no line comes between.
    list(records.select_for_update(no_key=True).order_by("learner", "pk").values_list("pk", "learner__uuid"))
    closing = shut_school(school=school, today=today, by=by, custodian=custodian, contact=contact)
    records.update(sealed_at=now, sealed_by=by, seal_reason=SealReason.CLOSED)
    return closing


def close_due_schools(*, now: datetime) -> int:
    """Close the schools whose last day is over, each by its own zone; how many. Idempotent, for the due jobs."""
    due = Organisation.objects.filter(kind=Organisation.Kind.SCHOOL, closed_on__lte=now.date(), closing=None)
    closed = 0
    for school in due.order_by("pk"):
        if school.closed_on is not None and school.closed_on < now.astimezone(ZoneInfo(school.zone)).date():
            close_school(school=school, now=now)
            closed += 1
    return closed
