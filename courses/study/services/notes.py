"""Keeps what a learner marks and writes in a lesson for herself: notes, highlights, bookmarks."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from certification.records.models import TrainingRecord
from courses.catalog.models import Lesson
from courses.catalog.selectors import body_of, lesson_page, lesson_revision
from courses.enrollments.models import Enrollment

from ..models import MOST_BOOKMARKS, MOST_EXACT, MOST_NOTE, MOST_NOTES, Bookmark, LessonNote
from ..rules.notes import Anchor


class NoSuchNoteError(LookupError):
    """This id names another person's note, or one in another lesson."""


class NoSuchPlaceError(LookupError):
    """The published lesson has no such heading."""


def _tidy(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if len(text) > MOST_NOTE:
        raise ValidationError(_("This is longer than %(most)d characters. Shorten it.") % {"most": MOST_NOTE})
    return text


@transaction.atomic
def keep_note(
    *, uuid: UUID, enrollment: Enrollment, lesson: Lesson, text: str, anchor: Anchor | None = None, color: str = ""
) -> LessonNote:
    """Keep a note under the id that its page gave it: make it, or write text and color of the one that is there.

    Atomic, and idempotent by `uuid`: the same once more changes nothing. The passage of a note never changes. Refuses
    (ValidationError) a note that says and marks nothing, one too long, an unknown color, and more than 200 in one lesson;
    (NoSuchNoteError) an id that names something else.
    """
    text = _tidy(text)
    # One writer an enrollment, so that the limit holds and an id is made once.
    Enrollment.objects.select_for_update().get(pk=enrollment.pk)
    kept = LessonNote.objects.filter(uuid=uuid).first()
    if kept is not None and (kept.enrollment_id, kept.lesson_id) != (enrollment.pk, lesson.pk):
        raise NoSuchNoteError
    marks = bool(kept.exact) if kept is not None else anchor is not None
    if not marks and not text:
        raise ValidationError(_("Write your note first."))
    if marks and color not in LessonNote.Color.values:
        raise ValidationError(_("Choose one of the three colors."))
    color = color if marks else ""
    if kept is not None:
        if (kept.text, kept.color) != (text, color):
            kept.text, kept.color = text, color
            kept.updated_at = max(timezone.now(), kept.created_at)
            kept.save(update_fields=["text", "color", "updated_at"])
        return kept
    if anchor is not None and len(anchor.exact) > MOST_EXACT:
        raise ValidationError(
            _("That is more than %(most)d characters. Mark a shorter passage.") % {"most": MOST_EXACT}
        )
    if LessonNote.objects.filter(enrollment=enrollment, lesson=lesson).count() >= MOST_NOTES:
        raise ValidationError(
            _("You have %(most)d notes in this lesson, and no more fit. Delete some of them.") % {"most": MOST_NOTES}
        )
    page = lesson_page(lesson)
    now = timezone.now()
    return LessonNote.objects.create(
        uuid=uuid,
        enrollment=enrollment,
        lesson=lesson,
        text=text,
        color=color,
        content_revision=lesson_revision(page) if page else "",
        created_at=now,
        updated_at=now,
        **({} if anchor is None else _passage(anchor)),
    )


def _passage(anchor: Anchor) -> dict[str, object]:
    return {"exact": anchor.exact, "prefix": anchor.prefix, "suffix": anchor.suffix, "block": anchor.block}


@transaction.atomic
def delete_note(*, note: LessonNote) -> None:
    """Delete a note for good. Idempotent."""
    LessonNote.objects.filter(pk=note.pk).delete()


@transaction.atomic
def set_bookmark(*, enrollment: Enrollment, lesson: Lesson, place: str = "", is_set: bool) -> Bookmark | None:
    """Mark a lesson, or the heading of it that has this id, to come back to; or take the mark away. Atomic, idempotent.

    Refuses (NoSuchPlaceError) to mark a heading that the published lesson has not, and (ValidationError) more than 20 in
    one lesson. A mark can be taken away after its heading has gone.
    """
    where = {"enrollment": enrollment, "lesson": lesson, "place": place}
    if not is_set:
        Bookmark.objects.filter(**where).delete()
        return None
    Enrollment.objects.select_for_update().get(pk=enrollment.pk)
    kept = Bookmark.objects.filter(**where).first()
    if kept is not None:
        return kept
    title = ""
    if place:
        page = lesson_page(lesson)
        title = body_of(page).headings.get(place, "") if page else ""
        if not title:
            raise NoSuchPlaceError
    if Bookmark.objects.filter(enrollment=enrollment, lesson=lesson).count() >= MOST_BOOKMARKS:
        raise ValidationError(
            _("You have %(most)d bookmarks in this lesson, and no more fit.") % {"most": MOST_BOOKMARKS}
        )
    return Bookmark.objects.create(**where, title=title[:300])


def notes_behind(record: TrainingRecord) -> int:
    """How many notes and bookmarks were left in the lessons of this record's enrollment. Two queries."""
    return (
        LessonNote.objects.filter(enrollment__record=record).count()
        + Bookmark.objects.filter(enrollment__record=record).count()
    )


@transaction.atomic
def erase_notes(*, record: TrainingRecord) -> int:
    """Erase notes and bookmarks in the lessons of this record's enrollment; how many. No duty holds them. Idempotent."""
    notes, _models = LessonNote.objects.filter(enrollment__record=record).delete()
    bookmarks, _models = Bookmark.objects.filter(enrollment__record=record).delete()
    return notes + bookmarks
