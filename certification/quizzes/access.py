"""From an id to an assignment, an attempt or a response, for this person. Missing and forbidden are the same 404."""

from collections.abc import Callable
from uuid import UUID

from django.http import Http404

from accounts.models import User
from accounts.selectors import has_role
from certification.records.models import TrainingRecord

from .models import Attempt, Quiz, QuizAssignment, Response

RESULT_READERS = ("instructor", "registrar", "admin")
KEEPERS = ("registrar", "admin")
"""Who sees every key of a school."""
_key_readers: list[Callable[[User, Quiz], bool]] = []


def let_read_keys(who: Callable[[User, Quiz], bool]) -> None:
    """Take a rule by which somebody may read a quiz's key: the room that knows the teams says so when it starts."""
    _key_readers.append(who)


def reads_key(user: User, attempt: Attempt) -> bool:
    """Whether she, who reads this result of somebody else, sees its key: to read results of a school is not to see the
    keys of every program. Queries: one for her roles, and those of the teams.
    """
    quiz, school = attempt.assignment.quiz, attempt.assignment.record.school_id
    return has_role(user, school, *KEEPERS) or any(who(user, quiz) for who in _key_readers)


def assignment_for(user: User, uuid: UUID) -> QuizAssignment:
    """The assignment, for its own learner alone. One query."""
    found = (
        QuizAssignment.objects.select_related("quiz", "record__school")
        .filter(uuid=uuid, record__learner__user=user)
        .first()
    )
    if found is None:
        raise Http404
    return found


def record_for_staff(user: User, uuid: UUID) -> TrainingRecord:
    """A learner's record, for who reads results at its school and never for herself. Two queries."""
    found = TrainingRecord.objects.select_related("school", "learner__user").filter(uuid=uuid).first()
    if found is None or not has_role(user, found.school_id, *RESULT_READERS) or found.learner.user_id == user.pk:
        raise Http404
    return found


def assignment_for_staff(user: User, uuid: UUID) -> QuizAssignment:
    """A learner's assignment, for who reads results at its school and never for herself. Two queries."""
    found = (
        QuizAssignment.objects.select_related("quiz", "record__school", "record__learner__user")
        .filter(uuid=uuid)
        .first()
    )
    if found is None:
        raise Http404
    record = found.record
    if not has_role(user, record.school_id, *RESULT_READERS) or record.learner.user_id == user.pk:
        raise Http404
    return found


def attempt_for(user: User, uuid: UUID) -> Attempt:
    """The attempt, for its own learner alone. One query."""
    found = (
        Attempt.objects.select_related("assignment__quiz", "assignment__record__school")
        .filter(uuid=uuid, assignment__record__learner__user=user)
        .first()
    )
    if found is None:
        raise Http404
    return found


def response_for(user: User, attempt: UUID, question: UUID) -> Response:
    """One question of an attempt, for the attempt's own learner alone. One query."""
    found = (
        Response.objects.select_related("attempt__assignment__record", "attempt__assignment__quiz", "question_version")
        .filter(
            attempt__uuid=attempt,
            question_version__question__uuid=question,
            attempt__assignment__record__learner__user=user,
        )
        .first()
    )
    if found is None:
        raise Http404
    return found


def result_for(user: User, uuid: UUID) -> tuple[Attempt, bool]:
    """The attempt, and whether it is her own: for its learner and, once handed in, for who reads results at its school.

    At most two queries.
    """
    found = (
        Attempt.objects.select_related("assignment__quiz", "assignment__record__school", "assignment__record__learner")
        .filter(uuid=uuid)
        .first()
    )
    if found is None:
        raise Http404
    record = found.assignment.record
    if record.learner.user_id is not None and record.learner.user_id == user.pk:
        return found, True
    if not found.is_open and has_role(user, record.school_id, *RESULT_READERS):
        return found, False
    raise Http404
