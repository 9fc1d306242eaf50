"""A classroom: a program with published lessons, a learner in it, and a clock that the test moves."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from wagtail.models import Page
from wagtail.rich_text import RichText

from certification.records.models import HourEntry
from certification.requirements.models import RuleSet
from courses.catalog.models import Lesson, LessonPage, Program, ProgramPage
from courses.catalog.services import add_page, ensure_program_index
from courses.enrollments.models import Enrollment
from courses.enrollments.services import enroll
from tests.enrollments.making import make_program
from tests.layers import layer
from tests.worlds import School

MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # 10 in the morning in New York


@layer(at=MONDAY)
def place(school: School, rule_set: RuleSet) -> int:
    """The learner's enrollment in the program with its published pages; its key."""
    program = publish(make_program(school.school, rule_set))
    return enroll(user=school.learner_user, program=program, source_key="desk:daniela").pk


def publish(program: Program) -> Program:
    """Give the lessons of the first module their words; the other stays in preparation."""
    home = Page.objects.get(depth=2)
    page = add_page(
        parent=ensure_program_index(parent=home, title="Programs"),
        page=ProgramPage(title=program.title, slug=program.code.lower(), program=program),
    )
    for lesson in Lesson.objects.filter(module__program=program, module__code="MFR"):
        words = LessonPage(title=lesson.title, slug=lesson.code.lower(), lesson=lesson)
        words.body = [("prose", RichText(f"<h2>On</h2><p>{lesson.title}.</p>"))]
        add_page(parent=page, page=words)
    return program


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The server's clock, standing still until the test moves it."""
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@dataclass
class Visit:
    """One window in which a lesson is open, as the API sees it."""

    client: Client
    opened: dict[str, Any]
    sequence: int = 0
    heard: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Its address in the API."""
        return f"/api/v1/sessions/{self.opened['session']}"

    def beat(
        self, *, active: bool = True, sequence: int | None = None, status: int = 200, **more: Any
    ) -> dict[str, Any]:
        """Send one report; the next number unless one is given. Carries no cookie: the token says who."""
        if sequence is None:
            self.sequence += 1
            sequence = self.sequence
        body = {"token": self.opened["token"], "sequence": sequence, "active": active, **more}
        answer = Client(enforce_csrf_checks=True).post(f"{self.url}/beats", body, content_type="application/json")
        assert answer.status_code == status, answer.content
        self.heard = answer.json()
        return self.heard

    def close(self) -> dict[str, Any]:
        """Say goodbye, as the logged-in learner."""
        answer = self.client.post(f"{self.url}/close", content_type="application/json")
        assert answer.status_code == 200, answer.content
        return answer.json()

    def renew(self, status: int = 200) -> dict[str, Any]:
        """Ask for a new token and use it from now on."""
        answer = self.client.post(f"{self.url}/renew", content_type="application/json")
        assert answer.status_code == status, answer.content
        if status == 200:
            self.opened |= answer.json()
        return answer.json()


@dataclass
class Classroom:
    """The learner's side of a program."""

    school: School
    program: Program
    enrollment: Enrollment
    client: Client
    clock: time_machine.Traveller

    def lesson(self, code: str = "MFR-1") -> Lesson:
        """One lesson of the program."""
        return Lesson.objects.select_related("module").get(code=code, module__program=self.program)

    def open(self, code: str = "MFR-1", status: int = 201, client: Client | None = None) -> Visit:
        """Open a lesson's clock."""
        browser = client or self.client
        answer = browser.post(f"/api/v1/lessons/{self.lesson(code).uuid}/sessions", content_type="application/json")
        assert answer.status_code == status, answer.content
        return Visit(browser, answer.json())

    def wait(self, seconds: float) -> None:
        """Move the server's clock on."""
        self.clock.shift(timedelta(seconds=seconds))

    def study(self, visit: Visit, seconds: float, every: float = 30) -> dict[str, Any]:
        """Beat as the page does, for so long."""
        heard: dict[str, Any] = {}
        while seconds > 0:
            step = min(every, seconds)
            self.wait(step)
            if datetime.fromisoformat(visit.opened["token_expires"]) - datetime.now(UTC) < timedelta(minutes=3):
                visit.renew()
            heard = visit.beat()
            seconds -= step
        return heard

    def entries(self) -> list[HourEntry]:
        """What stands in the ledger."""
        return list(HourEntry.objects.filter(record=self.enrollment.record).order_by("position"))

    def posted(self) -> int:
        """Minutes in the ledger."""
        return sum(entry.minutes for entry in self.entries())


@pytest.fixture
def classroom(school: School, place: int, clock: time_machine.Traveller) -> Classroom:
    """Daniela in the small program, on a Monday morning."""
    enrollment = Enrollment.objects.select_related("program", "record", "learner").get(pk=place)
    return Classroom(school, enrollment.program, enrollment, school.client(school.learner_user), clock)
