"""Writes questions about lessons: asked, answered, moderated, published without a name."""

import re
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.selectors import STAFF_ROLES, has_role, holders_of
from certification.records.models import Learner, TrainingRecord
from courses.catalog.models import Lesson
from courses.enrollments.models import Enrollment
from notices.services import enqueue_mail

from ..models import MOST_REASON, MOST_WORDS, PublishedAnswer, QuestionMessage, QuestionThread
from ..naming import naming
from .texts import in_field, one_line, plain_words

MOST_QUESTIONS = 10
"""Messages that a learner may write in 24 hours, over all lessons; deleted ones count."""
A_DAY = timedelta(hours=24)
ANSWERING = ("instructor", "coordinator", "registrar", "admin")
"""Who hears of a question: those of the first role that anybody holds at the school."""


def ask(*, uuid: UUID, enrollment: Enrollment, lesson: Lesson, text: str, by: User) -> QuestionMessage:
    """Write to the staff about a lesson; a mail says that a question waits, without its words.

    Atomic; idempotent by `uuid`. Staff hear of it once, when the thread begins to wait. Refuses (ValidationError, beside
    the field) who is not the learner, a place that is not active, a lesson of another program, an empty, too long or odd
    text, and more than MOST_QUESTIONS in a day.
    """
    if enrollment.learner.user_id != by.pk:
        raise ValidationError(_("Only the learner herself asks here."), code="no_right")
    if enrollment.state == Enrollment.State.SUSPENDED:
        raise ValidationError(_("Your place is paused. Ask the school’s office to open it again."), code="paused")
    if enrollment.state != Enrollment.State.ACTIVE:
        raise ValidationError(_("Your program has ended, so nobody waits for questions here."), code="ended")
    if lesson.module.program_id != enrollment.program_id:
        raise ValidationError(_("This lesson belongs to another program."), code="elsewhere")
    text = _words(text, _("Write your question first."))
    with transaction.atomic():
        Learner.objects.select_for_update().get(pk=enrollment.learner_id)
        sent = QuestionMessage.objects.filter(uuid=uuid, author=by).first()
        if sent is not None:
            return sent
        now = timezone.now()
        if questions_left(by, now=now) <= 0:
            raise in_field(
                "text",
                ValidationError(
                    _("You wrote %(n)d messages in the last 24 hours, which is the most. Ask again tomorrow.")
                    % {"n": MOST_QUESTIONS},
                    code="too_many",
                ),
            )
        thread, made = QuestionThread.objects.select_for_update().get_or_create(
            enrollment=enrollment, lesson=lesson, defaults={"waiting_since": now, "last_at": now}
        )
        begins_to_wait = made or thread.state != QuestionThread.State.WAITING
        message = QuestionMessage.objects.create(
            uuid=uuid, thread=thread, author=by, from_staff=False, text=text, sent_at=now
        )
        if begins_to_wait:
            thread.state, thread.waiting_since = QuestionThread.State.WAITING, now
        thread.last_at = now
        thread.save(update_fields=["state", "waiting_since", "last_at"])
        if begins_to_wait:
            _tell_staff(message, lesson.module.program.school)
    return message


def questions_left(user: User, *, now: datetime) -> int:
    """How many more messages she may write in the 24 hours that end now. One query."""
    asked = QuestionMessage.objects.filter(author=user, from_staff=False, sent_at__gt=now - A_DAY)
    return MOST_QUESTIONS - asked.count()


def _tell_staff(message: QuestionMessage, school: Organisation) -> None:
    for role in ANSWERING:
        people = [person for person in holders_of(school, role) if person.pk != message.author_id]
        if people:
            break
    else:
        return
    for person in people:
        enqueue_mail(
            key=f"question:{message.uuid}:{person.uuid}",
            to=person.email,
            template="study_question",
            context={
                "thread": message.thread,
                "lesson": message.thread.lesson,
                "name": person.get_short_name(),
                "school_name": school.name,
            },
            user=person,
        )


def answer(*, uuid: UUID, thread: QuestionThread, text: str, by: User) -> QuestionMessage:
    """Answer a learner; a mail says that an answer is there, without its words. Atomic; idempotent by `uuid`.

    Refuses (ValidationError, beside the field) who does not work at the program's school, her own thread, and an empty,
    too long or odd text.
    """
    text = _words(text, _("Write your answer first."))
    with transaction.atomic():
        thread = _for_staff(thread, by)
        sent = QuestionMessage.objects.filter(uuid=uuid, author=by).first()
        if sent is not None:
            return sent
        now = timezone.now()
        message = QuestionMessage.objects.create(
            uuid=uuid, thread=thread, author=by, from_staff=True, text=text, sent_at=now
        )
        thread.state, thread.waiting_since, thread.last_at = QuestionThread.State.ANSWERED, None, now
        thread.save(update_fields=["state", "waiting_since", "last_at"])
        learner = thread.enrollment.learner.user
        if learner is not None and learner.is_active:
            enqueue_mail(
                key=f"answer:{message.uuid}",
                to=learner.email,
                template="study_answer",
                context={
                    "lesson": thread.lesson,
                    "name": learner.get_short_name(),
                    "school_name": thread.lesson.module.program.school.name,
                },
                user=learner,
            )
    return message


def close_thread(*, thread: QuestionThread, by: User) -> QuestionThread:
    """Say that nothing more is to be answered; a new message of the learner opens it again. Atomic, idempotent."""
    with transaction.atomic():
        thread = _for_staff(thread, by)
        thread.state, thread.waiting_since = QuestionThread.State.CLOSED, None
        thread.save(update_fields=["state", "waiting_since"])
    return thread


def reopen_thread(*, thread: QuestionThread, by: User) -> QuestionThread:
    """Open a closed thread: it waits where the learner had the last word. Atomic, idempotent."""
    with transaction.atomic():
        thread = _for_staff(thread, by)
        if thread.state == QuestionThread.State.CLOSED:
            _settle(thread)
    return thread


def hide_message(*, message: QuestionMessage, reason: str, by: User) -> QuestionMessage:
    """Take a message out of sight; its words, who hid it and why are kept. Atomic; idempotent: the first reason stands.

    Refuses (ValidationError, beside the field) who does not work at the program's school, her own thread, and no reason.
    """
    try:
        reason = one_line(reason, most=MOST_REASON, empty=_("Write why: the learner reads it."))
    except ValidationError as error:
        raise in_field("reason", error) from error
    with transaction.atomic():
        thread = _for_staff(message.thread, by)
        message = QuestionMessage.objects.get(pk=message.pk)
        if message.hidden_at is None and message.erased_at is None:
            message.hidden_at, message.hidden_by, message.hidden_reason = timezone.now(), by, reason
            message.save(update_fields=["hidden_at", "hidden_by", "hidden_reason"])
            if thread.state != QuestionThread.State.CLOSED:
                _settle(thread)
    return message


def delete_question(*, message: QuestionMessage, by: User) -> None:
    """Delete the words of one's own message while nobody has answered it. Atomic, idempotent.

    That it was there stays, so that the day's count holds. Refuses (ValidationError) another's message, one that was
    answered, and one that the school has hidden.
    """
    with transaction.atomic():
        thread = QuestionThread.objects.select_for_update().get(pk=message.thread_id)
        message = QuestionMessage.objects.get(pk=message.pk)
        if message.author_id != by.pk or message.from_staff:
            raise ValidationError(_("Only who wrote a question deletes it."), code="no_right")
        if message.erased_at is not None:
            return
        if message.hidden_at is not None:
            raise ValidationError(_("The school has hidden this message and keeps it."), code="hidden")
        if not is_unanswered(message):
            raise ValidationError(_("It was answered, so it stays with its answer."), code="answered")
        message.text, message.erased_at = "", timezone.now()
        message.save(update_fields=["text", "erased_at"])
        if thread.state != QuestionThread.State.CLOSED:
            _settle(thread)


def is_unanswered(message: QuestionMessage) -> bool:
    """Whether staff have written nothing since. One query."""
    later = QuestionMessage.objects.filter(thread=message.thread_id, from_staff=True, pk__gt=message.pk)
    return not later.exists()


def publish_answer(*, uuid: UUID, thread: QuestionThread, question: str, answer: str, by: User) -> PublishedAnswer:
    """Show a question and its answer, as staff edited them, to all learners of the lesson. Atomic; idempotent by `uuid`.

    What was published of this thread before is taken back. Refuses (ValidationError, beside the field) who does not work
    at the program's school, her own thread, an empty, too long or odd text, and words that name the learner.
    """
    with transaction.atomic():
        thread = _for_staff(thread, by)
        learner = thread.enrollment.learner.user
        words = {}
        for name, text, empty in (
            ("question", question, _("Write the question as all may read it.")),
            ("answer", answer, _("Write the answer as all may read it.")),
        ):
            words[name] = _words(text, empty, name)
            if learner is not None and names(words[name], learner):
                raise ValidationError({name: _("It names the learner. Write it so that nobody knows who asked.")})
        found = PublishedAnswer.objects.filter(uuid=uuid).first()
        if found is not None:
            return found
        now = timezone.now()
        PublishedAnswer.objects.filter(thread=thread, withdrawn_at=None).update(withdrawn_at=now, withdrawn_by=by)
        return PublishedAnswer.objects.create(
            uuid=uuid, lesson=thread.lesson, thread=thread, by=by, published_at=now, **words
        )


def names(text: str, user: User) -> bool:
    """Whether a text holds the person's address or a word of her name as it is written, capitals and all."""
    if user.email.casefold() in text.casefold():
        return True
    parts = {part for name in (user.legal_name, user.preferred_name) for part in name.split() if len(part) > 1}
    return any(re.search(rf"(?<!\w){re.escape(part)}(?!\w)", text) for part in parts)


def withdraw_published(*, published: PublishedAnswer, by: User) -> PublishedAnswer:
    """Take a published answer back. Atomic, idempotent. Refuses (ValidationError) who does not work at the school."""
    with transaction.atomic():
        published = PublishedAnswer.objects.select_for_update().get(pk=published.pk)
        if not has_role(by, published.lesson.module.program.school_id, *STAFF_ROLES):
            raise ValidationError(_("Only staff of the school do this."), code="no_right")
        if published.withdrawn_at is None:
            published.withdrawn_at, published.withdrawn_by = timezone.now(), by
            published.save(update_fields=["withdrawn_at", "withdrawn_by"])
    return published


def _words(text: str, empty: str, field: str = "text") -> str:
    try:
        return plain_words(text, most=MOST_WORDS, empty=empty)
    except ValidationError as error:
        raise in_field(field, error) from error


def _for_staff(thread: QuestionThread, by: User) -> QuestionThread:
    """The thread, locked, for this person to work on."""
    QuestionThread.objects.select_for_update().get(pk=thread.pk)
    thread = QuestionThread.objects.select_related("lesson__module__program__school", "enrollment__learner__user").get(
        pk=thread.pk
    )
    if not has_role(by, thread.lesson.module.program.school_id, *STAFF_ROLES):
        raise ValidationError(_("Only staff of the school do this."), code="no_right")
    if thread.enrollment.learner.user_id == by.pk:
        raise ValidationError(_("This is your own question: a colleague answers it."), code="own")
    return thread


def _settle(thread: QuestionThread) -> None:
    """Let the thread stand as its visible messages say: waiting since the first unanswered one, answered, or closed."""
    waiting: datetime | None = None
    anything = False
    seen = QuestionMessage.objects.filter(thread=thread, hidden_at=None, erased_at=None).order_by("pk")
    for from_staff, sent_at in seen.values_list("from_staff", "sent_at"):
        anything = True
        waiting = None if from_staff else waiting or sent_at
    thread.waiting_since = waiting
    thread.state = (
        QuestionThread.State.WAITING
        if waiting
        else QuestionThread.State.ANSWERED
        if anything
        else QuestionThread.State.CLOSED
    )
    thread.save(update_fields=["state", "waiting_since"])


# ---- erasing ----


def questions_behind(*, record: TrainingRecord) -> int:
    """How many messages of a record's threads still have words. One query."""
    return _with_words(record).count()


def erase_questions(*, record: TrainingRecord) -> int:
    """Erase the words of all threads of a record, hers and the staff's, with the reasons why some were hidden.

    How many messages. What was published from them is the school's own text without a name; that it came from her is
    forgotten. Atomic, idempotent.
    """
    now = timezone.now()
    with transaction.atomic():
        threads = QuestionThread.objects.filter(enrollment__record=record)
        PublishedAnswer.objects.filter(thread__in=threads.values("pk")).update(thread=None)
        erased = _with_words(record).update(text="", hidden_reason="", erased_at=now)
        threads.update(state=QuestionThread.State.CLOSED, waiting_since=None)
    return erased


def count_answers_naming(*, texts: list[str]) -> int:
    """In how many published answers one of these texts stands. One query."""
    return PublishedAnswer.objects.filter(naming(texts, "question", "answer"), erased_at=None).count()


def forget_answers_naming(*, texts: list[str]) -> int:
    """Take back and empty every published answer in which one of these texts stands; how many. Idempotent."""
    now = timezone.now()
    found = PublishedAnswer.objects.filter(naming(texts, "question", "answer"), erased_at=None)
    return found.update(question="", answer="", erased_at=now, withdrawn_at=now)


def _with_words(record: TrainingRecord) -> QuerySet[QuestionMessage]:
    threads = QuestionThread.objects.filter(enrollment__record=record).values("pk")
    return QuestionMessage.objects.filter(thread__in=threads, erased_at=None)
