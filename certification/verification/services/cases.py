"""Writes a board's cases: the request, the school's answer, looks, and the end."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.selectors import has_role, holders_of
from certification.records.models import TrainingRecord
from notices.services import enqueue_mail

from ..models import Case, CaseAnswer, CaseLook
from ..selectors import ANSWERING_ROLES, BOARD_ROLES, OPEN, answerers_of, open_stop, state_of_case, today_of_school

LONGEST_ACCESS_DAYS = 366
KEPT_DAYS = 90
"""How long a case keeps whom it names when no record was opened under it."""


@transaction.atomic
def open_case(
    *, uuid: UUID, organisation: Organisation, school: Organisation, number: str, person: str, ground: str, by: User
) -> Case:
    """Ask a school for one record under a case; tells those who answer. Atomic, idempotent by `uuid`.

    Refuses (ValidationError) who does not act for a board, a board that was stopped, and what names no person, case or
    law.
    """
    _require_board(organisation, by)
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    made = Case.objects.filter(uuid=uuid).first()
    if made and made.organisation_id == organisation.pk:
        return made
    if made:
        raise ValidationError(_("This page was used already. Load it again."))
    if open_stop(organisation):
        raise ValidationError(_("This organisation may check nothing for now."), code="stopped")
    if school.kind != Organisation.Kind.SCHOOL:
        raise ValidationError({"school": _("Choose a school.")})
    number, person, ground = " ".join(number.split()), " ".join(person.split()), ground.strip()
    for name, value in (("number", number), ("person", person), ("ground", ground)):
        if not value:
            raise ValidationError({name: _("Fill this in.")})
    case = Case.objects.create(
        uuid=uuid, organisation=organisation, school=school, number=number, person=person, ground=ground, asked_by=by
    )
    for answerer in answerers_of(school):
        enqueue_mail(
            key=f"case:{uuid}:{answerer.uuid}",
            to=answerer.email,
            template="verification_case_asked",
            context={"case": case, "name": answerer.get_short_name()},
            user=answerer,
        )
    return case


@transaction.atomic
def answer_case(
    *, case: Case, by: User, record: TrainingRecord | None = None, until_on: date | None = None, words: str = ""
) -> CaseAnswer:
    """Open one record to the board until a day, or say why not; tells who asked. Atomic; an answer is given once.

    Idempotent by its record. Refuses (ValidationError) who does not answer for the school, a record of another school
    or of herself, a day that is over or more than a year ahead, and a refusal without words.
    """
    case = (
        Case.objects.select_for_update(no_key=True, of=("self",)).select_related("school", "asked_by").get(pk=case.pk)
    )
    if not has_role(by, case.school_id, *ANSWERING_ROLES):
        raise ValidationError(
            _("Only who signs for the school, or keeps its records, answers a board."), code="no_right"
        )
    answered = CaseAnswer.objects.filter(case=case).first()
    if answered:
        if answered.record_id != (record.pk if record else None):
            raise ValidationError(_("It was answered otherwise in the meantime. Load the page again."))
        return answered
    if case.closed_at:
        raise ValidationError(_("The board has closed this case."))
    words = " ".join(words.split())
    if record is None:
        if not words:
            raise ValidationError({"words": _("Say why no record is opened: the board reads it.")})
        until_on = None
    else:
        today = today_of_school(case.school)
        if record.school_id != case.school_id:
            raise ValidationError({"record": _("This record is of another school.")})
        if record.learner.user_id == by.pk:
            raise ValidationError({"record": _("This is your own record. Somebody else answers.")})
        if until_on is None or until_on < today:
            raise ValidationError({"until_on": _("Choose today or a later day.")})
        if until_on > today + timedelta(days=LONGEST_ACCESS_DAYS):
            raise ValidationError({"until_on": _("At most a year. Choose an earlier day.")})
    answer = CaseAnswer.objects.create(case=case, record=record, until_on=until_on, words=words[:600], by=by)
    for person in _told(case):
        enqueue_mail(
            key=f"case-answered:{case.uuid}:{person.uuid}",
            to=person.email,
            template="verification_case_answered",
            context={"case": case, "answer": answer, "name": person.get_short_name()},
            user=person,
        )
    return answer


def _told(case: Case) -> Iterable[User]:
    """Who reads the answer: she who asked, or whoever acts for the board where she has left it."""
    if has_role(case.asked_by, case.organisation_id, *BOARD_ROLES):
        return [case.asked_by]
    return {one.pk: one for role in BOARD_ROLES for one in holders_of(case.organisation, role)}.values()


@transaction.atomic
def end_access(*, case: Case, by: User) -> None:
    """Take a board's access back at once. Atomic, idempotent. Refuses who does not answer for the school."""
    if not has_role(by, case.school_id, *ANSWERING_ROLES):
        raise ValidationError(_("Only who signs for the school, or keeps its records, does this."), code="no_right")
    CaseAnswer.objects.filter(case=case, ended_at=None).exclude(record=None).update(
        ended_at=timezone.now(), ended_by=by
    )


@transaction.atomic
def close_case(*, case: Case, by: User) -> None:
    """The board needs it no more: nothing opens under it from now on. Atomic, idempotent."""
    _require_board(case.organisation, by)
    Case.objects.filter(pk=case.pk, closed_at=None).update(closed_at=timezone.now())


def note_case_look(*, case: Case, face: str, by: User) -> CaseLook:
    """Write down one look, before anything is shown. Refuses (ValidationError) where nothing is open to her."""
    _require_board(case.organisation, by)
    if state_of_case(case) != OPEN or open_stop(case.organisation):
        raise ValidationError(_("Nothing is open under this case."), code="not_open")
    return CaseLook.objects.create(case=case, face=face, by=by)


def case_words_behind(*, record: TrainingRecord) -> int:
    """How many cases name a record's person."""
    return Case.objects.filter(answer__record=record).exclude(person="").count()


@transaction.atomic
def erase_case_words(*, record: TrainingRecord) -> int:
    """Erase whom the cases of a record name. Below its Erasure alone: the database asks."""
    named = Case.objects.filter(answer__record=record).exclude(person="")
    return named.update(person="", erased_at=timezone.now())


def forget_case_words(*, now: datetime) -> int:
    """Erase whom cases name under which nothing was opened, 90 days after they were declined or closed; how many."""
    over = now - timedelta(days=KEPT_DAYS)
    unopened = Case.objects.filter(answer__record=None).exclude(person="")
    return unopened.filter(Q(answer__at__lt=over) | Q(closed_at__lt=over)).update(person="", erased_at=now)


def _require_board(organisation: Organisation, by: User) -> None:
    if organisation.kind != Organisation.Kind.BOARD or not has_role(by, organisation, *BOARD_ROLES):
        raise ValidationError(_("Only a board asks for a record."), code="no_right")
