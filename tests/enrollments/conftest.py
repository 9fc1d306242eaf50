"""The program that these tests enroll in."""

import pytest

from certification.requirements.models import RuleSet
from courses.catalog.models import Program
from tests.enrollments.making import make_program
from tests.worlds import School


@pytest.fixture
def program(school: School, rule_set: RuleSet) -> Program:
    """Riverbend's small program."""
    return make_program(school.school, rule_set)
