"""Tells people what is due: examiners on the day of an examination, learners and the school of plans that are overdue."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import Organisation, User
from notices.selectors import mails_made
from notices.services import enqueue_mail

from ..models import PracticalSheet, Remediation
from ..selectors import name_of_learner, staff_to_ask
from ..selectors.practical import practicals

LATE = timedelta(days=30)
"""For so long after its day a thing is still told, where nothing ran before."""


def tell_of_dues(*, now: datetime) -> int:
    """Mail what is due to whom it concerns; how many mails. Each once, whoever runs it how often.

    An examiner hears on the day of the examination (named on that day: on the next) that her sheet is not in. A learner
    and those who place her school's learners hear on the day after a plan's last one that it is not done; a plan that
    was moved is told of anew.
    """
    return _tell_examiners(now) + _tell_of_plans(now)


def tell_examiners_named(practical_pk: int) -> None:
    """Mail both examiners of an examination what they are to do, and when; in the transaction that named them."""
    practical = practicals().get(pk=practical_pk)
    for sheet in practical.sheets.all():
        _to_examiner("named", sheet)


def tell_examiners_off(practical_pk: int) -> None:
    """Mail both examiners that an examination was called off."""
    for sheet in practicals().get(pk=practical_pk).sheets.all():
        _to_examiner("off", sheet)


def _to_examiner(what: str, sheet: PracticalSheet) -> None:
    practical = sheet.practical
    enqueue_mail(
        key=f"practical-{what}:{sheet.uuid}",
        to=sheet.examiner.email,
        user=sheet.examiner,
        template=f"externships_practical_{what}",
        context={
            "person": sheet.examiner,
            "practical": practical,
            "learner": name_of_learner(practical.record),
            "school": practical.record.school.name,
        },
    )


def _today(record_zone: str, now: datetime) -> date:
    return now.astimezone(ZoneInfo(record_zone)).date()


@transaction.atomic
def _tell_examiners(now: datetime) -> int:
    # A day more at each side: the day is that of the school's clock.
    open_sheets = PracticalSheet.objects.filter(
        handed_in_at=None,
        practical__cancelled_at=None,
        practical__result=None,
        practical__record__sealed_at=None,
        practical__on_day__range=((now - LATE).date(), (now + timedelta(days=1)).date()),
    ).select_related("examiner", "practical__kind", "practical__record__school", "practical__record__learner__user")
    due = [sheet for sheet in open_sheets.order_by("pk") if _due_from(sheet) <= _today(_zone(sheet), now)]
    told = mails_made(f"practical-due:{sheet.uuid}" for sheet in due)
    fresh = [sheet for sheet in due if f"practical-due:{sheet.uuid}" not in told]
    for sheet in fresh:
        _to_examiner("due", sheet)
    return len(fresh)


def _due_from(sheet: PracticalSheet) -> date:
    """The day of the examination; the next one where she was named on that day, and heard of it then."""
    practical = sheet.practical
    return max(practical.on_day, _today(_zone(sheet), practical.planned_at) + timedelta(days=1))


def _zone(sheet: PracticalSheet) -> str:
    return sheet.practical.record.zone


@transaction.atomic
def _tell_of_plans(now: datetime) -> int:
    rows = Remediation.objects.filter(
        state=Remediation.State.PLANNED,
        failed__record__sealed_at=None,
        due_on__range=((now - LATE).date(), (now + timedelta(days=1)).date()),
    ).select_related("instructor", "failed__version", "failed__record__school", "failed__record__learner__user")
    due = [plan for plan in rows.order_by("pk") if plan.due_on < _today(plan.failed.record.zone, now)]
    staff = _staff_of({plan.failed.record.school for plan in due})
    wanted: list[tuple[str, User, Remediation, bool]] = []
    for plan in due:
        record = plan.failed.record
        learner = record.learner.user
        people = [(learner, True)] if learner is not None else []
        people += [(person, False) for person in staff[record.school_id] if person != learner]
        for person, own in people:
            key = f"plan-overdue:{plan.uuid}:{plan.due_on.isoformat()}:{person.uuid}"
            wanted.append((key, person, plan, own))
    told = mails_made(key for key, *_rest in wanted)
    fresh = [one for one in wanted if one[0] not in told]
    for key, person, plan, own in fresh:
        enqueue_mail(
            key=key,
            to=person.email,
            user=person,
            template="externships_plan_overdue",
            context={
                "person": person,
                "plan": plan,
                "own": own,
                "title": plan.failed.version.title,
                "learner": name_of_learner(plan.failed.record),
                "record": plan.failed.record,
                "school": plan.failed.record.school.name,
            },
        )
    return len(fresh)


def _staff_of(schools: Iterable[Organisation]) -> dict[int, list[User]]:
    return {school.pk: staff_to_ask(school) for school in schools}
