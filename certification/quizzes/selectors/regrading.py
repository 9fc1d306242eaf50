"""Reads what a regrade would change, before anybody decides it, and what regrades have changed since."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from hashlib import blake2s
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Sum

from accounts.models import User

from .. import rules
from ..grading import Change, How, Sitting, regraded
from ..models import Attempt, AwardChange, Question, QuestionVersion, Quiz, Regrade, Response, ScoreChange
from ..types import BadAnswerError
from .taking import is_void, kept_of, share_of


@dataclass(frozen=True, slots=True)
class Planned:
    """What a regrade would make of one attempt. `response` is the answer that is graded again."""

    change: Change
    response: Response

    @property
    def attempt(self) -> Attempt:
        """The attempt, with its assignment and record."""
        return self.response.attempt

    @property
    def old_percent(self) -> str:
        """The score that stands, in percent."""
        return rules.cut(self.change.old_score * 100)

    @property
    def new_percent(self) -> str:
        """The score that would stand."""
        return rules.cut(self.change.new_score * 100)


@dataclass(frozen=True, slots=True)
class RegradePlan:
    """What a regrade would change. Counts are of attempts, but for `gained` and `lost`, which are of learners."""

    how: How
    by_version: QuestionVersion | None
    changes: tuple[Planned, ...]
    same: int
    unfit: int
    """Answers that the corrected version cannot read: they keep their points."""
    ended: int
    """Attempts of records that have ended, or that were void: they stay as they are."""
    waiting: int
    """Attempts that are open or wait for a mark: they keep the version that they asked."""
    gained: tuple[int, ...]
    """Assignments by primary key that would pass and did not."""
    lost: tuple[int, ...]
    """Assignments that would not pass any more: the milestone is withdrawn."""
    stamp: str
    """Tells this plan from one that was made when something else stood."""

    def touches(self, user: User) -> bool:
        """Whether an attempt of this person's own would change. No query."""
        return any(each.attempt.assignment.record.learner.user_id == user.pk for each in self.changes)


def asked_in(quiz: Quiz, question: Question) -> QuerySet[Response]:
    """The answers to any version of a question in a quiz, open attempts included. No query yet."""
    return Response.objects.filter(attempt__assignment__quiz=quiz, question_version__question=question)


def versions_to_grade_by(question: Question) -> list[QuestionVersion]:
    """The versions of a question by whose key a program can grade, the newest first. One query."""
    rows = question.versions.order_by("-number").select_related("written_by", "question")
    return [version for version in rows if version.kind != "essay"]


def regrade_plan(*, quiz: Quiz, question: Question, how: How, by_version: QuestionVersion | None) -> RegradePlan:
    """What grading a question's answers in a quiz again would change; nothing is written. Three queries."""
    possible = Response.objects.filter(attempt=OuterRef("attempt")).order_by().values("attempt")
    rows = (
        asked_in(quiz, question)
        .filter(attempt__state=Attempt.State.SUBMITTED)
        .select_related("question_version", "attempt__assignment__record__learner")
        .annotate(possible=Subquery(possible.annotate(all=Sum("points")).values("all"), output_field=IntegerField()))
        .order_by("attempt__assignment", "attempt__number")
    )
    responses = list(rows)
    graded = [row for row in responses if row.attempt.assignment.record.sealed_at is None and not is_void(row.attempt)]
    sittings = [_sitting(row, by_version if how is not How.FULL else None) for row in graded]
    changes = regraded(sittings, how)
    by_response = {row.pk: row for row in graded}
    gained, lost = _verdicts(changes, by_response)
    waiting = asked_in(quiz, question).exclude(attempt__state=Attempt.State.SUBMITTED).count()
    return RegradePlan(
        how=how,
        by_version=by_version,
        changes=tuple(Planned(change, by_response[change.answer]) for change in changes),
        same=len(graded) - len(changes),
        unfit=sum(how is not How.FULL and sitting.by_key is None for sitting in sittings),
        ended=len(responses) - len(graded),
        waiting=waiting,
        gained=gained,
        lost=lost,
        stamp=_stamp(changes),
    )


def _sitting(row: Response, by_version: QuestionVersion | None) -> Sitting:
    score = share_of(row.attempt)
    assert score is not None  # only marked attempts are read
    assert row.attempt.passed is not None
    return Sitting(
        attempt=row.attempt_id,
        answer=row.pk,
        points=row.points,
        earned=Fraction(row.awarded_numerator or 0, row.awarded_denominator or 1),
        by_key=_share_by(by_version, row) if by_version is not None else None,
        possible=row.possible,  # type: ignore[attr-defined]
        score=score,
        passed=row.attempt.passed,
        pass_percent=row.attempt.pass_percent,
    )


def _share_by(version: QuestionVersion, row: Response) -> Fraction | None:
    """What the answer earns by this version; None where it cannot be read by it."""
    if row.question_version.kind != version.kind:
        return None
    try:
        answer = version.type.read(row.answer, version.parsed)
    except BadAnswerError:
        return None
    return version.type.share(answer, version.parsed)


def _verdicts(changes: Sequence[Change], rows: Mapping[int, Response]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Whose assignment would pass and did not, and the other way round, by the score that counts. One query."""
    after = {change.attempt: change.new_score for change in changes}
    assignments = {rows[change.answer].attempt.assignment_id for change in changes}
    marked: dict[int, list[Attempt]] = {}
    for attempt in Attempt.objects.filter(assignment__in=assignments, state=Attempt.State.SUBMITTED).order_by("number"):
        marked.setdefault(attempt.assignment_id, []).append(attempt)
    verdicts = {key: (_passes(kept_of(of)), _passes(kept_of(of, instead=after))) for key, of in marked.items()}
    return (
        tuple(sorted(key for key, verdict in verdicts.items() if verdict == (False, True))),
        tuple(sorted(key for key, verdict in verdicts.items() if verdict == (True, False))),
    )


def _passes(kept: rules.Kept | None) -> bool:
    return kept is not None and kept.passed


def _stamp(changes: Sequence[Change]) -> str:
    said = [
        [change.answer, str(change.old_earned), str(change.new_earned), str(change.old_score)] for change in changes
    ]
    return blake2s(json.dumps(said).encode(), digest_size=8).hexdigest()


# ---- what was changed ----


@dataclass(frozen=True, slots=True)
class Regraded:
    """One regrade, or one correction of a mark, as the learner and the staff of an attempt read it.

    `percent` is the score before it.
    """

    percent: str
    passed: bool
    at: datetime
    reason: str
    position: int
    earned: Fraction
    """The points of the answer before."""
    by_mark: bool = False
    """It was the mark that was corrected."""


def regrades_of(attempt: Attempt) -> list[Regraded]:
    """How an attempt's score has changed, oldest first. Two queries; one where nothing has."""
    rows = ScoreChange.objects.filter(attempt=attempt).select_related("regrade", "correction").order_by("pk")
    changes = list(rows)
    if not changes:
        return []
    awards = AwardChange.objects.filter(response__attempt=attempt).select_related("response")
    by_cause = {(award.regrade_id, award.correction_id): award for award in awards}
    return [_regraded(change, by_cause[change.regrade_id, change.correction_id]) for change in changes]


def _regraded(change: ScoreChange, award: AwardChange) -> Regraded:
    decision = change.regrade or change.correction
    assert decision is not None  # the database keeps one of the two
    return Regraded(
        percent=rules.cut(Fraction(change.old_numerator, change.old_denominator) * 100),
        passed=change.old_passed,
        at=decision.decided_at,
        reason=decision.reason,
        position=award.response.position,
        earned=Fraction(award.old_numerator, award.old_denominator),
        by_mark=change.correction_id is not None,
    )


def regrades_of_question(quiz: Quiz, question: Question) -> QuerySet[Regrade]:
    """What was decided about a question in a quiz, newest first, with `changed` scores. One query."""
    return (
        Regrade.objects.filter(quiz=quiz, question=question)
        .select_related("decided_by", "by_version")
        .annotate(changed=Count("score_changes"))
        .order_by("-decided_at", "-pk")
    )


def asked_question(quiz: Quiz, uuid: UUID) -> Question | None:
    """The question of this uuid, if the quiz ever asked it. One query."""
    asked = Response.objects.filter(attempt__assignment__quiz=quiz).values("question_version__question")
    return Question.objects.filter(uuid=uuid, pk__in=asked).select_related("bank").first()
