"""Reads the tests that a record has passed, by the score that counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from certification.quizzes.models import QuizAssignment
from certification.records.models import Milestone, TrainingRecord

CODE = "quiz:"
BY = "quiz-assignment:"


@dataclass(frozen=True, slots=True)
class PassedTest:
    """A test that a record passed: what it is called, when, and by which rule the score counts.

    `rule` (best, last, average) is empty and `pass_percent` None where the test was not taken here.
    """

    code: str
    title: str
    on: datetime
    rule: str = ""
    pass_percent: int | None = None
    proctored: bool = False


def passed_tests(record: TrainingRecord, milestones: Iterable[Milestone] | None = None) -> list[PassedTest]:
    """The tests that a record passed, each once, earliest first. Two queries and one a test taken here."""
    if milestones is None:
        milestones = Milestone.objects.filter(record=record).order_by("occurred_at", "pk")
    first: dict[str, Milestone] = {}
    for one in milestones:
        if one.code.startswith(CODE):
            first.setdefault(one.code, one)
    return [_told(one) for one in first.values()]


def _told(milestone: Milestone) -> PassedTest:
    bare = PassedTest(milestone.code, milestone.title, milestone.occurred_at)
    _before, by, rest = milestone.source_key.partition(BY)
    if not by:
        return bare
    assignment = QuizAssignment.objects.filter(uuid=UUID(rest.partition("/")[0]), record=milestone.record_id).first()
    attempt = assignment and assignment.attempts.filter(submitted_at=milestone.occurred_at).first()
    if not attempt:
        return bare
    return PassedTest(
        milestone.code,
        milestone.title,
        milestone.occurred_at,
        rule=str(attempt.rules.score_kept.value),
        pass_percent=attempt.pass_percent,
        proctored=bool(attempt.rules.proctored),
    )
