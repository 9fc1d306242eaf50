"""Reads what a quiz asks, in order: its sections, its questions by name, and what its draws may take."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import draws, plan
from ..models import Question, QuestionBank, QuestionVersion, Quiz, QuizItem, Tag
from ..plan import AskLine, DrawLine, Line, SectionLine


def plan_in_use(quiz: Quiz) -> tuple[Line, ...]:
    """What learners are asked, as its authors put it in order. One query."""
    lines: list[Line] = []
    section = None
    for item in QuizItem.objects.filter(quiz=quiz).select_related("question", "draw_bank", "section"):
        if item.section is not None and item.section != section:
            section = item.section
            lines.append(SectionLine(section.title, section.intro))
        lines.append(_line_of(item))
    return tuple(lines)


def _line_of(item: QuizItem) -> Line:
    if item.question is not None:
        return AskLine(item.question.uuid, item.points)
    assert item.draw_bank is not None  # the database says one or the other
    return DrawLine(item.draw_bank.uuid, item.category, item.difficulty, item.tag, item.count, item.points)


@dataclass(frozen=True, slots=True)
class Drawable:
    """A question in use that draws may take, by its uuid; `case` names the case that it asks about."""

    version: int
    uuid: UUID
    bank: UUID
    category: str
    difficulty: str
    tags: frozenset[str]
    case: str


def questions_to_draw(lines: Iterable[Line]) -> list[Drawable]:
    """The questions in use of the banks that draws name, as they were written. Two queries at most.

    None where nothing is drawn; the second for tags, where a draw asks for one.
    """
    wanted = [line for line in lines if isinstance(line, DrawLine)]
    if not wanted:
        return []
    rows = list(
        QuestionVersion.objects.filter(
            question__bank__uuid__in={line.bank for line in wanted},
            question__state=Question.State.ACTIVE,
            number=F("question__asked_number"),
        )
        .order_by("question__pk")
        .values_list(
            "pk",
            "question__pk",
            "question__uuid",
            "question__bank__uuid",
            "question__category",
            "question__difficulty",
            "vignette__vignette__uuid",
        )
    )
    tags: dict[int, set[str]] = {}
    if any(line.tag for line in wanted):
        named = Question.tags.through.objects.filter(question__bank__uuid__in={line.bank for line in wanted})
        for question, name in named.values_list("question_id", "tag__name"):
            tags.setdefault(question, set()).add(name)
    return [
        Drawable(version, uuid, bank, category, difficulty, frozenset(tags.get(pk, ())), str(case or ""))
        for version, pk, uuid, bank, category, difficulty, case in rows
    ]


def pools_of(lines: Sequence[Line], found: Collection[Drawable]) -> list[draws.Pool]:
    """What each draw of a plan may take, in their order; what is asked by name is not drawn again. No query."""
    named = {line.question for line in lines if isinstance(line, AskLine)}
    return [
        draws.Pool(
            tuple(
                draws.Candidate(str(one.uuid), one.case)
                for one in found
                if one.bank == line.bank
                and one.uuid not in named
                and plan.fits(line, category=one.category, difficulty=one.difficulty, tags=one.tags)
            ),
            line.count,
        )
        for line in lines
        if isinstance(line, DrawLine)
    ]


@dataclass(frozen=True, slots=True)
class DrawAsWritten:
    """One draw as its authors see it: how many questions fit it now, and what stands in its way (empty: nothing)."""

    line: DrawLine
    bank: QuestionBank | None
    questions: int
    problem: str

    @property
    def said(self) -> tuple[str, ...]:
        """What it asks of a question, in words."""
        level = Question.Difficulty(self.line.difficulty).label if self.line.difficulty else ""
        return tuple(str(word) for word in (self.line.category, level, self.line.tag) if word)


def draws_of(lines: Sequence[Line]) -> list[DrawAsWritten]:
    """The draws of a plan, each with what stands in its way. Three queries at most, none without draws."""
    wanted = [line for line in lines if isinstance(line, DrawLine)]
    if not wanted:
        return []
    banks = {bank.uuid: bank for bank in QuestionBank.objects.filter(uuid__in={line.bank for line in wanted})}
    pools = pools_of(lines, questions_to_draw(lines))
    problems = [_problem(pool) for pool in pools]
    if not any(problems) and not draws.drawable(pools):
        problems = [_together(place, pools) for place in range(len(pools))]
    return [
        DrawAsWritten(line, banks.get(line.bank), len(pool.candidates), problem)
        for line, pool, problem in zip(wanted, pools, problems, strict=True)
    ]


def _problem(pool: draws.Pool) -> str:
    """Why a draw cannot have its count even alone, and what to do."""
    there, count = len(pool.candidates), pool.count
    if there < count:
        return ngettext(
            "It draws %(count)d, and one question in use fits. Put more in use, or draw fewer.",
            "It draws %(count)d, and %(there)d questions in use fit. Put more in use, or draw fewer.",
            there,
        ) % {"count": count, "there": there}
    can = draws.reachable(pool)
    if count in can:
        return ""
    fewer, more = max(n for n in can if n < count), min(n for n in can if n > count)
    if not fewer:
        return _("It draws %(count)d, but cases come whole and do not add up to that. Draw %(more)d.") % {
            "count": count,
            "more": more,
        }
    return _("It draws %(count)d, but cases come whole and do not add up to that. Draw %(fewer)d or %(more)d.") % {
        "count": count,
        "fewer": fewer,
        "more": more,
    }


def _together(place: int, pools: Sequence[draws.Pool]) -> str:
    """Why a draw cannot have its count beside the others; empty where it shares nothing with them."""
    own = {one.name for one in pools[place].candidates}
    others = {one.name for other, pool in enumerate(pools) if other != place for one in pool.candidates}
    if not own & others:
        return ""
    return _(
        "It shares questions with another draw, and together there are too few. Put more in use, or draw fewer: no "
        "question is drawn twice."
    )


# ---- what is asked now ----


@dataclass(frozen=True, slots=True)
class Asking:
    """One question that an attempt asks, in the words that are in use, before anything is shuffled."""

    version: QuestionVersion
    points: int
    section: SectionLine | None


@dataclass(frozen=True, slots=True)
class Asks:
    """What a quiz asks now: its lines, the words of what it asks by name, and what its draws may take.

    A question that is not in use is left out.
    """

    lines: tuple[Line, ...]
    named: dict[UUID, QuestionVersion]
    found: dict[UUID, Drawable]
    pools: tuple[draws.Pool, ...]

    @property
    def questions(self) -> int:
        """How many questions one attempt asks."""
        return len(self.named) + sum(pool.count for pool in self.pools)

    @property
    def points(self) -> int:
        """All points of one attempt."""
        return sum(points for line in self.lines for points in self._each(line))

    @property
    def drawable(self) -> bool:
        """Whether every draw can have its count now."""
        return draws.drawable(self.pools)

    def _each(self, line: Line) -> list[int]:
        """The points of what a line asks."""
        if isinstance(line, DrawLine):
            return [line.points] * line.count
        return [line.points] if isinstance(line, AskLine) and line.question in self.named else []

    @property
    def sections(self) -> list[tuple[SectionLine, int]]:
        """Its sections, each with how many questions it asks."""
        counted: list[tuple[SectionLine, int]] = []
        for line in self.lines:
            if isinstance(line, SectionLine):
                counted.append((line, 0))
            elif counted:
                section, many = counted[-1]
                counted[-1] = section, many + len(self._each(line))
        return counted


def asks_of(quiz: Quiz) -> Asks:
    """What a quiz asks now. Two queries, and two at most where it draws."""
    lines = plan_in_use(quiz)
    named = _versions(
        question__uuid__in=[line.question for line in lines if isinstance(line, AskLine)],
        question__state=Question.State.ACTIVE,
        number=F("question__asked_number"),
    )
    return asks_of_lines(lines, {version.question.uuid: version for version in named})


def asks_of_lines(lines: tuple[Line, ...], named: dict[UUID, QuestionVersion]) -> Asks:
    """What these lines ask, by name in the words that are given. Two queries at most, none without draws."""
    found = questions_to_draw(lines)
    return Asks(lines, named, {one.uuid: one for one in found}, tuple(pools_of(lines, found)))


def _versions(**wanted: Any) -> QuerySet[QuestionVersion]:
    return QuestionVersion.objects.filter(**wanted).select_related("question__bank", "vignette")


def asked_for(asks: Asks, seed: str) -> list[Asking]:
    """The questions of one attempt in their authors' order, drawn by its seed. One query where it draws.

    Raises `draws.CannotDrawError`.
    """
    taken = draws.drawn(seed, asks.pools)
    versions = dict(asks.named)
    if names := [UUID(name) for own in taken for name in own]:
        rows = _versions(pk__in=[asks.found[name].version for name in names])
        versions |= {version.question.uuid: version for version in rows}
    asked: list[Asking] = []
    section, left = None, iter(taken)
    for line in asks.lines:
        if isinstance(line, SectionLine):
            section = line
            continue
        names = [line.question] if isinstance(line, AskLine) else [UUID(name) for name in next(left)]
        asked += [Asking(versions[name], line.points, section) for name in names if name in versions]
    return asked


@dataclass(frozen=True, slots=True)
class WordsOfBanks:
    """By which words the questions of some banks can be drawn."""

    categories: tuple[str, ...]
    tags: tuple[str, ...]


def words_of_banks(banks: Collection[QuestionBank]) -> WordsOfBanks:
    """The categories of the questions of these banks, with all that stand above them, and their tags. Two queries."""
    paths = Question.objects.filter(bank__in=banks).exclude(category="").values_list("category", flat=True).distinct()
    categories: set[str] = set()
    for path in paths:
        steps = path.split("/")
        categories |= {"/".join(steps[:depth]) for depth in range(1, len(steps) + 1)}
    tags = Tag.objects.filter(bank__in=banks, questions__isnull=False).values_list("name", flat=True).distinct()
    return WordsOfBanks(tuple(sorted(categories)), tuple(sorted(tags)))


def may_be_asked(asks: Asks) -> list[QuestionVersion]:
    """The words of everything that an attempt may ask: by name, or drawn. One query where it draws."""
    pooled = {UUID(one.name) for pool in asks.pools for one in pool.candidates}
    drawable = _versions(pk__in=[asks.found[name].version for name in pooled]) if pooled else []
    return [*asks.named.values(), *drawable]
