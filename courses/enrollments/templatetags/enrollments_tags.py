"""The next groups: a lower room's page shows them by loading this tag."""

from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone

from courses.catalog.models import Program
from courses.enrollments.models import Cohort
from courses.enrollments.selectors import next_groups

register = template.Library()


@register.simple_tag
def groups_of(program: Program) -> list[Cohort]:
    """The groups of a program that are open to the public and begin today or later at its school. One query."""
    return next_groups(program, on=timezone.localdate(timezone=ZoneInfo(program.school.zone)))
