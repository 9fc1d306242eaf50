"""What is due is told: examiners when they are named and on the day, learner and school of a plan that is overdue."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from certification.externships.models import Practical, Remediation
from certification.externships.services import (
    cancel_practical,
    finish_remediation,
    plan_remediation,
    tell_of_dues,
)
from certification.records.models import TrainingRecord
from cms.jobs import run_due
from notices.models import Message

from .conftest import NOW, Clinic
from .test_competencies import library, plan, say, second_instructor
from .test_practical import make, mark

__all__ = ["library"]
pytestmark = pytest.mark.django_db
EXAM = date(2026, 11, 25)


@pytest.fixture
def second(library: Clinic) -> User:
    """A second instructor."""
    return second_instructor(library)


def told(days: float = 0) -> int:
    now = NOW + timedelta(days=days)
    with time_machine.travel(now, tick=False):
        return tell_of_dues(now=now)


def mails(start: str, to: str | None = None) -> list[Message]:
    found = Message.objects.filter(key__startswith=start)
    return list((found.filter(to=to) if to else found).order_by("pk"))


# ---- examiners -------------------------------------------------------------------------------------------------------


def test_examiners_are_told_when_they_are_named(library: Clinic, second: User) -> None:
    practical = make(library, second, on_day=EXAM)
    first, other = mails("practical-named:")
    assert {first.to, other.to} == {library.school.instructor.email, second.email}
    assert first.subject == "You examine on 25 November 2026: Final examination"
    for words in ("Daniela Reyes", "Wednesday 25 November 2026, Lab 2", "is due on that day", f"/{practical.uuid}/"):
        assert words in first.body


def test_on_the_day_they_hear_that_the_sheet_is_due_once_and_only_who_owes_it(library: Clinic, second: User) -> None:
    practical = make(library, second, on_day=EXAM)
    assert told(4) == 0
    with time_machine.travel(NOW + timedelta(days=5), tick=False):
        mark(practical, 1, 3, 3, 1)
    assert told(5) == 1
    (due,) = mails("practical-due:")
    assert due.to == practical.sheets.get(seat=2).examiner.email
    assert due.subject == "Your sheet is due: Final examination, Daniela Reyes"
    assert "not handed in yet" in due.body
    assert told(5) == told(6) == 0
    assert "sheets and plans that are due" in run_due(force=True)


def test_who_is_named_on_the_day_hears_of_it_once(library: Clinic, second: User) -> None:
    make(library, second)
    assert told() == 0
    assert told(1) == 2


def test_the_day_is_that_of_the_school(library: Clinic, second: User) -> None:
    make(library, second, on_day=EXAM)
    still_the_day_before = datetime(2026, 11, 25, 4, 30, tzinfo=UTC)
    assert tell_of_dues(now=still_the_day_before) == 0
    assert tell_of_dues(now=still_the_day_before + timedelta(hours=1)) == 2


def test_an_examination_called_off_is_told_and_nothing_is_due(library: Clinic, second: User) -> None:
    practical = make(library, second, on_day=EXAM)
    for _again in range(2):
        cancel_practical(practical=practical, by=library.school.coordinator)
    assert len(mails("practical-off:")) == 2
    assert told(5) == 0
    assert Practical.objects.get().cancelled_at


def test_nobody_hears_of_what_is_long_over_or_sealed(library: Clinic, second: User) -> None:
    make(library, second, on_day=EXAM)
    assert told(40) == 0
    TrainingRecord.objects.filter(pk=library.record.pk).update(sealed_at=timezone.now())
    assert told(5) == 0


# ---- plans -----------------------------------------------------------------------------------------------------------


def overdue(clinic: Clinic) -> Remediation:
    """Due on the first of December, eleven days from now."""
    return plan(clinic, say(clinic, "SOAP", "1"), done=False)


def test_a_plan_that_is_overdue_is_told_to_her_and_the_school_once(library: Clinic) -> None:
    made, school = overdue(library), library.school
    assert told(11) == 0, "its last day is still hers"
    assert told(12) == 2
    (hers,) = mails("plan-overdue:", school.learner_user.email)
    (theirs,) = mails("plan-overdue:", school.coordinator.email)
    assert (
        "your practice for “SOAP note” was planned until 1 December 2026: 90 minutes with Ines Instructor" in hers.body
    )
    assert "/competencies/" in hers.body
    assert "the practice of Daniela Reyes for “SOAP note”" in theirs.body
    assert f"/desk/checkoffs/failed/{made.failed.uuid}/" in theirs.body
    assert told(12) == told(13) == 0
    assert not mails("plan-overdue:", school.registrar.email), "coordinators answer for it"


def test_a_plan_that_is_done_is_not_told_and_one_that_was_moved_is_told_anew(library: Clinic) -> None:
    made = overdue(library)
    assert told(12) == 2
    with time_machine.travel(NOW + timedelta(days=12), tick=False):
        plan_remediation(
            failed=made.failed, minutes=90, instructor=made.instructor, due_on=date(2026, 12, 10), words="",
            by=library.school.registrar,
        )  # fmt: skip
    assert told(13) == 0
    assert told(21) == 2
    finish_remediation(plan=made, by=library.school.registrar)
    assert told(22) == 0


def test_looking_costs_the_same_for_many(library: Clinic, django_assert_max_num_queries: Any) -> None:
    for code in ("SOAP", "PLAN", "INTAKE"):
        plan(library, say(library, code, "1"), done=False)
    assert told(12) == 6
    with django_assert_max_num_queries(8):
        assert told(12) == 0
