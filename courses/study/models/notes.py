"""Owns what a learner marks and writes in a lesson for herself alone: notes, highlights, bookmarks. Personal words."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.catalog.models import Lesson
from courses.enrollments.models import Enrollment

MOST_NOTE = 10_000
"""Characters of one note."""
MOST_EXACT = 1000
"""Characters of one marked passage."""
MOST_CONTEXT = 64
"""Characters kept before and after a passage, by which it is told from its like."""
MOST_NOTES = 200
"""Notes and highlights of one enrollment in one lesson."""
MOST_BOOKMARKS = 20
"""Bookmarks of one enrollment in one lesson."""


class LessonNote(models.Model):
    """One row is a note of one learner in one lesson, or a passage that she marked, or both; hers alone.

    Written by `services`, read by nobody of the school, erased with the person. The passage is a text-quote selector of
    the W3C: its words (`exact`) with those before and after, blanks drawn together, and the `block` in which it began; it
    never changes, so that it can be told from what the lesson says now. Without a passage it is a note on the whole
    lesson. `content_revision` names the words in which the passage was marked.
    """

    class Color(models.TextChoices):
        YELLOW = "yellow", _("Yellow")
        GREEN = "green", _("Green")
        BLUE = "blue", _("Blue")

    uuid = models.UUIDField(unique=True, editable=False, help_text="Given by the page that wrote it.")
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="notes")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="notes")
    block = models.UUIDField(null=True, blank=True)
    exact = models.TextField(blank=True)
    prefix = models.CharField(max_length=MOST_CONTEXT, blank=True)
    suffix = models.CharField(max_length=MOST_CONTEXT, blank=True)
    color = models.CharField(max_length=6, choices=Color, blank=True)
    text = models.TextField(blank=True)
    content_revision = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="note_marks_a_passage_or_says_something",
                condition=Q(exact="", block=None, prefix="", suffix="", color="") & ~Q(text="")
                | ~Q(exact="") & Q(color__in=["yellow", "green", "blue"]),
            ),
            models.CheckConstraint(name="note_made_before_changed", condition=Q(created_at__lte=F("updated_at"))),
        ]
        indexes = [models.Index(fields=["enrollment", "lesson"], name="notes_in_a_lesson")]

    def __str__(self) -> str:
        return str(self.uuid)


class Bookmark(models.Model):
    """One row is a place in a lesson to which one learner wants to come back; hers alone.

    Written by `services`, erased with the person. `place` is the id of a heading in the lesson's page, empty for the
    lesson itself; `title` its words when it was marked, so that it can be named after the heading has gone.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="bookmarks")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="bookmarks")
    place = models.CharField(max_length=80, blank=True)
    title = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "lesson", "place"], name="one_bookmark_per_place"),
        ]

    def __str__(self) -> str:
        return self.title or str(self.uuid)
