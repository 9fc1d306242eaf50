"""Plans the end of a school, and ends it where its last day is over."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Organisation, SchoolClosing, User
from accounts.selectors import has_role
from accounts.services import plan_last_day
from certification.records.selectors import closing_of
from certification.records.services import close_school, require_open

from ..selectors import KEEPING_ROLES, last_hours_at, last_issued_at


def check_closing(*, school: Organisation, last_day: date, by: User) -> None:
    """Refuse (ValidationError) what `plan_closing` refuses, and write nothing. Three queries."""
    _require_head(by, school)
    require_open(school)
    if school.opened_on and last_day < school.opened_on:
        words = _("It opened on %(day)s, so it cannot have closed before. Choose a later day.")
        raise ValidationError({"last_day": words % {"day": date_format(school.opened_on, "j F Y")}})
    issued, hours = last_issued_at(school), last_hours_at(school)
    if issued and last_day < issued:
        words = _("It issued a certificate on %(day)s, so it was open then. Choose that day or a later one.")
        raise ValidationError({"last_day": words % {"day": date_format(issued, "j F Y")}})
    if hours and last_day < hours:
        words = _("Its records hold hours of %(day)s, so it was open then. Choose that day or a later one.")
        raise ValidationError({"last_day": words % {"day": date_format(hours, "j F Y")}})


@transaction.atomic
def plan_closing(
    *, school: Organisation, last_day: date, custodian: str, contact: str, by: User, now: datetime
) -> SchoolClosing | None:
    """Write down a school's last day and who keeps its records; close it at once where that day is over.

    The row of the closing, or None while the day is still to come: the tick closes the school when it is over. Atomic;
    idempotent by content; until it has closed another day may take its place (`call_off_closing` takes it away); each plan
    is kept. Waits for who is issuing, and who issues after waits for it. Refuses (ValidationError) who does not
    administer the school, one that has closed, a custodian or contact that is empty, and a last day before the school
    opened, or before a day of which its records hold hours or a certificate.
    """
    school = Organisation.objects.select_for_update(no_key=True).get(pk=school.pk)
    check_closing(school=school, last_day=last_day, by=by)
    custodian, contact = custodian.strip(), contact.strip()
    for field, text in (("custodian", custodian), ("contact", contact)):
        if not text:
            raise ValidationError({field: _("Graduates look for this on the page of each certificate.")})
    school = plan_last_day(school=school, last_day=last_day, custodian=custodian, contact=contact, by=by)
    if last_day < now.astimezone(ZoneInfo(school.zone)).date():
        return close_school(school=school, now=now, by=by, custodian=custodian, contact=contact)
    return None


@transaction.atomic
def call_off_closing(*, school: Organisation, by: User) -> Organisation:
    """Take a planned last day away before the school has closed; who would keep the records stays. Atomic; idempotent.

    Refuses who does not administer the school, and one that has closed.
    """
    school = Organisation.objects.select_for_update(no_key=True).get(pk=school.pk)
    _require_head(by, school)
    require_open(school)
    return plan_last_day(school=school, last_day=None, by=by)


def _require_head(by: User, school: Organisation) -> None:
    # A school that has closed says so itself: its administrators have no roles any more.
    if not by.is_active or (closing_of(school) is None and not has_role(by, school, *KEEPING_ROLES)):
        raise ValidationError(
            _("Only an administrator of %(school)s closes it.") % {"school": school.name}, code="no_right"
        )
