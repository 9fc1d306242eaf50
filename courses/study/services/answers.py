"""Keeps what a learner leaves inside a lesson: her answers to its self-checks, her reflections."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from certification.records.models import TrainingRecord
from courses.catalog.models import Lesson
from courses.catalog.selectors import block_of, lesson_page, lesson_revision
from courses.enrollments.models import Enrollment

from ..models import MOST_TRIES, MOST_WORDS, Reflection, SelfCheckAnswer


class NoSuchQuestionError(LookupError):
    """The published lesson has no such question."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What an answer came to: whether it was right, and at which try."""

    right: bool
    tries: int


@transaction.atomic
def answer_self_check(*, enrollment: Enrollment, lesson: Lesson, block: UUID, chosen: Collection[str]) -> Judged:
    """Judge and keep an answer to a self-check of the published lesson; `chosen` are the ids of the chosen answers.

    Atomic. The same answer once more is the same try, so that a lost reply may be asked for again. Refuses
    (ValidationError) no answer and one that the question does not offer, and (NoSuchQuestionError) another question.
    """
    page = lesson_page(lesson)
    check = block_of(page, "self_check", block) if page else None
    if page is None or check is None:
        raise NoSuchQuestionError
    offered = {item.id: bool(item.value["correct"]) for item in check["choices"].bound_blocks}
    ids = sorted(set(chosen))
    if not ids or not set(ids) <= set(offered):
        raise ValidationError(_("Choose one of the answers first."))
    right = set(ids) == {key for key, correct in offered.items() if correct}
    now = timezone.now()
    kept, made = SelfCheckAnswer.objects.select_for_update().get_or_create(
        enrollment=enrollment,
        lesson=lesson,
        block=block,
        defaults={
            "chosen": " ".join(ids),
            "content_revision": lesson_revision(page),
            "right": right,
            "right_at_first": right,
            "first_at": now,
            "answered_at": now,
        },
    )
    if not made and kept.chosen != " ".join(ids):
        kept.chosen, kept.right, kept.answered_at = " ".join(ids), right, max(now, kept.first_at)
        kept.content_revision = lesson_revision(page)
        kept.tries = min(kept.tries + 1, MOST_TRIES)
        kept.save()
    return Judged(kept.right, kept.tries)


@transaction.atomic
def save_reflection(*, enrollment: Enrollment, lesson: Lesson, block: UUID, text: str) -> Reflection | None:
    """Keep what she wrote under a question of the published lesson, or take it away where she left nothing.

    Atomic, idempotent. What she began may be written on when an editor has taken the question out meanwhile. Refuses
    (ValidationError) more than 10,000 characters, and (NoSuchQuestionError) another question.
    """
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if len(text) > MOST_WORDS:
        raise ValidationError(_("This is longer than %(most)d characters. Shorten it.") % {"most": MOST_WORDS})
    place: dict[str, Any] = {"enrollment": enrollment, "lesson": lesson, "block": block}
    page = lesson_page(lesson)
    asked = block_of(page, "reflection", block) if page else None
    if asked is None and not Reflection.objects.filter(**place).exists():
        raise NoSuchQuestionError
    if not text:
        Reflection.objects.filter(**place).delete()
        return None
    words = {"text": text, "saved_at": timezone.now()} | ({"question": asked["question"]} if asked else {})
    kept, _made = Reflection.objects.update_or_create(**place, defaults=words)
    return kept


def reflections_behind(record: TrainingRecord) -> int:
    """How many reflections were written in the lessons of this record's enrollment. One query."""
    return Reflection.objects.filter(enrollment__record=record).count()


@transaction.atomic
def erase_reflections(*, record: TrainingRecord) -> int:
    """Erase what was written in the lessons of this record's enrollment; how many. No duty holds it. Idempotent."""
    erased, _models = Reflection.objects.filter(enrollment__record=record).delete()
    return erased
