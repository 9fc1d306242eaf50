"""Reads what a learner left inside a lesson, for herself alone: answers, reflections, notes, bookmarks."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Value
from django.db.models.fields import BooleanField, CharField, IntegerField, TextField, UUIDField

from accounts.prepared import Prepared
from certification.records.models import TrainingRecord
from certification.records.rules import instant
from courses.catalog.models import Lesson
from courses.enrollments.models import Enrollment

from ..models import Bookmark, LessonNote, Reflection, SelfCheckAnswer


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """Her last answer to one self-check: the ids that she chose, whether they were right, at which try."""

    chosen: tuple[str, ...]
    right: bool
    tries: int


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What she wrote under one question, and when it was saved."""

    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OwnPlaces:
    """All of it in one lesson: answers and reflections by the id of their block, notes as they were made, bookmarked
    headings by id (the empty one is the lesson itself) with their words.
    """

    answers: dict[str, OwnAnswer] = field(default_factory=dict)
    reflections: dict[str, OwnWords] = field(default_factory=dict)
    notes: list[LessonNote] = field(default_factory=list)
    bookmarks: dict[str, str] = field(default_factory=dict)


def own_places(enrollment: Enrollment, lesson: Lesson) -> OwnPlaces:
    """All that she left in a lesson. One query."""
    found = OwnPlaces()
    for row in _own_rows(enrollment=enrollment.pk, lesson=lesson.pk):
        kind, block, text, right, tries, at, uuid, exact, prefix, suffix, color, revision, made_at = row
        if kind == "answer":
            found.answers[str(block)] = OwnAnswer(tuple(text.split()), right, tries)
        elif kind == "words":
            found.reflections[str(block)] = OwnWords(text, at)
        elif kind == "bookmark":
            found.bookmarks[exact] = text
        else:
            found.notes.append(
                LessonNote(
                    enrollment=enrollment, lesson=lesson, uuid=uuid, block=block, exact=exact, prefix=prefix,
                    suffix=suffix, color=color, text=text, content_revision=revision, created_at=made_at, updated_at=at,
                )
            )  # fmt: skip
    found.notes.sort(key=lambda note: note.created_at)
    return found


def _left_in(enrollment: int, lesson: int) -> QuerySet[Any, tuple[Any, ...]]:
    where = {"enrollment": enrollment, "lesson": lesson}
    said, empty = (
        {kind: Value(kind, CharField()) for kind in ("note", "answer", "words", "bookmark")},
        Value("", TextField()),
    )
    no, none, nobody = Value(False, BooleanField()), Value(0, IntegerField()), Value(None, UUIDField())
    # The notes come first, since their columns give the others their types.
    notes = LessonNote.objects.filter(**where).values_list(
        said["note"], "block", "text", no, none, "updated_at",
        "uuid", "exact", "prefix", "suffix", "color", "content_revision", "created_at",
    )  # fmt: skip
    answers = SelfCheckAnswer.objects.filter(**where).values_list(
        said["answer"], "block", "chosen", "right", "tries", "answered_at",
        nobody, empty, empty, empty, empty, empty, "first_at",
    )  # fmt: skip
    words = Reflection.objects.filter(**where).values_list(
        said["words"], "block", "text", no, none, "saved_at",
        nobody, empty, empty, empty, empty, empty, "saved_at",
    )  # fmt: skip
    bookmarks = Bookmark.objects.filter(**where).values_list(
        said["bookmark"], nobody, "title", no, none, "created_at",
        "uuid", "place", empty, empty, empty, empty, "created_at",
    )  # fmt: skip
    return notes.union(answers, words, bookmarks, all=True)


_own_rows = Prepared(_left_in, enrollment=int, lesson=int)


def reflections_told(record: TrainingRecord) -> list[dict[str, Any]]:
    """Everything that the learner of a record wrote for herself, in the order of the lessons, as plain data. One query."""
    rows = (
        Reflection.objects.filter(enrollment__record=record)
        .select_related("lesson__module")
        .order_by("lesson__module__sort_order", "lesson__sort_order", "saved_at", "pk")
    )
    return [
        {
            "lesson": row.lesson.title,
            "module": row.lesson.module.title,
            "question": row.question,
            "text": row.text,
            "saved_at": instant(row.saved_at),
        }
        for row in rows
    ]


def own_reflections_told(record: TrainingRecord, whole: bool) -> dict[str, Any] | None:
    """What she wrote for herself, for her own copy of her record alone; None where there is nothing. One query."""
    told = [] if whole else reflections_told(record)
    return {"reflections": told} if told else None
