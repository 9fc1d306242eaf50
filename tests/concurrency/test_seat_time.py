"""Seat time and enrolling under parallel requests: first the race without the guard, then what the rooms make of it."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connections
from django.db.models import F
from django.utils import timezone
from wagtail.models import Locale, Page

from certification.records.models import HourEntry, Posting, TrainingRecord
from courses.catalog.models import Lesson
from courses.enrollments.models import Enrollment, Invitation
from courses.enrollments.services import accept_invitation, enroll, invite
from courses.study import services
from courses.study.models import LessonProgress, StudySession
from notices.models import Message
from tests.enrollments.making import make_program
from tests.study.conftest import publish
from tests.worlds import School

pytestmark = pytest.mark.django_db(transaction=True)
T = TypeVar("T")


def together(*jobs: Callable[[], T]) -> list[T]:
    """Run the jobs at the same moment, each on a connection of its own."""
    gate = threading.Barrier(len(jobs), timeout=30)

    def run(job: Callable[[], T]) -> T:
        try:
            gate.wait()
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result(timeout=120) for future in [pool.submit(run, job) for job in jobs]]


@pytest.fixture
def enrollment(school: School, rule_set) -> Enrollment:
    """Daniela in a program whose lessons are published."""
    # Transactional tests empty the tables that migrations filled.
    locale, _made = Locale.objects.get_or_create(language_code="en")
    if not Page.objects.filter(depth=2).exists():
        root = Page.objects.filter(depth=1).first() or Page.add_root(title="Root", slug="root", locale=locale)
        root.add_child(instance=Page(title="Home", slug="home", locale=locale))
    program = publish(make_program(school.school, rule_set))
    return enroll(user=school.learner_user, program=program, source_key="desk:daniela")


def lesson(code: str = "MFR-1") -> Lesson:
    return Lesson.objects.select_related("module").get(code=code)


def studied(enrollment: Enrollment, minutes: int) -> StudySession:
    """An open visit with so many minutes on its clock."""
    began = timezone.now() - timedelta(minutes=minutes + 1)
    with time_machine.travel(began, tick=False) as clock:
        opened = services.open_session(enrollment=enrollment, lesson=lesson())
        for number in range(1, minutes + 1):
            clock.shift(60)
            services.record_beat(session_uuid=opened.session.uuid, token=opened.token, sequence=number, active=True)
    return opened.session


def test_the_race_is_real_look_first_and_count_later_counts_twice(enrollment: Enrollment) -> None:
    session = studied(enrollment, 2)
    looked = threading.Barrier(2, timeout=30)

    def naive() -> None:
        seen = StudySession.objects.get(pk=session.pk)
        looked.wait()
        if seen.state == "open":
            StudySession.objects.filter(pk=seen.pk).update(
                state="closed", close_reason="closed", closed_at=timezone.now()
            )
            LessonProgress.objects.update(seat_minutes=F("seat_minutes") + 2)

    together(naive, naive)
    assert LessonProgress.objects.get().seat_minutes == 4


def test_twenty_parallel_closes_post_once(enrollment: Enrollment) -> None:
    session = studied(enrollment, 5)
    closed = together(*[lambda: services.close_session(session=session) for _ in range(20)])
    assert Counter(one.posted_minutes for one in closed) == {5: 20}
    assert Posting.objects.count() == 1
    assert sum(HourEntry.objects.values_list("minutes", flat=True)) == 5
    assert LessonProgress.objects.get().seat_minutes == 5


def test_closing_finishing_sweeping_and_signing_out_at_once_post_once(enrollment: Enrollment, school: School) -> None:
    session = studied(enrollment, 6)
    later = timezone.now() + timedelta(hours=1)
    together(
        lambda: services.close_session(session=session),
        lambda: services.complete_lesson(enrollment=enrollment, lesson=lesson()),
        lambda: services.sweep_stale(now=later),
        lambda: services.close_all_of(user=school.learner_user, reason="logout"),
    )
    assert sum(HourEntry.objects.values_list("minutes", flat=True)) == 6
    assert LessonProgress.objects.get().state == "finished"


def test_parallel_opens_leave_one_open_visit(enrollment: Enrollment) -> None:
    codes = ["MFR-1", "MFR-2"] * 4
    together(*[lambda code=code: services.open_session(enrollment=enrollment, lesson=lesson(code)) for code in codes])
    assert StudySession.objects.filter(state="open").count() == 1
    assert StudySession.objects.filter(close_reason="superseded").count() == len(codes) - 1


def test_four_windows_beating_as_fast_as_they_can_earn_the_wall_clock(enrollment: Enrollment) -> None:
    began = time.monotonic()
    until = began + 1.5

    def hammer(code: str) -> int:
        opened = services.open_session(enrollment=enrollment, lesson=lesson(code))
        number = 0
        while time.monotonic() < until:
            number += 1
            answer = services.record_beat(
                session_uuid=opened.session.uuid, token=opened.token, sequence=number, active=True
            )
            if answer.state == "superseded" and number % 20 == 0:
                opened, number = services.open_session(enrollment=enrollment, lesson=lesson(code)), 0
        return number

    together(*[lambda code=code: hammer(code) for code in ("MFR-1", "MFR-2", "MFR-1", "MFR-2")])
    wall = (time.monotonic() - began) * 1000
    credited = sum(StudySession.objects.values_list("credited_ms", flat=True))
    assert 0 < credited <= 1.02 * wall


def test_parallel_enrolling_makes_one_place(enrollment: Enrollment, school: School) -> None:
    user, program = school.other_learner_user, enrollment.program
    mails = Message.objects.count()
    same = together(*[lambda: enroll(user=user, program=program, source_key="order:1") for _ in range(8)])
    assert len({one.pk for one in same}) == 1
    other = together(*[lambda n=n: enroll(user=user, program=program, source_key=f"order:{n}") for n in range(2, 8)])
    assert {one.pk for one in other} == {same[0].pk}
    assert Enrollment.objects.filter(learner__user=user).count() == 1
    assert TrainingRecord.objects.filter(learner__user=user).count() == 1
    assert Message.objects.count() == mails + 1


def test_an_invitation_is_spent_once_however_often_it_is_sent(enrollment: Enrollment, school: School) -> None:
    user = school.other_learner_user
    _invitation, token = invite(program=enrollment.program, email=user.email, by=school.registrar)
    places = together(*[lambda: accept_invitation(token=token, user=user) for _ in range(6)])
    assert len({one.pk for one in places}) == 1
    assert Invitation.objects.get().accepted_by == user


def test_parallel_invitations_to_one_address_are_one(enrollment: Enrollment, school: School) -> None:
    def ask() -> str:
        try:
            invite(program=enrollment.program, email="New@example.org", by=school.registrar)
        except ValidationError:
            return "refused"
        return "sent"

    assert Counter(together(ask, ask, ask, ask)) == {"sent": 1, "refused": 3}
    assert Message.objects.filter(to="new@example.org").count() == 1
