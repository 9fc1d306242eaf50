"""Reads what a learner left inside a lesson, for herself alone."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Value
from django.db.models.fields import BooleanField, CharField, IntegerField

from certification.records.models import TrainingRecord
from certification.records.rules import instant
from courses.catalog.models import Lesson
from courses.enrollments.models import Enrollment

from ..models import Reflection, SelfCheckAnswer


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
    """All of it in one lesson, by the id of the block."""

    answers: dict[str, OwnAnswer] = field(default_factory=dict)
    reflections: dict[str, OwnWords] = field(default_factory=dict)


def own_places(enrollment: Enrollment, lesson: Lesson) -> OwnPlaces:
    """Her answers and reflections in a lesson. One query."""
    where = {"enrollment": enrollment, "lesson": lesson}
    answers = SelfCheckAnswer.objects.filter(**where).values_list(
        Value("answer", CharField()), "block", "chosen", "right", "tries", "answered_at"
    )
    words = Reflection.objects.filter(**where).values_list(
        Value("words", CharField()), "block", "text", Value(False, BooleanField()), Value(0, IntegerField()), "saved_at"
    )
    found = OwnPlaces()
    for kind, block, text, right, tries, at in answers.union(words, all=True):
        if kind == "answer":
            found.answers[str(block)] = OwnAnswer(tuple(text.split()), right, tries)
        else:
            found.reflections[str(block)] = OwnWords(text, at)
    return found


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
