"""Owns how study's facts stand in templates of the rooms below; decides nothing."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.template import Context
from django.utils import timezone

from accounts.selectors import has_role
from courses.catalog.models import Lesson, LessonPage, Program
from courses.catalog.rules import Standing, waits
from courses.enrollments.models import Cohort
from courses.enrollments.selectors import INVITING_ROLES

from ..models import LessonProgress
from ..selectors import names_in, wait_words
from ..words import seconds_in_words

register = template.Library()


@dataclass(frozen=True, slots=True)
class Studied:
    """How many learners have opened a lesson, how many of them are in it, and how many have finished it."""

    opened: int
    finished: int

    @property
    def inside(self) -> int:
        """Opened and not finished."""
        return self.opened - self.finished


@register.filter
def in_seconds(seconds: int) -> str:
    """Seconds in words: 150 becomes “2 min 30 s”."""
    return seconds_in_words(seconds)


@register.filter
def thousandths(milliseconds: int) -> int:
    """Milliseconds as whole seconds."""
    return milliseconds // 1000


@register.simple_tag
def studied(lesson: Lesson) -> Studied:
    """Who has studied a lesson. 2 queries."""
    rows = LessonProgress.objects.filter(lesson=lesson)
    return Studied(rows.count(), rows.filter(state=LessonProgress.State.FINISHED).count())


@register.simple_tag(takes_context=True)
def plans_groups(context: Context, cohort: Cohort) -> bool:
    """Whether this person plans the groups of the cohort's school. No query besides that of her roles."""
    return has_role(context["request"].user, cohort.program.school_id, *INVITING_ROLES)


@register.simple_tag
def planned_waits(page: LessonPage, program: Program | None) -> list[Any]:
    """What a draft's plan would keep a learner waiting for who begins today and has done nothing."""
    if program is None:
        return []
    release = page.planned_release
    today = timezone.localdate()
    modules = {gate.code: ("",) for gate in release.gates if gate.kind == "module"}
    return wait_words(waits(release, Standing(today=today, started_on=today, lessons=modules)), names_in(program))
