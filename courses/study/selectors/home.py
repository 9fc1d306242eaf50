"""Reads study: the outline with states, what to do next, the home of a learner with her pace and deadlines."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.prepared import Prepared
from accounts.templatetags.palmar import hm_text
from certification.quizzes.selectors import AssignedQuiz, assigned_quizzes
from certification.records.rules import lacking
from certification.records.selectors import Transcript, today_of, transcript_for
from courses.catalog.models import Lesson, LessonChange, LessonPage, Module, Program
from courses.catalog.rules import Exemption, Standing, Wait, waits
from courses.catalog.selectors import foreign_language, lessons_in_language, part_number
from courses.enrollments.models import Enrollment
from courses.enrollments.selectors import enrollments_of

from ..models import Bookmark, ClipWatch, LessonProgress, StudySession
from ..rules.pace import Pace, pace, week_of
from .notes import bookmarks_of
from .questions import answers_for_all, messages_of
from .releases import standing_of

NOT_BEGUN = "not_begun"


@lru_cache(maxsize=5_000)
def _address(lesson: UUID) -> str:
    return reverse("study:lesson", args=[lesson])


@dataclass(frozen=True, slots=True)
class LessonLine:
    """One lesson of an outline, as far as this enrollment is with it."""

    lesson: Lesson
    number: str
    state: str
    minutes: int
    position: int
    opened_at: datetime | None
    published: bool
    waits: tuple[Wait, ...] = ()
    """What it waits for before she can open it; nothing once she has begun it."""
    exemption: Exemption | None = None
    exempted_for: str = ""
    """The reason of her exemption."""
    again: bool = False
    """She finished it before a change that asks everybody to go through it again."""
    news: str = ""
    """What has changed since she finished it."""
    bookmarked: bool = False
    """She marked it, or a heading in it, to come back to."""
    messages: int = 0
    """Between her and the staff about it; known on the lesson's own page alone, as the next."""
    answers: int = 0
    """Questions and answers for all learners."""

    @property
    def readable(self) -> bool:
        """Whether she can open it now."""
        return self.published and not self.waits

    @property
    def url(self) -> str:
        """Its page."""
        return _address(self.lesson.uuid)

    @property
    def key(self) -> str:
        """Names all that an outline says of it."""
        said = (self.url, self.number, self.lesson.shown_title, self.lesson.minutes, self.minutes, self.state)
        return repr((*said, self.again, self.published, bool(self.waits), self.bookmarked))

    @property
    def left(self) -> int:
        """Seat minutes that it still has."""
        return max(self.lesson.minutes - self.minutes, 0)

    @property
    def to_go(self) -> int:
        """Seat minutes that it still has for her; none once she has finished it."""
        return 0 if self.finished else self.left

    @property
    def missing(self) -> int:
        """Seat minutes still needed to finish it."""
        if self.exemption and "minutes" in self.exemption.waives:
            return 0
        return max(self.lesson.min_seat_minutes - self.minutes, 0)

    @property
    def finished(self) -> bool:
        """Whether she finished it, and nothing since asks her to do it again."""
        return self.state == LessonProgress.State.FINISHED and not self.again


def _outline(enrollment: int | None, *, language: str | None, questions: bool, **where: Any) -> QuerySet[Lesson]:
    """Lessons in order, with what one enrollment (by its key) made of each."""
    live = LessonPage.objects.filter(lesson=OuterRef("pk"), live=True, alias_of=None)
    lessons = Lesson.objects.filter(retired_at=None, **where).exclude(module__state=Module.State.RETIRED)
    if enrollment is not None:
        told = LessonChange.objects.filter(
            lesson=OuterRef("pk"), published_at__gt=OuterRef("mine__completed_at")
        ).exclude(kind=LessonChange.Kind.COSMETIC)
        lessons = lessons.annotate(
            mine=FilteredRelation("progress", condition=Q(progress__enrollment=enrollment)),
            exempted=FilteredRelation(
                "exceptions", condition=Q(exceptions__enrollment=enrollment, exceptions__ended_at=None)
            ),
            my_state=F("mine__state"),
            my_minutes=F("mine__seat_minutes"),
            my_position=F("mine__position"),
            my_opened=F("mine__opened_at"),
            my_completed=F("mine__completed_at"),
            ex_on=F("exempted__opens_on"),
            ex_now=F("exempted__opens_now"),
            ex_waives=F("exempted__waives"),
            ex_reason=F("exempted__reason"),
            bookmarked=Exists(Bookmark.objects.filter(lesson=OuterRef("pk"), enrollment=enrollment)),
            news=Subquery(told.order_by("-published_at").values("note")[:1]),
        )
        if questions:
            lessons = lessons.annotate(messages=messages_of(enrollment), answers=answers_for_all())
    return (
        lessons_in_language(language, lessons, module=True)
        .annotate(published=Exists(live), part=part_number())
        # Whose place it is, her program is known.
        .select_related("module__program__school" if enrollment is None else "module")
        .order_by("module__sort_order", "module_id", "sort_order", "pk")
    )


@cache
def _outline_beside(language: str | None) -> Prepared[Lesson]:
    return Prepared(
        lambda enrollment, lesson: _outline(
            enrollment, language=language, questions=True, module__lessons__uuid=lesson
        ),
        enrollment=int,
        lesson=UUID,
    )


@cache
def _outline_whole(language: str | None) -> Prepared[Lesson]:
    return Prepared(
        lambda enrollment, program: _outline(enrollment, language=language, questions=False, module__program=program),
        enrollment=int,
        program=int,
    )


def _lines(rows: list[Lesson], enrollment: Enrollment | None) -> list[LessonLine]:
    listed: list[LessonLine] = []
    standing: Standing | None = None
    module = inside = 0
    for row in rows:
        inside = inside + 1 if module == row.module_id else 1
        module = row.module_id
        row.module.__dict__["local_title"] = getattr(row, "module_title", None)
        if enrollment is not None:
            row.module.program = enrollment.program
        exemption = _exemption(row)
        waiting: tuple[Wait, ...] = ()
        # What she has begun stays open to her, whatever is asked of others since.
        if enrollment is not None and not getattr(row, "my_state", None) and not row.release().always:
            standing = standing or standing_of(enrollment, [each.release() for each in rows])
            waiting = waits(row.release(), standing, exemption)
        completed = getattr(row, "my_completed", None)
        listed.append(
            LessonLine(
                lesson=row,
                number=f"{getattr(row, 'part', 0)}.{inside}",
                state=getattr(row, "my_state", None) or NOT_BEGUN,
                minutes=getattr(row, "my_minutes", None) or 0,
                position=getattr(row, "my_position", None) or 0,
                opened_at=getattr(row, "my_opened", None),
                published=getattr(row, "published", False),
                waits=waiting,
                exemption=exemption,
                exempted_for=getattr(row, "ex_reason", None) or "",
                again=bool(completed and row.redo_since and completed < row.redo_since),
                news=getattr(row, "news", None) or "",
                bookmarked=getattr(row, "bookmarked", False),
                messages=getattr(row, "messages", 0),
                answers=getattr(row, "answers", 0),
            )
        )
    return listed


def _exemption(row: Any) -> Exemption | None:
    if not getattr(row, "ex_reason", None):
        return None
    waives = row.ex_waives if isinstance(row.ex_waives, list) else json.loads(row.ex_waives or "[]")
    return Exemption(row.ex_on, bool(row.ex_now), frozenset(waives))


def lessons_beside(lesson_uuid: UUID, enrollment: Enrollment | None) -> list[LessonLine]:
    """The lessons of the module that holds this one, itself among them, with module and program.

    One query; up to five more where one of them that she has not begun has gates.
    """
    language = foreign_language()
    if enrollment is None:
        rows = list(_outline(None, language=language, questions=False, module__lessons__uuid=lesson_uuid))
    else:
        rows = _outline_beside(language)(enrollment=enrollment.pk, lesson=lesson_uuid)
    return _lines(rows, enrollment)


def lessons_of(enrollment: Enrollment) -> list[LessonLine]:
    """All lessons of the enrollment's program, in its order. One query; up to four more for gates."""
    rows = _outline_whole(foreign_language())(enrollment=enrollment.pk, program=enrollment.program_id)
    return _lines(rows, enrollment)


def lessons_in(program: Program) -> list[LessonLine]:
    """All lessons of a program in its order, nobody's progress. One query."""
    rows = list(_outline(None, language=foreign_language(), questions=False, module__program=program))
    return _lines(rows, None)


@dataclass(frozen=True, slots=True)
class Part:
    """One module of a learner's home: its lessons and its quiz."""

    module: Module
    lines: tuple[LessonLine, ...]
    quiz: AssignedQuiz | None

    @property
    def to_go(self) -> int:
        """Seat minutes that its published lessons still have for her."""
        return minutes_to_go(self.lines)


@dataclass(frozen=True, slots=True)
class Step:
    """What to do next: a link, its words, and one sentence about it."""

    kind: str
    title: str
    url: str
    hint: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day on which something ends or opens: `quiz` (no attempt may begin after it), `lesson` (opens), `end`.

    `at` is the moment where one is set. Days are those of the record's zone.
    """

    kind: str
    on: date
    title: str
    url: str = ""
    at: datetime | None = None
    days: int = 0
    """From today on; 0 is today."""


@dataclass(frozen=True, slots=True)
class StudyHome:
    """One enrollment as its learner's home shows it."""

    enrollment: Enrollment
    parts: tuple[Part, ...]
    transcript: Transcript
    step: Step | None
    pace: Pace | None = None
    """None where the enrollment does not run."""
    deadlines: tuple[Deadline, ...] = ()
    bookmarks: tuple[Bookmark, ...] = ()
    other_quizzes: tuple[AssignedQuiz, ...] = ()
    """Those of no part that has lessons, such as a final examination."""

    @property
    def finished(self) -> int:
        """Lessons finished."""
        return sum(line.finished for part in self.parts for line in part.lines)

    @property
    def lessons(self) -> int:
        """Lessons that are published, those that wait included."""
        return sum(line.published for part in self.parts for line in part.lines)

    @property
    def rings(self) -> list[dict[str, Any]]:
        """Top categories with minutes counted, needed and attended."""
        titles = self.transcript.titles()
        return [
            {
                "code": node.code,
                "title": titles.get(node.code, node.code),
                "counted": node.counted,
                "required": node.required,
                "attended": node.attended,
            }
            for node in self.transcript.evaluation.categories
        ]


def study_home(user: User) -> list[StudyHome]:
    """Each enrollment that was not withdrawn, with what to do next. One query, and at most 10 more an enrollment."""
    return [_home(enrollment) for enrollment in enrollments_of(user)]


def _home(enrollment: Enrollment) -> StudyHome:
    lines = lessons_of(enrollment)
    assigned = assigned_quizzes(enrollment.record)
    quizzes = {quiz.module: quiz for quiz in assigned}
    modules: dict[int, list[LessonLine]] = {}
    for line in lines:
        modules.setdefault(line.lesson.module_id, []).append(line)
    parts = tuple(
        Part(inside[0].lesson.module, tuple(inside), quizzes.get(inside[0].lesson.module.code))
        for inside in modules.values()
    )
    of_parts = {part.quiz.uuid for part in parts if part.quiz}
    others = in_order_of(enrollment.program, [quiz for quiz in assigned if quiz.uuid not in of_parts])
    is_active = enrollment.state == Enrollment.State.ACTIVE
    transcript = transcript_for(enrollment.record)
    return StudyHome(
        enrollment,
        parts,
        transcript,
        next_step(parts, others) if is_active else None,
        pace_of(enrollment, transcript) if is_active else None,
        deadlines_of(enrollment, parts, others) if is_active else (),
        tuple(bookmarks_of(enrollment)),
        others,
    )


def in_order_of(program: Program, quizzes: list[AssignedQuiz]) -> tuple[AssignedQuiz, ...]:
    """These quizzes outside of modules as the program orders its examinations, others after them.

    One query where there are two or more.
    """
    if len(quizzes) < 2:
        return tuple(quizzes)
    codes = list(program.examinations.values_list("quiz__code", flat=True))
    return tuple(sorted(quizzes, key=lambda quiz: codes.index(quiz.module) if quiz.module in codes else len(codes)))


def minutes_to_go(lines: Iterable[LessonLine]) -> int:
    """Seat minutes that published lessons still have for her."""
    return sum(line.to_go for line in lines if line.published)


def pace_of(enrollment: Enrollment, transcript: Transcript) -> Pace:
    """Her creditable minutes of the last seven days against what is missing until her cohort ends. No query."""
    today = today_of(enrollment.record)
    first, last = week_of(today)
    return pace(
        week=sum(line.creditable for line in transcript.entries if first <= line.date <= last),
        left=lacking(transcript.evaluation),
        today=today,
        started_on=enrollment.record.program_start_on or enrollment.record.enrolled_on,
        ends_on=enrollment.cohort.ends_on if enrollment.cohort else None,
    )


def deadlines_of(
    enrollment: Enrollment, parts: Iterable[Part], others: Iterable[AssignedQuiz] = ()
) -> tuple[Deadline, ...]:
    """What ends or opens from today on, by day: quizzes that she may still begin, lessons, the program. No query."""
    zone = ZoneInfo(enrollment.record.zone)
    now, today = timezone.now(), today_of(enrollment.record)
    found: list[Deadline] = []

    def add(kind: str, on: date, title: str, url: str = "", at: datetime | None = None) -> None:
        found.append(Deadline(kind, on, title, url, at, (on - today).days))

    parts = tuple(parts)
    for quiz in (*(part.quiz for part in parts), *others):
        if quiz and quiz.closes_at and quiz.closes_at > now and quiz.state not in {"passed", "failed"}:
            add("quiz", timezone.localdate(quiz.closes_at, zone), quiz.title, quiz.url, quiz.closes_at)
    for part in parts:
        for line in part.lines:
            days = [wait.on for wait in line.waits if wait.on is not None]
            if days and line.published:
                add("lesson", max(days), line.lesson.shown_title, line.url)
    ends = enrollment.cohort.ends_on if enrollment.cohort else None
    if ends is not None and ends >= today:
        add("end", ends, enrollment.program.title)
    # On the same day what has an hour comes first, and the end of all of it last.
    return tuple(sorted(found, key=lambda one: (one.on, one.kind == "end", one.at is None, one.at or now)))


def next_step(parts: tuple[Part, ...], others: Iterable[AssignedQuiz] = ()) -> Step | None:
    """Go on with the lesson last opened; else take a quiz whose lessons are done; else begin the next lesson; else take
    an examination that waits for nothing.
    """
    lines = [line for part in parts for line in part.lines if line.readable]
    begun = [line for line in lines if line.opened_at and (line.state == LessonProgress.State.BEGUN or line.again)]
    if begun:
        line = max(begun, key=lambda one: one.opened_at or datetime.min.replace(tzinfo=UTC))
        return Step(
            "lesson",
            line.lesson.shown_title,
            line.url,
            _("%(counted)s of %(all)s counted; you come back where you were.")
            % {"counted": hm_text(line.minutes), "all": hm_text(line.lesson.minutes)},
        )
    for part in parts:
        done = all(line.finished for line in part.lines if line.published)
        if part.quiz and done and part.quiz.state in {"open", "in_progress"}:
            return Step("quiz", part.quiz.title, part.quiz.url, _("You have finished the lessons of this part."))
    for line in lines:
        if not line.finished:
            return Step(
                "lesson",
                line.lesson.shown_title,
                line.url,
                _("%(all)s, part “%(module)s”.")
                % {"all": hm_text(line.lesson.minutes), "module": line.lesson.module.shown_title},
            )
    for quiz in others:
        if quiz.state in {"open", "in_progress"} and not quiz.waits:
            return Step("quiz", quiz.title, quiz.url, _("All that comes before this examination is on your record."))
    return None


def enrollment_lines(enrollment: Enrollment) -> tuple[list[LessonLine], list[AssignedQuiz]]:
    """Lessons and quizzes of one enrollment for the API. Three queries."""
    return lessons_of(enrollment), assigned_quizzes(enrollment.record)


def clips_of(enrollment: Enrollment) -> list[ClipWatch]:
    """The clips that she has begun. One query."""
    return list(enrollment.clips.all())


def open_visit(enrollment: Enrollment) -> StudySession | None:
    """The visit that is open now in this enrollment. One query."""
    return StudySession.objects.filter(enrollment=enrollment, state=StudySession.State.OPEN).first()
