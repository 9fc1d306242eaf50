"""Reads what learners make of a lesson: minutes against the plan, where they stop, how its self-checks go. No names.

Everything is counted in the database and read as histograms, so that the answer does not grow with the learners.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors import STAFF_ROLES, schools_of
from courses.catalog.models import Lesson, LessonPage, Program
from courses.catalog.selectors import lesson_page

from .. import board_rules as rules
from ..models import MOST_POSITION, LessonProgress, SelfCheckAnswer
from .home import LessonLine, lessons_in

STEP = MOST_POSITION // rules.STEPS


@dataclass(frozen=True, slots=True)
class LessonNumbers:
    """What learners made of one lesson."""

    line: LessonLine
    opened: int
    finished: int
    spent: rules.Quartiles | None
    """Seat minutes of those who finished; None while they are too few."""
    stopped: tuple[int, ...]
    """How many of those who have not finished stand in each tenth of the lesson."""
    flags: tuple[str, ...]

    @property
    def small(self) -> bool:
        """Whether so few opened it that only counts are shown."""
        return self.opened < rules.SMALL_GROUP

    @property
    def unfinished(self) -> int:
        """Who opened it and has not finished."""
        return self.opened - self.finished

    @property
    def shows_stops(self) -> bool:
        """Whether enough have not finished for showing where they stand."""
        return self.unfinished >= rules.SMALL_GROUP


@dataclass(frozen=True, slots=True)
class CheckNumbers:
    """How one self-check of a lesson goes."""

    number: int
    """Its place among the self-checks of the published words; 0 where it stands in them no more."""
    question: str
    answered: int
    right_at_first: int
    right: int
    """Right at last."""
    tries: int
    """All tries of all learners."""

    @property
    def small(self) -> bool:
        """Whether so few answered that only their count is shown."""
        return self.answered < rules.SMALL_GROUP

    @property
    def percent(self) -> int:
        """The whole percent that was right at first, cut."""
        return 100 * self.right_at_first // self.answered if self.answered else 0

    @property
    def mean_tries(self) -> Fraction:
        """Tries a learner, exact."""
        return Fraction(self.tries, self.answered) if self.answered else Fraction(0)

    @property
    def tries_text(self) -> str:
        """Tries a learner, to one decimal, cut."""
        tenths = self.mean_tries.numerator * 10 // self.mean_tries.denominator
        return f"{tenths // 10}.{tenths % 10}"


def programs_of(user: User) -> list[Program]:
    """The programs of the schools where this person works. Two queries."""
    return list(
        Program.objects.filter(school__in=schools_of(user, *STAFF_ROLES))
        .select_related("school")
        .order_by("title", "-version", "pk")
    )


def lesson_numbers(program: Program, lessons: Iterable[Lesson] | None = None) -> list[LessonNumbers]:
    """What learners made of each lesson of a program (of `lessons` alone, where given), in its order.

    Four queries, however many lessons and learners. Everybody who ever opened a lesson is in it, withdrawn or not.
    """
    lines = lessons_in(program)
    if lessons is not None:
        keys = {lesson.pk for lesson in lessons}
        lines = [line for line in lines if line.lesson.pk in keys]
    wanted = [line.lesson.pk for line in lines]
    progress = LessonProgress.objects.filter(lesson__in=wanted).order_by()
    finished: dict[int, dict[int, int]] = {}
    done = progress.filter(state=LessonProgress.State.FINISHED)
    for lesson, minutes, count in done.values_list("lesson", "seat_minutes").annotate(n=Count("pk")):
        finished.setdefault(lesson, {})[minutes] = count
    standing: dict[int, list[int]] = {}
    begun = progress.filter(state=LessonProgress.State.BEGUN)
    for lesson, position, count in begun.values_list("lesson", "position").annotate(n=Count("pk")):
        place = min(position // STEP, rules.STEPS - 1)
        standing.setdefault(lesson, [0] * rules.STEPS)[place] += count
    checks: dict[int, list[tuple[int, int]]] = {}
    answers = SelfCheckAnswer.objects.filter(lesson__in=wanted).order_by().values_list("lesson", "block")
    for lesson, _block, right, count in answers.annotate(
        right=Count("pk", filter=Q(right_at_first=True)), n=Count("pk")
    ):
        checks.setdefault(lesson, []).append((right, count))
    return [
        _numbers(
            line,
            finished.get(line.lesson.pk, {}),
            tuple(standing.get(line.lesson.pk, [0] * rules.STEPS)),
            checks.get(line.lesson.pk, []),
        )
        for line in lines
    ]


def _numbers(
    line: LessonLine, finished: dict[int, int], stopped: tuple[int, ...], checks: list[tuple[int, int]]
) -> LessonNumbers:
    done = sum(finished.values())
    opened = done + sum(stopped)
    spent = rules.quartiles(finished)
    return LessonNumbers(
        line=line,
        opened=opened,
        finished=done,
        spent=spent,
        stopped=stopped,
        flags=rules.flags(planned=line.lesson.minutes, spent=spent, opened=opened, stopped=stopped, checks=checks),
    )


def check_numbers(lesson: Lesson) -> list[CheckNumbers]:
    """How each self-check of a lesson goes, as they stand in its published words, then those taken out. Three queries."""
    rows = {
        row["block"]: row
        for row in SelfCheckAnswer.objects.filter(lesson=lesson)
        .order_by()
        .values("block")
        .annotate(
            answered=Count("pk"),
            first=Count("pk", filter=Q(right_at_first=True)),
            now=Count("pk", filter=Q(right=True)),
            all=Sum("tries"),
        )
    }
    page = lesson_page(lesson)
    asked = _questions(page) if page else []
    found = [_check(number, words, rows.pop(block, None)) for number, (block, words) in enumerate(asked, start=1)]
    gone = _("A self-check that stands in the lesson no more")
    return [*found, *(_check(0, gone, row) for row in rows.values())]


def _questions(page: LessonPage) -> list[tuple[UUID, str]]:
    """The id and words of each self-check; one query, for the body."""
    return [
        (UUID(block.id), str(block.value["question"]))
        for block in page.body
        if block.block_type == "self_check" and block.id
    ]


def _check(number: int, question: str, row: Mapping[str, Any] | None) -> CheckNumbers:
    if row is None:
        return CheckNumbers(number, question, 0, 0, 0, 0)
    return CheckNumbers(number, question, row["answered"], row["first"], row["now"], row["all"])
