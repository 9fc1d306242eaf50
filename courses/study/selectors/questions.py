"""Reads questions about lessons: a learner's thread, what was published for all, the staff's inbox."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.selectors import STAFF_ROLES, schools_of
from certification.records.models import TrainingRecord
from certification.records.rules import instant
from courses.catalog.models import Lesson
from courses.enrollments.models import Enrollment

from ..models import PublishedAnswer, QuestionMessage, QuestionThread

STATES = ("waiting", "answered", "closed")


@dataclass(frozen=True, slots=True)
class Talk:
    """The messages of one thread, oldest first; what the learner deleted is left out."""

    thread: QuestionThread | None
    messages: tuple[QuestionMessage, ...]

    @property
    def deletable(self) -> frozenset[int]:
        """The learner's messages that nobody has answered yet and that stand in sight."""
        last = max((message.pk for message in self.messages if message.from_staff), default=0)
        return frozenset(
            message.pk
            for message in self.messages
            if not message.from_staff and message.pk > last and message.hidden_at is None and not message.erased_at
        )


def talk_about(enrollment: Enrollment, lesson: Lesson) -> Talk:
    """What a learner and the staff said about a lesson. At most two queries."""
    thread = QuestionThread.objects.filter(enrollment=enrollment, lesson=lesson).first()
    return talk_in(thread)


def talk_in(thread: QuestionThread | None) -> Talk:
    """The messages of a thread. One query."""
    if thread is None:
        return Talk(None, ())
    rows = QuestionMessage.objects.filter(thread=thread, erased_at=None)
    return Talk(thread, tuple(rows.select_related("author", "hidden_by").order_by("pk")))


def published_for(lesson: Lesson) -> list[PublishedAnswer]:
    """The questions and answers that all learners of a lesson may read, oldest first. One query."""
    return list(PublishedAnswer.objects.filter(lesson=lesson, withdrawn_at=None).order_by("published_at", "pk"))


def published_from(thread: QuestionThread) -> PublishedAnswer | None:
    """What stands published of a thread now. One query."""
    return PublishedAnswer.objects.filter(thread=thread, withdrawn_at=None).first()


def messages_of(enrollment: Enrollment | int) -> Coalesce:
    """For a queryset of lessons: how many messages stand in sight between this learner and the staff."""
    rows = QuestionMessage.objects.filter(
        thread__lesson=OuterRef("pk"), thread__enrollment=enrollment, erased_at=None, hidden_at=None
    )
    counted = rows.order_by().values("thread__lesson").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), Value(0))


def answers_for_all() -> Coalesce:
    """For a queryset of lessons: how many questions and answers stand there for all learners."""
    rows = PublishedAnswer.objects.filter(lesson=OuterRef("pk"), withdrawn_at=None)
    counted = rows.order_by().values("lesson").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), Value(0))


def threads_for(user: User) -> QuerySet[QuestionThread]:
    """The threads of the schools where this person works, waiting first, the longest waiting before all.

    Threads without a word are left out. One query when read, and one for the schools' names where roles are not known.
    """
    said = QuestionMessage.objects.filter(thread=OuterRef("pk"), erased_at=None)
    newest = said.filter(hidden_at=None).order_by("-pk").values("text")[:1]
    return (
        QuestionThread.objects.filter(Exists(said), lesson__module__program__school__in=schools_of(user, *STAFF_ROLES))
        .select_related("lesson__module__program__school", "enrollment__learner__user", "enrollment__cohort")
        .annotate(newest=Subquery(newest))
        .order_by(F("waiting_since").asc(nulls_last=True), "-last_at", "-pk")
    )


def waiting_questions(user: User) -> tuple[int, QuestionThread | None]:
    """How many threads wait for the staff of this person's schools, and the one that waits longest. Two queries."""
    waiting = QuestionThread.objects.filter(
        state=QuestionThread.State.WAITING, lesson__module__program__school__in=schools_of(user, *STAFF_ROLES)
    ).order_by("waiting_since", "pk")
    return waiting.count(), waiting.first()


def questions_told(record: TrainingRecord, whole: bool) -> dict[str, Any] | None:
    """A record's threads for its export, oldest first; None where nothing was said. One query.

    The learner's own copy has her words even where the school has hidden them, and no hidden words of staff; who hid
    what stands in the school's copy (`whole`) alone.
    """
    messages = (
        QuestionMessage.objects.filter(thread__enrollment__record=record, erased_at=None)
        .select_related("thread__lesson", "author", "hidden_by")
        .order_by("thread_id", "pk")
    )
    threads: dict[str, dict[str, Any]] = {}
    for message in messages:
        if message.hidden_at is not None and message.from_staff and not whole:
            continue
        thread = message.thread
        told = threads.setdefault(
            str(thread.uuid),
            {"uuid": str(thread.uuid), "lesson": thread.lesson.title, "state": thread.state, "messages": []},
        )
        told["messages"].append(_message_told(message, whole))
    return {"form": "palmar-questions/1", "threads": list(threads.values())} if threads else None


def _message_told(message: QuestionMessage, whole: bool) -> dict[str, Any]:
    told = {
        "uuid": str(message.uuid),
        "from": "staff" if message.from_staff else "learner",
        "author": message.author.get_full_name(),
        "sent_at": instant(message.sent_at),
        "text": message.text,
    }
    if message.hidden_at is not None:
        told |= {"hidden_at": instant(message.hidden_at), "hidden_reason": message.hidden_reason}
        if whole and message.hidden_by is not None:
            told["hidden_by"] = message.hidden_by.get_full_name()
    return told
