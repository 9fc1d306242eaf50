"""Reads what a learner marked and wrote for herself, for herself alone: notes, highlights, bookmarks."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from certification.records.models import TrainingRecord
from certification.records.rules import instant
from courses.catalog.models import Lesson, Module, Program
from courses.catalog.selectors import foreign_language, lessons_in_language
from courses.enrollments.models import Enrollment

from ..models import Bookmark, LessonNote
from ..rules.notes import Told, ToldLesson, holds

IN_PROGRAM = ("lesson__module__sort_order", "lesson__module_id", "lesson__sort_order", "lesson_id", "created_at", "pk")


@dataclass(frozen=True, slots=True)
class NotedLesson:
    """The notes of one lesson, oldest first."""

    lesson: Lesson
    notes: tuple[LessonNote, ...]

    @property
    def url(self) -> str:
        """Its page; empty where it was taken out of the program."""
        if self.lesson.retired_at is not None or self.lesson.module.state == Module.State.RETIRED:
            return ""
        return reverse("study:lesson", args=[self.lesson.uuid])


def notes_of(user: User, program: Program, *, asked: str = "") -> list[NotedLesson]:
    """All notes of a person in a program, by lesson, in its order; with `asked` those in which all its words stand.

    Those of all her enrollments in it that were not withdrawn. Two queries.
    """
    rows = list(
        LessonNote.objects.filter(enrollment__learner__user=user, lesson__module__program=program)
        .exclude(enrollment__state=Enrollment.State.WITHDRAWN)
        .order_by(*IN_PROGRAM)
    )
    wanted = Lesson.objects.filter(pk__in={row.lesson_id for row in rows})
    lessons: dict[int, Any] = {}
    for lesson in lessons_in_language(foreign_language(), wanted, module=True).select_related("module"):
        lesson.module.__dict__["local_title"] = getattr(lesson, "module_title", None)
        lessons[lesson.pk] = lesson
    found = [row for row in rows if holds(asked, row.text, row.exact, lessons[row.lesson_id].shown_title)]
    return [NotedLesson(lessons[key], tuple(inside)) for key, inside in groupby(found, key=lambda row: row.lesson_id)]


def notes_to_take_away(noted: Sequence[NotedLesson], zone: str) -> list[ToldLesson]:
    """The same as plain words; days in this time zone. No query."""
    return [
        ToldLesson(
            one.lesson.module.shown_title,
            one.lesson.shown_title,
            [Told(note.exact, note.text, _day(note, zone)) for note in one.notes],
        )
        for one in noted
    ]


def _day(note: LessonNote, zone: str) -> Any:
    return timezone.localdate(note.updated_at, ZoneInfo(zone))


def bookmarks_of(enrollment: Enrollment) -> list[Bookmark]:
    """The bookmarks of an enrollment, in the order of its program, with their lessons. One query."""
    return list(enrollment.bookmarks.filter(lesson__retired_at=None).select_related("lesson").order_by(*IN_PROGRAM))


def own_notes_told(record: TrainingRecord, whole: bool) -> dict[str, Any] | None:
    """Her notes and bookmarks as plain data, for her own copy of her record alone; None without any. Two queries."""
    if whole:
        return None
    notes = [
        {
            "module": row.lesson.module.title,
            "lesson": row.lesson.title,
            "content_revision": row.content_revision,
            "passage": {"exact": row.exact, "prefix": row.prefix, "suffix": row.suffix} if row.exact else None,
            "color": row.color or None,
            "text": row.text,
            "created_at": instant(row.created_at),
            "updated_at": instant(row.updated_at),
        }
        for row in LessonNote.objects.filter(enrollment__record=record)
        .select_related("lesson__module")
        .order_by(*IN_PROGRAM)
    ]
    bookmarks = [
        {
            "module": row.lesson.module.title,
            "lesson": row.lesson.title,
            "heading": row.title or None,
            "created_at": instant(row.created_at),
        }
        for row in Bookmark.objects.filter(enrollment__record=record)
        .select_related("lesson__module")
        .order_by(*IN_PROGRAM)
    ]
    return {"notes": notes, "bookmarks": bookmarks} if notes or bookmarks else None
