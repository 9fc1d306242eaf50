"""Writes what a school allows one learner at one quiz beyond its rules."""

from datetime import datetime
from enum import Enum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors import has_role

from .. import rules
from ..models import Allowance, Attempt, QuizAssignment
from ..selectors import due_of, kept_of, moment

ALLOWING = ("instructor", "registrar", "admin")
MOST_EXTRA = 24 * 60
MOST_ATTEMPTS = 100
MOST_WORDS = 500


class AsItIs(Enum):
    """A column that an allowance leaves alone."""

    KEPT = "kept"


KEPT = AsItIs.KEPT


@transaction.atomic
def allow_otherwise(
    *,
    assignment: QuizAssignment,
    by: User,
    reason: str,
    opens_at: datetime | AsItIs | None = KEPT,
    closes_at: datetime | AsItIs | None = KEPT,
    attempts_allowed: int | AsItIs | None = KEPT,
    extra_minutes: int | AsItIs = KEPT,
) -> Allowance:
    """Give one learner other dates, attempts or minutes at one quiz, and write down who did it and why.

    None takes a date or a number of attempts back to the quiz's own. Atomic. The learner sees what holds for her, never
    the reason. An open attempt gets the time at once. Refuses who is no instructor, registrar or administrator of the
    school, her own quiz, an empty reason, what changes nothing, a record that ended, a quiz that is passed, dates in
    the wrong order or past, fewer attempts than were begun, and less time than an open attempt was told.
    """
    assignment = (
        QuizAssignment.objects.select_for_update(of=("self",))
        .select_related("quiz", "record__learner")
        .get(pk=assignment.pk)
    )
    if not has_role(by, assignment.record.school_id, *ALLOWING) or assignment.record.learner.user_id == by.pk:
        raise ValidationError(_("Instructors, registrars and administrators of the school decide this, for others."))
    reason = reason.strip()
    if not 0 < len(reason) <= MOST_WORDS:
        raise ValidationError({"reason": _("Say why, in at most %d signs.") % MOST_WORDS})
    wishes: dict[str, Any] = {
        "opens_at": opens_at,
        "closes_at": closes_at,
        "attempts_allowed": attempts_allowed,
        "extra_minutes": extra_minutes,
    }
    changed = {n: value for n, value in wishes.items() if value is not KEPT and value != getattr(assignment, n)}
    if not changed:
        raise ValidationError(_("This holds for her already. Change a date, the attempts or the minutes."))
    attempts = list(assignment.attempts.select_related("assignment__record"))
    _check_worth(assignment, attempts)
    before = {name: getattr(assignment, name) for name in changed}
    opened = next((attempt for attempt in attempts if attempt.is_open), None)
    told = due_of(opened) if opened else None
    for name, value in changed.items():
        setattr(assignment, name, value)
    _check(assignment, changed, len(attempts))
    assignment.save(update_fields=list(changed))
    if opened:
        opened.assignment = assignment
        _give_time(opened, told)
    return Allowance.objects.create(
        assignment=assignment, before=_stored(before), after=_stored(changed), reason=reason, allowed_by=by
    )


def _check_worth(assignment: QuizAssignment, attempts: list[Attempt]) -> None:
    """Refuse where nothing can begin any more."""
    if assignment.record.sealed_at is not None:
        raise ValidationError(_("This training record has ended, so nothing more can be allowed."))
    kept = kept_of(attempts)
    if kept is not None and kept.passed:
        raise ValidationError(_("This quiz is passed. Nothing more is needed."))


def _check(assignment: QuizAssignment, changed: dict[str, Any], begun: int) -> None:
    """Refuse nonsense, beside the field that says it."""
    closes = assignment.closes_at
    if "closes_at" in changed and closes is not None and closes <= timezone.now():
        raise ValidationError({"closes_at": _("This moment is over. Choose one that comes.")})
    if assignment.opens and assignment.closes and assignment.closes <= assignment.opens:
        where = "closes_at" if "closes_at" in changed else "opens_at"
        zone = assignment.record.zone
        raise ValidationError(
            {
                where: _("It would open on %(opens)s and close on %(closes)s. It closes after it opens.")
                % {"opens": moment(assignment.opens, zone), "closes": moment(assignment.closes, zone)}
            }
        )
    allowed = assignment.attempts_allowed
    if "attempts_allowed" in changed and allowed is not None and not max(begun, 1) <= allowed <= MOST_ATTEMPTS:
        raise ValidationError(
            {
                "attempts_allowed": _("She has begun %(begun)d. Allow from %(least)d to %(most)d.")
                % {"begun": begun, "least": max(begun, 1), "most": MOST_ATTEMPTS}
            }
        )
    if not 0 <= assignment.extra_minutes <= MOST_EXTRA:
        raise ValidationError({"extra_minutes": _("Give from 0 to %d minutes.") % MOST_EXTRA})


def _give_time(attempt: Attempt, told: datetime | None) -> None:
    """Move the end of an open attempt's time; it comes no earlier than she was told."""
    assignment = attempt.assignment
    due = rules.due_at(
        started_at=attempt.started_at,
        limit_minutes=attempt.rules.time_limit_minutes,
        closes_at=assignment.closes_at or attempt.rules.closes_at,
        extra_minutes=assignment.extra_minutes,
    )
    if due is not None and (told is None or due < told):
        raise ValidationError(
            _("An attempt is open, and its time may only grow. Wait until it is handed in, or give more.")
        )
    Attempt.objects.filter(pk=attempt.pk, state=Attempt.State.OPEN).update(due_at=due)


def _stored(columns: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in columns.items()}
