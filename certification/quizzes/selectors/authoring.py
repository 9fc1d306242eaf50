"""Reads quizzes for those who write them, key included; its previews hold nothing of the key."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import blake2s
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from .. import rules
from ..models import (
    Attempt,
    Question,
    QuestionBank,
    QuestionVersion,
    Quiz,
    QuizDraft,
    QuizItem,
)
from ..plan import AskLine, DrawLine, Line, SectionLine, read, stored
from ..settings import QuizSettings
from ..wording import plain
from .plans import Asking, asked_for, asks_of_lines, plan_in_use
from .questions import asked_as, count
from .taking import AskedQuestion, ShownSection, pictures_of

# ---- quizzes as they are written ----


@dataclass(frozen=True, slots=True)
class QuizLine:
    """One question of a quiz as it is written: its newest words, in use or not."""

    question: Question
    version: QuestionVersion
    points: int

    @property
    def ask(self) -> str:
        """What is asked, without the case before it."""
        return plain(rules.split_stem(self.version.stem)[1])

    @property
    def waits(self) -> bool:
        """Whether learners are not asked these words yet."""
        return not self.retired and self.question.asked_number != self.version.number

    @property
    def retired(self) -> bool:
        """Whether it is asked no more."""
        return self.question.state == Question.State.RETIRED


@dataclass(frozen=True, slots=True)
class QuizAsWritten:
    """A quiz as its authors have it now: the draft where there is one, else what is in use.

    `items` is all of it in order (sections, questions, draws); `lines` are the questions that it asks by name, with
    their newest words. `settings` is in the shape of `QuizSettings.stored`.
    """

    quiz: Quiz
    title: str
    pass_percent: int
    attempts_allowed: int
    intro: str
    settings: Mapping[str, Any]
    items: tuple[Line, ...]
    lines: tuple[QuizLine, ...]
    draft: QuizDraft | None

    @property
    def waits(self) -> bool:
        """Whether something of it is not asked yet."""
        return self.draft is not None or any(line.waits for line in self.lines)

    @property
    def rules(self) -> QuizSettings:
        """Its settings as they are read."""
        return QuizSettings.read(self.settings)

    @property
    def asks(self) -> bool:
        """Whether it asks or draws anything."""
        return any(not isinstance(item, SectionLine) for item in self.items)

    @property
    def questions(self) -> int:
        """How many questions one attempt asks."""
        drawn = sum(item.count for item in self.items if isinstance(item, DrawLine))
        return len(self.lines) + drawn

    @property
    def points(self) -> int:
        """All its points."""
        drawn = sum(item.points * item.count for item in self.items if isinstance(item, DrawLine))
        return sum(line.points for line in self.lines) + drawn

    @property
    def stamp(self) -> str:
        """Tells one state of it from another: what an author had before her when she began."""
        said = [self.title, self.pass_percent, self.attempts_allowed, self.intro, self.settings, stored(self.items)]
        return blake2s(json.dumps(said, sort_keys=True).encode(), digest_size=8).hexdigest()


def quiz_as_written(quiz: Quiz) -> QuizAsWritten:
    """The quiz as its authors have it now. Four queries at most."""
    draft = QuizDraft.objects.filter(quiz=quiz).select_related("written_by").first()
    items = plan_in_use(quiz) if draft is None else read(draft.items)
    lines = lines_of({item.question: item.points for item in items if isinstance(item, AskLine)})
    there = {line.question.uuid for line in lines}
    said = draft or quiz
    return QuizAsWritten(
        quiz=quiz,
        title=said.title,
        pass_percent=said.pass_percent,
        attempts_allowed=said.attempts_allowed,
        intro=said.intro,
        settings=said.settings,
        items=tuple(item for item in items if not isinstance(item, AskLine) or item.question in there),
        lines=lines,
        draft=draft,
    )


def lines_of(points: Mapping[UUID, int]) -> tuple[QuizLine, ...]:
    """Questions by their uuid with their newest words, each for its points; what is not there is left out. One query."""
    newest = {
        version.question.uuid: version
        for version in QuestionVersion.objects.filter(question__uuid__in=points, number=_top())
        .select_related("question__bank", "vignette", "picture")
    }  # fmt: skip
    return tuple(QuizLine(newest[key].question, newest[key], worth) for key, worth in points.items() if key in newest)


def _top() -> Subquery:
    """The number of the newest version of a version's question."""
    rows = QuestionVersion.objects.filter(question=OuterRef("question")).order_by().values("question")
    return Subquery(rows.annotate(top=Max("number")).values("top"))


def quiz_rows(banks: QuerySet[QuestionBank]) -> QuerySet[Any]:
    """The quizzes of these banks with `asked` (questions that an attempt asks), `waiting` and `taken` (attempts). One query.

    `waiting` says whether a draft of it, or words of one of its questions, are not asked yet.
    """
    unasked = QuestionVersion.objects.filter(question__items__quiz=OuterRef("pk")).filter(
        Q(question__state=Question.State.DRAFT)
        | Q(question__state=Question.State.ACTIVE, number__gt=F("question__asked_number"))
    )
    asks = QuizItem.objects.filter(Q(question=None) | Q(question__state=Question.State.ACTIVE), quiz=OuterRef("pk"))
    asked = asks.order_by().values("quiz").annotate(number=Sum("count"))
    return (
        Quiz.objects.filter(bank__in=banks)
        .annotate(
            asked=Coalesce(Subquery(asked.values("number"), output_field=IntegerField()), 0),
            waiting=Q(Exists(QuizDraft.objects.filter(quiz=OuterRef("pk")))) | Q(Exists(unasked)),
            taken=count(Attempt.objects.filter(assignment__quiz=OuterRef("pk")), "assignment__quiz"),
        )
        .select_related("bank", "draft")
    )


def what_waits(banks: QuerySet[QuestionBank]) -> list[Quiz]:
    """The quizzes of these banks whose authors asked for them to be put in use, oldest first. One query."""
    return list(
        Quiz.objects.filter(bank__in=banks, draft__sent_at__isnull=False)
        .select_related("bank", "draft__written_by")
        .order_by("draft__sent_at")
    )


def writers_of_quiz(written: QuizAsWritten) -> set[int | None]:
    """Who wrote what of a quiz is not asked yet: its draft, and words of its questions. One query."""
    rows = QuestionVersion.objects.filter(question__in=[line.question.pk for line in written.lines]).filter(
        Q(question__asked_number=None) | Q(number__gt=F("question__asked_number"))
    )
    found: set[int | None] = set(rows.values_list("written_by", flat=True))
    return found | ({written.draft.written_by_id} if written.draft else set())


# ---- previews: what a learner would be shown ----


def asked_as_written(written: QuizAsWritten) -> list[AskedQuestion]:
    """A quiz's questions as a learner would be shown them; for each learner they stand in another order.

    Of a draw it shows questions that one attempt could have; none while it cannot have its count. Five queries at most.
    """
    asks = asks_of_lines(written.items, {line.question.uuid: line.version for line in written.lines})
    if not asks.drawable:
        asks = replace(asks, lines=tuple(i for i in asks.lines if not isinstance(i, DrawLine)), pools=())
    asking = asked_for(asks, written.stamp)
    pictures = pictures_of(written.quiz.school_id, [one.version for one in asking])
    before: list[Asking | None] = [None, *asking]
    return [
        asked_as(
            one.version,
            pictures,
            after=last.version if last else None,
            points=one.points,
            position=place,
            section=one.section
            and ShownSection(one.section.title, one.section.intro, heads=last is None or last.section != one.section),
        )
        for place, (one, last) in enumerate(zip(asking, before, strict=False), 1)
    ]
