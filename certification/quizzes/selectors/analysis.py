"""Reads what the attempts at a quiz tell of it, for those who write it; names stand only beside what is to be looked at."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from .. import analysis, rules
from ..analysis import Given, ItemStatistics, Option, QuizStatistics, Sheet
from ..models import Attempt, QuestionVersion, Quiz, Response
from ..types import AskedChoices
from ..wording import plain
from .taking import is_void


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One question of the analysis. `exposed` counts how often it was asked, open attempts included.

    `statistics` is None while too few were asked it.
    """

    uuid: UUID
    ask: str
    kind: str
    exposed: int
    statistics: ItemStatistics | None


@dataclass(frozen=True, slots=True)
class LookedAt:
    """An attempt in a list of what to look at."""

    uuid: UUID
    number: int
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FastLine:
    """An attempt that was handed in too fast."""

    attempt: LookedAt
    answers: int
    seconds: int


@dataclass(frozen=True, slots=True)
class AlikeLine:
    """Two attempts with many identical wrong answers."""

    first: LookedAt
    second: LookedAt
    same: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Analysis:
    """What the attempts at a quiz tell. Statistics are of the first marked attempt of each learner, patterns of all.

    `marked` counts all marked attempts, `left_out` those that were void; `looked_at` how many of the newest were
    compared with each other.
    """

    statistics: QuizStatistics | None
    items: tuple[ItemLine, ...]
    learners: int
    marked: int
    left_out: int
    looked_at: int
    fast: tuple[FastLine, ...]
    alike: tuple[AlikeLine, ...]

    @property
    def enough(self) -> bool:
        """Whether there are so many that nothing is said of one person."""
        return self.statistics is not None


MOST_COMPARED = 500
"""So many of the newest attempts are compared with each other: pairs grow with the square."""


def analysis_of(quiz: Quiz) -> Analysis:
    """What the attempts at a quiz tell. Three queries, whatever their number."""
    attempts = list(
        Attempt.objects.filter(assignment__quiz=quiz)
        .select_related("assignment__record__learner__user")
        .order_by("submitted_at", "pk")
    )
    rows = list(
        Response.objects.filter(attempt__assignment__quiz=quiz).values_list(
            *("attempt_id", "question_version_id", "points", "awarded_numerator", "awarded_denominator", "answer"),
            "saved_at",
        )
    )
    versions = {
        version.pk: version
        for version in QuestionVersion.objects.filter(pk__in={row[1] for row in rows}).select_related("question")
    }
    exposed = Counter(versions[row[1]].question_id for row in rows)
    void = {attempt.pk for attempt in attempts if is_void(attempt)}
    marked = [attempt for attempt in attempts if attempt.is_marked and attempt.pk not in void]
    by_attempt: dict[int, list[tuple]] = {}
    for row in rows:
        by_attempt.setdefault(row[0], []).append(row)
    sheets = [_sheet(attempt, by_attempt.get(attempt.pk, []), versions) for attempt in marked]
    first: dict[int, Sheet] = {}
    for sheet in sheets:
        first.setdefault(sheet.person, sheet)
    ones = list(first.values())
    known = {attempt.pk: attempt for attempt in marked}
    enough = len(ones) >= analysis.LEAST_SHEETS
    newest = sheets[-MOST_COMPARED:] if enough else []
    return Analysis(
        statistics=analysis.quiz_statistics(ones),
        items=tuple(_items(ones, versions, exposed)),
        learners=len(ones),
        marked=len(marked),
        left_out=len(void),
        looked_at=len(newest),
        fast=tuple(
            FastLine(_look(known[one.attempt]), one.answers, one.seconds)
            for one in (analysis.too_fast(sheets) if enough else [])
        ),
        alike=tuple(
            AlikeLine(_look(known[pair.first]), _look(known[pair.second]), pair.same, pair.wrong)
            for pair in analysis.alike(newest)
        ),
    )


def _look(attempt: Attempt) -> LookedAt:
    user = attempt.assignment.record.learner.user
    assert attempt.submitted_at is not None  # only marked ones are looked at
    return LookedAt(attempt.uuid, attempt.number, user.legal_name if user else "", attempt.submitted_at)


def _sheet(attempt: Attempt, rows: Sequence[tuple], versions: Mapping[int, QuestionVersion]) -> Sheet:
    assert attempt.submitted_at is not None and attempt.passed is not None  # it is marked  # noqa: PT018
    saved = [(versions[row[1]].question_id, row[6].timestamp() if row[6] and row[5] else None) for row in rows]
    seconds = analysis.times(attempt.started_at.timestamp(), saved)
    return Sheet(
        attempt=attempt.pk,
        person=attempt.assignment.record.learner_id,
        score=Fraction(attempt.score_numerator or 0, attempt.score_denominator or 1),
        passed=attempt.passed,
        seconds=int((attempt.submitted_at - attempt.started_at).total_seconds()),
        answers=tuple(
            Given(
                item=versions[version].question_id,
                points=points,
                earned=Fraction(numerator or 0, denominator or 1),
                given=tuple(answer),
                seconds=seconds.get(versions[version].question_id),
            )
            for _attempt, version, points, numerator, denominator, answer, _saved in rows
        ),
    )


def _items(
    sheets: Sequence[Sheet], versions: Mapping[int, QuestionVersion], exposed: Mapping[int, int]
) -> Iterable[ItemLine]:
    """The questions in the order in which they were written; each as its newest version that was asked says it."""
    newest: dict[int, QuestionVersion] = {}
    for version in sorted(versions.values(), key=lambda one: one.number):
        newest[version.question_id] = version
    for question, version in sorted(newest.items()):
        asked = [other for other in versions.values() if other.question_id == question]
        yield ItemLine(
            uuid=version.question.uuid,
            ask=plain(rules.split_stem(version.stem)[1]),
            kind=str(version.type.label),
            exposed=exposed[question],
            statistics=analysis.item_statistics(question, sheets, options_of(asked)),
        )


def options_of(versions: Iterable[QuestionVersion]) -> list[Option]:
    """The choices of a question in all these versions, each as the newest of them says it; none for other kinds."""
    found: dict[str, Option] = {}
    for version in sorted(versions, key=lambda one: one.number):
        shown = version.type.shown(version.parsed, version.type.names(version.parsed), [])
        if isinstance(shown, AskedChoices):
            right = {choice.key for choice in version.listed_choices() if choice.correct}
            found |= {choice.key: Option(choice.key, choice.text, choice.key in right) for choice in shown.choices}
    return list(found.values())
