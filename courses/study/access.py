"""From an id to a lesson, a visit, a clip, a question or an announcement, for this person; missing and forbidden look
the same.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from accounts.access import require_role
from accounts.models import User
from accounts.prepared import Prepared
from accounts.selectors import STAFF_ROLES, has_role, roles_of
from courses.catalog.access import may_edit_media
from courses.catalog.models import Lesson, LessonMedia, Module, Program
from courses.catalog.selectors import lessons_using
from courses.enrollments.models import Cohort, Enrollment
from courses.enrollments.selectors import INVITING_ROLES, READABLE, RUNNING, enrollment_for

from .models import Announcement, LessonNote, PublishedAnswer, QuestionMessage, QuestionThread, StudySession
from .selectors import waits_of


@dataclass(frozen=True, slots=True)
class Place:
    """By which enrollment a person studies a lesson; staff of its school read it without one."""

    lesson: Lesson
    enrollment: Enrollment


def _lesson(uuid: UUID) -> Lesson:
    lesson = Lesson.objects.select_related("module__program__school").filter(uuid=uuid).first()
    if lesson is None:
        raise Http404
    return lesson


def place_for(user: User, lesson_uuid: UUID) -> Place:
    """The lesson and her enrollment, if she may read it. Two queries."""
    lesson = _lesson(lesson_uuid)
    enrollment = enrollment_for(user, lesson)
    if enrollment is None:
        raise Http404
    return Place(lesson, enrollment)


def place_to_open(user: User, lesson_uuid: UUID) -> Place:
    """As `place_for`, also by a paused place, which `open_session` refuses with a sentence. Two or three queries."""
    lesson = _lesson(lesson_uuid)
    enrollment = enrollment_for(user, lesson) or enrollment_at(user, lesson_uuid)
    if enrollment is None:
        raise Http404
    return Place(lesson, enrollment)


def enrollment_at(user: User, lesson_uuid: UUID) -> Enrollment | None:
    """Her newest enrollment in this lesson's program, whatever its state but withdrawn. One query."""
    return next(iter(_enrollment_at(user=user.pk, lesson=lesson_uuid)), None)


def _places_at(user: int, lesson: UUID) -> QuerySet[Enrollment]:
    return (
        Enrollment.objects.filter(learner__user=user, program__modules__lessons__uuid=lesson)
        .exclude(state=Enrollment.State.WITHDRAWN)
        .select_related("program__school", "record")
        .order_by("state", "-enrolled_at")[:1]
    )


_enrollment_at = Prepared(_places_at, user=int, lesson=UUID)


def lesson_for_staff(user: User, lesson_uuid: UUID) -> Lesson:
    """A lesson, for staff of its school. Two queries."""
    lesson = _lesson(lesson_uuid)
    if not has_role(user, lesson.module.program.school_id, *STAFF_ROLES):
        raise Http404
    return lesson


def lesson_to_read(user: User, lesson_uuid: UUID) -> Lesson:
    """A lesson, for whom it is open to study and for staff of its school; a retired one for staff alone.

    Two or three queries, more where it waits.
    """
    lesson = _lesson(lesson_uuid)
    enrollment = enrollment_for(user, lesson)
    retired = lesson.retired_at is not None or lesson.module.state == Module.State.RETIRED
    if enrollment is not None and not retired and not waits_of(enrollment, lesson):
        return lesson
    if not has_role(user, lesson.module.program.school_id, *STAFF_ROLES):
        raise Http404
    return lesson


def open_place_for(user: User, lesson_uuid: UUID) -> Place:
    """The lesson and her enrollment, if the lesson is open to her. Two queries, more where it waits."""
    place = place_for(user, lesson_uuid)
    if waits_of(place.enrollment, place.lesson):
        raise Http404
    return place


def program_to_read(user: User, uuid: UUID) -> Program:
    """A program, for who may study its lessons and for staff of its school. Two or three queries."""
    program = Program.objects.select_related("school").filter(uuid=uuid).first()
    if program is None:
        raise Http404
    reads = Enrollment.objects.filter(learner__user=user, program=program, state__in=READABLE).exists()
    if not reads and not has_role(user, program.school_id, *STAFF_ROLES):
        raise Http404
    return program


def cohort_for(user: User, uuid: UUID) -> Cohort:
    """A cohort, for staff of its program's school. Two queries."""
    cohort = Cohort.objects.select_related("program__school", "program__rule_set").filter(uuid=uuid).first()
    if cohort is None or not has_role(user, cohort.program.school_id, *STAFF_ROLES):
        raise Http404
    return cohort


def cohort_to_plan(user: User, uuid: UUID) -> Cohort:
    """A cohort, for who plans the groups of its program's school. Two queries."""
    cohort = cohort_for(user, uuid)
    require_role(user, cohort.program.school_id, *INVITING_ROLES)
    return cohort


def program_for(user: User, uuid: UUID) -> Program:
    """A program, for staff of its school. Two queries."""
    program = Program.objects.select_related("school").filter(uuid=uuid).first()
    if program is None or not has_role(user, program.school_id, *STAFF_ROLES):
        raise Http404
    return program


def own_session(user: User, uuid: UUID) -> StudySession:
    """Her own visit. One query."""
    session = (
        StudySession.objects.select_related("enrollment__program", "lesson__module", "record")
        .filter(uuid=uuid, learner__user=user)
        .first()
    )
    if session is None:
        raise Http404
    return session


def media_for(user: User, uuid: UUID) -> LessonMedia:
    """A clip, for who may study a lesson that shows it and is open to her, for staff of its school, for its editors.

    A retired lesson opens it to nobody who studies. Editors see it in a draft that is not published yet. Up to six
    queries, more where lessons wait.
    """
    media = LessonMedia.objects.filter(uuid=uuid).first()
    if media is None:
        raise Http404
    lessons = lessons_using(media)
    taught = lessons.filter(retired_at=None).exclude(module__state=Module.State.RETIRED)
    for lesson in taught.filter(
        module__program__enrollments__learner__user=user, module__program__enrollments__state__in=READABLE
    ).select_related("module__program"):
        enrollment = enrollment_for(user, lesson)
        if enrollment is not None and not waits_of(enrollment, lesson):
            return media
    places = {place for place, role in roles_of(user) if role in STAFF_ROLES}
    if places and lessons.filter(module__program__school__in=places).exists():
        return media
    if may_edit_media(user, media):
        return media
    raise Http404


def own_note(user: User, lesson_uuid: UUID, uuid: UUID) -> LessonNote:
    """Her own note in this lesson. One query."""
    note = LessonNote.objects.filter(uuid=uuid, lesson__uuid=lesson_uuid, enrollment__learner__user=user).first()
    if note is None:
        raise Http404
    return note


def own_question(user: User, uuid: UUID) -> QuestionMessage:
    """Her own message. One query."""
    message = (
        QuestionMessage.objects.select_related("thread__lesson")
        .filter(uuid=uuid, author=user, from_staff=False, thread__enrollment__learner__user=user)
        .first()
    )
    if message is None:
        raise Http404
    return message


def thread_for_staff(user: User, uuid: UUID) -> QuestionThread:
    """A thread, for staff of its lesson's school, unless it is her own. Two queries."""
    thread = (
        QuestionThread.objects.select_related(
            "lesson__module__program__school", "enrollment__learner__user", "enrollment__record", "enrollment__cohort"
        )
        .filter(uuid=uuid)
        .first()
    )
    if thread is None or not has_role(user, thread.lesson.module.program.school_id, *STAFF_ROLES):
        raise Http404
    if thread.enrollment.learner.user_id == user.pk:
        raise Http404
    return thread


def message_for_staff(user: User, uuid: UUID) -> QuestionMessage:
    """A message with words, for staff of its lesson's school. Three queries."""
    message = QuestionMessage.objects.select_related("thread", "author").filter(uuid=uuid, erased_at=None).first()
    if message is None:
        raise Http404
    message.thread = thread_for_staff(user, message.thread.uuid)
    return message


def published_for_staff(user: User, uuid: UUID) -> PublishedAnswer:
    """A published answer, for staff of its lesson's school. Two queries."""
    published = PublishedAnswer.objects.select_related("lesson__module__program", "thread").filter(uuid=uuid).first()
    if published is None or not has_role(user, published.lesson.module.program.school_id, *STAFF_ROLES):
        raise Http404
    return published


def announcement_to(user: User, uuid: UUID) -> tuple[Announcement, Enrollment]:
    """An announcement to her group, and her running place in it. Two queries."""
    announcement = Announcement.objects.filter(uuid=uuid).first()
    enrollment = (
        Enrollment.objects.filter(cohort=announcement.cohort_id, learner__user=user, state__in=RUNNING).first()
        if announcement
        else None
    )
    if announcement is None or enrollment is None:
        raise Http404
    return announcement, enrollment
