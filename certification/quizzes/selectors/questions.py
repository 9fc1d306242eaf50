"""Reads questions, cases and how they are sorted for those who write them, key included; previews hold nothing of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from django.db.models import Count, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from .. import plan, rules
from ..doubles import Double, near
from ..models import (
    Attempt,
    Question,
    QuestionBank,
    QuestionPicture,
    QuestionVersion,
    Quiz,
    QuizDraft,
    QuizItem,
    Response,
    Tag,
    Vignette,
    VignetteVersion,
)
from ..types import KINDS, BadQuestionError, Choice, Told
from .taking import AskedQuestion, ShownCase, asked, case_of, drawn, pictures_of


def newest(column: str) -> Subquery:
    """A column of each question's newest version."""
    versions = QuestionVersion.objects.filter(question=OuterRef("pk")).order_by("-number")
    return Subquery(versions.values(column)[:1])


def count(rows: QuerySet, group: str) -> Coalesce:
    """How many rows, as a subquery; 0 where there are none."""
    counted = rows.order_by().values(group).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def question_rows(banks: QuerySet[QuestionBank]) -> QuerySet[Any]:
    """The questions of these banks with `stem`, `kind`, `newest` number and `case` (id) of their newest words, and use.

    `quizzes` counts the quizzes that ask them, `answers` the answers handed in. One query, and one for their tags.
    """
    handed_in = Response.objects.filter(
        question_version__question=OuterRef("pk"), attempt__state=Attempt.State.SUBMITTED, sequence__gt=0
    )
    return Question.objects.filter(bank__in=banks).annotate(
        stem=newest("stem"),
        kind=newest("kind"),
        newest=newest("number"),
        case=newest("vignette__vignette"),
        quizzes=count(QuizItem.objects.filter(question=OuterRef("pk")), "question"),
        answers=count(handed_in, "question_version__question"),
    ).select_related("bank").prefetch_related("tags")  # fmt: skip


def in_review(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Of `question_rows` those whose newest words were sent to be put in use and wait for it."""
    return rows.filter(sent_number=F("newest")).exclude(state=Question.State.RETIRED).exclude(asked_number=F("newest"))


def newest_version(question: Question) -> QuestionVersion:
    """The newest words of a question, with its case. One query."""
    return question.versions.select_related("written_by", "vignette", "picture").latest("number")


def key_lines(version: QuestionVersion) -> tuple[Told, ...]:
    """What a version takes as right, with its feedback, line by line: for who writes it, never for a learner. No query."""
    kind, parsed = version.type, version.parsed
    lines = kind.told(parsed, kind.names(parsed), [], feedback=True, key=True)
    if all(line.correct is None for line in lines):
        # A person marks it: by what stands in the place of a key.
        return tuple(Told(text, chosen=False, correct=None) for text in kind.texts(parsed))
    return lines


@dataclass(frozen=True, slots=True)
class QuestionUse:
    """Where a question is asked, how often it was answered in attempts that were handed in, and how well; never a person.

    Of `answers` so many earned all their points (`right`) or some of them (`partly`); `open` attempts ask it now.
    """

    quizzes: tuple[Quiz, ...]
    draws: tuple[Quiz, ...]
    """Those that do not name it and whose draws it fits."""
    drafts: tuple[Quiz, ...]
    answers: int
    right: int
    partly: int
    open: int


def use_of(question: Question) -> QuestionUse:
    """Where a question is asked and will be, and how it was answered. Five queries."""
    handed_in = Q(attempt__state=Attempt.State.SUBMITTED, sequence__gt=0)
    full = Q(awarded_numerator=F("awarded_denominator") * F("points"))
    counts = Response.objects.filter(question_version__question=question).aggregate(
        answers=Count("pk", filter=handed_in),
        right=Count("pk", filter=handed_in & full),
        partly=Count("pk", filter=handed_in & Q(awarded_numerator__gt=0) & ~full),
        open=Count("pk", filter=Q(attempt__state=Attempt.State.OPEN)),
    )
    quizzes = tuple(Quiz.objects.filter(items__question=question).order_by("title"))
    return QuestionUse(
        quizzes=quizzes,
        draws=tuple(quiz for quiz in _drawing(question) if quiz not in quizzes),
        drafts=tuple(
            draft.quiz
            for draft in QuizDraft.objects.filter(quiz__school=question.bank.school_id).select_related("quiz")
            if any(item.get("question") == str(question.uuid) for item in draft.items)
        ),
        **counts,
    )


def _drawing(question: Question) -> list[Quiz]:
    """The quizzes in use of which some draw takes such a question, by title. Two queries; none of a retired one."""
    if question.state == Question.State.RETIRED:
        return []
    tags = frozenset(question.tags.values_list("name", flat=True))
    rows = (
        QuizItem.objects.filter(draw_bank=question.bank_id).select_related("quiz", "draw_bank").order_by("quiz__title")
    )
    fit = [
        row.quiz
        for row in rows
        if row.draw_bank is not None
        and plan.fits(
            plan.DrawLine(row.draw_bank.uuid, row.category, row.difficulty, row.tag),
            category=question.category,
            difficulty=question.difficulty,
            tags=tags,
        )
    ]
    return list(dict.fromkeys(fit))


def writers_of_question(question: Question) -> set[int | None]:
    """Who wrote the words that are not asked yet, those of its case included. One query."""
    rows = question.versions.filter(number__gt=question.asked_number or 0)
    found: set[int | None] = set()
    for by, of_case, case in rows.values_list("written_by", "vignette__written_by", "vignette"):
        found |= {by, of_case} if case is not None else {by}
    return found


# ---- how they are sorted ----


@dataclass(frozen=True, slots=True)
class Category:
    """A category with how many questions stand in it and below it, and how deep it lies."""

    path: str
    name: str
    depth: int
    questions: int


def categories_of(banks: QuerySet[QuestionBank]) -> list[Category]:
    """The categories of these banks as a tree in order, each with the questions in it and below. One query.

    Retired questions do not count.
    """
    rows = Question.objects.filter(bank__in=banks).exclude(category="").exclude(state=Question.State.RETIRED)
    counted: Counter[tuple[str, ...]] = Counter()
    for path, number in rows.order_by().values_list("category").annotate(number=Count("pk")):
        steps = tuple(path.split("/"))
        for depth in range(1, len(steps) + 1):
            counted[steps[:depth]] += number
    return [Category("/".join(steps), steps[-1], len(steps) - 1, counted[steps]) for steps in sorted(counted)]


def tags_of(banks: QuerySet[QuestionBank]) -> list[str]:
    """The tags of these banks that a question has. One query."""
    rows = Tag.objects.filter(bank__in=banks, questions__isnull=False)
    return list(rows.order_by("name").values_list("name", flat=True).distinct())


# ---- doubles ----


def lookalikes(stem: str, banks: QuerySet[QuestionBank], *, but: Question | None = None) -> list[Question]:
    """The questions of these banks that likely ask the same: equal but for case, accents, marks and spaces. One query.

    Each has its newest `stem`. Retired ones count: bringing one back is better than writing it twice.
    """
    wanted = rules.normal(stem)
    rows = Question.objects.filter(bank__in=banks).annotate(stem=newest("stem")).select_related("bank")
    if but is not None:
        rows = rows.exclude(pk=but.pk)
    return [row for row in rows if wanted and rules.normal(row.stem or "") == wanted]


def likely_doubles(banks: QuerySet[QuestionBank]) -> list[Double[QuestionVersion]]:
    """Pairs of questions that likely ask the same, by the words of question, case and choices; the nearest first.

    Retired questions are left out: they are asked no more. One query.
    """
    versions = {version.pk: version for version in _newest_of(banks)}
    words = {pk: rules.normal(" ".join(_read_by_learners(version))).split() for pk, version in versions.items()}
    return [Double(versions[pair.one], versions[pair.other], pair.share) for pair in near(words)]


def _newest_of(banks: QuerySet[QuestionBank]) -> QuerySet[QuestionVersion]:
    tops = QuestionVersion.objects.filter(question=OuterRef("question")).order_by().values("question")
    return (
        QuestionVersion.objects.filter(
            question__bank__in=banks, number=Subquery(tops.annotate(top=Max("number")).values("top"))
        )
        .exclude(question__state=Question.State.RETIRED)
        .select_related("question__bank", "vignette")
        .order_by("pk")
    )


def _read_by_learners(version: QuestionVersion) -> list[str]:
    case = version.vignette.text if version.vignette is not None else ""
    return [case, version.stem, *version.type.texts(version.parsed)]


# ---- cases ----


def cases_of(banks: QuerySet[QuestionBank]) -> QuerySet[Any]:
    """The cases of these banks with `title` and `newest` number of their newest words, and how many `questions`."""
    versions = VignetteVersion.objects.filter(vignette=OuterRef("pk")).order_by("-number")
    asking = Question.objects.annotate(case=newest("vignette__vignette")).filter(case=OuterRef("pk"))
    return (
        Vignette.objects.filter(bank__in=banks)
        .annotate(
            title=Subquery(versions.values("title")[:1]),
            newest=Subquery(versions.values("number")[:1]),
            questions=count(asking, "case"),
        )
        .select_related("bank")
    )


def questions_of_case(vignette: Vignette) -> list[Any]:
    """The questions whose newest words ask about a case, with `stem`, `kind` and `newest` number. One query."""
    rows = Question.objects.filter(bank=vignette.bank_id).annotate(
        stem=newest("stem"), kind=newest("kind"), newest=newest("number"), case=newest("vignette__vignette")
    )
    return list(rows.filter(case=vignette.pk).order_by("pk"))


# ---- previews: what a learner would be shown ----


def asked_as_typed(
    *,
    kind: str,
    stem: str,
    choices: Sequence[Mapping[str, Any]],
    content: Mapping[str, Any],
    picture: QuestionPicture | None = None,
    case: VignetteVersion | None = None,
) -> AskedQuestion:
    """A question as a learner would be shown it, from what is typed alone. No query.

    Its parts stand in an order of their own, as they do for each learner. What cannot be asked yet has no controls.
    """
    type_ = KINDS[kind]
    own_case, ask = rules.split_stem(stem)
    question = AskedQuestion(
        uuid=uuid4(),
        position=1,
        kind=kind,
        stem=stem,
        case=own_case,
        ask=ask,
        prompt=str(type_.prompt),
        rule="",
        template="quizzes/types/unfinished.html",
        shape=type_.shape,
        points=1,
        shown=None,
        picture=drawn(picture),
        answer=(),
        sequence=0,
        saved_at=None,
        vignette=ShownCase(case.title, case.text, heads=True) if case is not None else None,
    )
    try:
        parsed = type_.parse([Choice(**choice) for choice in choices], content)
    except BadQuestionError:
        return question
    shown = type_.shown(parsed, rules.order(stem, type_.names(parsed)), [])
    digest = type_.picture(parsed)
    return replace(
        question,
        prompt=type_.prompt_of(parsed),
        rule=type_.rule(parsed),
        template=type_.template,
        shown=shown,
        picture=drawn(picture, shown.marks) if digest else question.picture,
    )


def asked_as_version(version: QuestionVersion, *, points: int = 1, position: int = 1) -> AskedQuestion:
    """A version as a learner would be shown it. One query where it asks about a picture, and for case and picture."""
    pictures = pictures_of(version.question.bank.school_id, [version])
    return asked_as(version, pictures, points=points, position=position)


def asked_as(
    version: QuestionVersion,
    pictures: Mapping[str | int, QuestionPicture],
    *,
    after: QuestionVersion | None = None,
    **more: Any,
) -> AskedQuestion:
    """A version as a learner would be shown it, with the pictures that were read for it, `after` another."""
    order = rules.order(version.stem, version.type.names(version.parsed))
    return asked(version, order=order, answer=[], pictures=pictures, vignette=case_of(version, after), **more)
