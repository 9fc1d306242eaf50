"""The program that these tests enroll in."""

from certification.requirements.models import RuleSet
from courses.catalog.models import Program
from tests.enrollments.making import make_program
from tests.layers import layer
from tests.worlds import School


@layer
def program(school: School, rule_set: RuleSet) -> Program:
    """Riverbend's small program."""
    return make_program(school.school, rule_set)
