"""Owns what learners ask about a lesson and what staff answer; personal words, erased with the person."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from courses.catalog.models import Lesson
from courses.enrollments.models import Enrollment

MOST_WORDS = 2000
MOST_REASON = 300


class QuestionThread(models.Model):
    """One row is what one learner and the staff of her program say to each other about one lesson; nobody else reads it.

    Written by `services`. It waits from a learner's message on until staff answer or close it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for an answer")
        ANSWERED = "answered", _("Answered")
        CLOSED = "closed", _("Closed")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="question_threads")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="question_threads")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    waiting_since = models.DateTimeField(null=True, blank=True)
    last_at = models.DateTimeField(default=timezone.now)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "lesson"], name="one_thread_per_lesson"),
            models.CheckConstraint(
                name="thread_waits_since_a_moment",
                condition=Q(state="waiting", waiting_since__isnull=False)
                | Q(state__in=["answered", "closed"], waiting_since=None),
            ),
        ]
        indexes = [
            models.Index(fields=["lesson", "waiting_since"], name="threads_waiting", condition=Q(state="waiting"))
        ]

    def __str__(self) -> str:
        return f"{self.uuid} ({self.state})"


class QuestionMessage(models.Model):
    """One row is one message of a thread. Its words are never changed: they are hidden with a reason, or erased.

    A learner deletes her own message while nobody has answered it; then the row is gone.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    thread = models.ForeignKey(QuestionThread, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    from_staff = models.BooleanField()
    text = models.TextField(max_length=MOST_WORDS, blank=True)
    sent_at = models.DateTimeField(default=timezone.now)
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    hidden_reason = models.CharField(max_length=MOST_REASON, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="message_says_something_or_is_erased",
                condition=Q(erased_at=None) & ~Q(text="") | Q(erased_at__isnull=False, text="", hidden_reason=""),
            ),
            models.CheckConstraint(
                name="message_hidden_by_somebody_for_a_reason",
                condition=Q(hidden_at=None, hidden_by=None, hidden_reason="")
                | Q(hidden_at__isnull=False, hidden_by__isnull=False)
                & (~Q(hidden_reason="") | Q(erased_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["thread", "sent_at"], name="messages_of_thread"),
            # How much a learner has asked since a moment.
            models.Index(fields=["author", "sent_at"], name="questions_asked", condition=Q(from_staff=False)),
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class PublishedAnswer(models.Model):
    """One row is a question and its answer, edited by staff, for all learners of a lesson, without a name.

    Written by `services`; taken back by a date, never deleted. `thread` is where it came from, known to staff alone and
    forgotten when the learner's words are erased: the published words are the school's own.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="published_answers")
    thread = models.ForeignKey(
        QuestionThread, null=True, blank=True, on_delete=models.SET_NULL, related_name="published"
    )
    question = models.TextField(max_length=MOST_WORDS, blank=True)
    answer = models.TextField(max_length=MOST_WORDS, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    erased_at = models.DateTimeField(null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["thread"], condition=Q(withdrawn_at=None), name="one_published_answer_per_thread"
            ),
            models.CheckConstraint(
                name="published_answer_says_something_or_is_erased",
                condition=Q(erased_at=None) & ~Q(question="") & ~Q(answer="")
                | Q(erased_at__isnull=False, question="", answer="", withdrawn_at__isnull=False),
            ),
            models.CheckConstraint(
                name="published_answer_withdrawn_by_somebody",
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False) & (Q(withdrawn_by__isnull=False) | Q(erased_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["lesson", "published_at"], name="answers_of_lesson", condition=Q(withdrawn_at=None))
        ]

    def __str__(self) -> str:
        return str(self.uuid)
