"""A school's programs for the import of historic hours: the ledger asks, enrollment answers."""

from datetime import date

from accounts.models import Organisation, User
from certification.records.models import TrainingRecord
from certification.requirements.models import RuleSet
from courses.catalog.models import Program
from courses.enrollments.models import Enrollment
from courses.enrollments.selectors import RUNNING
from courses.enrollments.services import enroll


class SchoolPlaces:
    """The newest version of each program of one school, by its code (records.services.Places)."""

    def __init__(self, school: Organisation) -> None:
        rows = Program.objects.filter(school=school).select_related("school", "rule_set").order_by("version")
        self._programs = {program.code: program for program in rows}
        self._school = school

    def rule_set_of(self, program: str) -> RuleSet | None:
        """The rules of the program of this code. No query after the first."""
        found = self._programs.get(program)
        return found.rule_set if found else None

    def record_in(self, user: User, program: str) -> TrainingRecord | None:
        """The record of her place in any version of the program, running before ended. One query."""
        rows = Enrollment.objects.filter(learner__user=user, program__school=self._school, program__code=program)
        found = sorted(
            rows.select_related("record__school", "record__rule_set", "record__learner"),
            key=lambda one: (one.state not in RUNNING, -one.pk),
        )
        return found[0].record if found else None

    def enroll(self, user: User, program: str, *, enrolled_on: date, source_key: str) -> TrainingRecord:
        """Give her a place in the newest version; she gets the mail that everybody gets."""
        place = enroll(user=user, program=self._programs[program], source_key=source_key, enrolled_on=enrolled_on)
        return place.record
