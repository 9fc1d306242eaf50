"""Writes shifts while they are the learner's: drafts, changes, taking back, withdrawing."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from certification.records.models import TrainingRecord

from .. import rules
from ..models import Placement, Shift, Supervisor
from ..selectors import assignments_at, is_learner_herself, is_learner_of
from .placements import locked


def may_not_sign(supervisor: Supervisor, record: TrainingRecord) -> str:
    """Why this supervisor may never sign for this learner; empty when she may. At most four queries."""
    if is_learner_herself(email=supervisor.email, user_id=supervisor.user_id, record=record):
        return _("This supervisor’s address is the learner’s own. Nobody signs her own hours.")
    if is_learner_of(school=record.school_id, email=supervisor.email, user_id=supervisor.user_id):
        return _("This supervisor’s address belongs to a learner of the school. Learners do not sign for each other.")
    return ""


@transaction.atomic
def save_shift(
    *,
    placement: Placement,
    supervisor: Supervisor,
    kind: str,
    starts_at: datetime,
    ends_at: datetime,
    break_minutes: int = 0,
    techniques: Sequence[str] = (),
    client_code: str = "",
    statement: str = "",
    shift: Shift | None = None,
    uuid: UUID | None = None,
    seen_version: int | None = None,
    now: datetime | None = None,
) -> Shift:
    """Write down a shift as a draft, or change one that was not sent or came back.

    Atomic. Idempotent by `uuid` (chosen by the form, so a double click makes one row) and by content. A client session
    gets a random code unless one of hers is chosen. Refuses, beside the field: times in the future, outside placement,
    approval, agreement, licence or assignment, over another shift of hers, words that may name a client, a change made
    meanwhile in another window (`seen_version`), a shift already sent.
    """
    now = now or timezone.now()
    placement = locked(placement)
    supervisor = Supervisor.objects.get(pk=supervisor.pk)  # as she stands now, not when the form was made
    if shift is None and uuid is not None:
        shift = Shift.objects.filter(uuid=uuid, placement__record__learner=placement.record.learner_id).first()
    if shift is not None:
        shift = Shift.objects.select_for_update().get(pk=shift.pk)
    fresh = shift is None
    if shift is None:
        taken = uuid is not None and Shift.objects.filter(uuid=uuid).exists()
        shift = Shift(placement=placement, **({} if uuid is None or taken else {"uuid": uuid}))
    shift.placement = placement

    content: dict[str, Any] = {
        "supervisor_id": supervisor.pk,
        "kind": kind,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "break_minutes": break_minutes,
        "techniques": sorted(set(techniques), key=rules.TECHNIQUES.index) if _known(techniques) else [],
        "statement": statement.strip(),
    }
    session = kind == "client_session"
    same = not fresh and all(getattr(shift, name) == value for name, value in content.items())
    if same and shift.state != Shift.State.RETURNED and (not session or client_code in {"", shift.client_code}):
        return shift
    if not fresh:
        _must_be_open(shift, seen_version)
    if not session:
        client_code = ""
    check_claim(shift, supervisor, rules.Claim(kind, starts_at, ends_at, break_minutes), now)
    _check_words(placement, supervisor, content["statement"], client_code)
    if session and not client_code:
        client_code = shift.client_code or _new_code(placement)
    for name, value in content.items():
        setattr(shift, name, value)
    shift.client_code = client_code
    shift.supervisor = supervisor
    if not fresh:
        shift.version += 1
        shift.state = Shift.State.DRAFT
    shift.full_clean(validate_unique=False, validate_constraints=False)
    shift.save()
    return shift


def _known(techniques: Sequence[str]) -> bool:
    unknown = set(techniques) - set(rules.TECHNIQUES)
    if unknown:
        raise ValidationError({"techniques": _("Choose from the list.")})
    return True


def _must_be_open(shift: Shift, seen_version: int | None) -> None:
    if shift.state == Shift.State.SENT:
        raise ValidationError(_("This shift was sent to be signed. Take it back first, then change it."))
    if shift.state not in Shift.EDITABLE:
        raise ValidationError(_("This shift is closed and cannot be changed any more."))
    if seen_version is not None and seen_version != shift.version:
        raise ValidationError(
            _("You changed this shift in another window meanwhile. Open it again to see what stands there now.")
        )


def check_claim(shift: Shift, supervisor: Supervisor, claim: rules.Claim, now: datetime) -> None:
    """Refuse, beside the field, what cannot be; `shift` names the placement and which row not to compare with."""
    placement = shift.placement
    if placement.state != Placement.State.ACTIVE:
        raise ValidationError(_("This placement has ended. Ask your coordinator to open it again."))
    if placement.record.sealed_at is not None:
        raise ValidationError(_("This record is sealed: it ended, and takes no more hours."))
    if claim.kind not in rules.KINDS:
        raise ValidationError({"kind": _("Choose what you did.")})
    if supervisor.school_id != placement.record.school_id:
        raise ValidationError({"supervisor": _("Choose a supervisor from the list.")})
    reason = may_not_sign(supervisor, placement.record)
    if reason:
        raise ValidationError({"supervisor": reason})
    found = rules.problems_of(claim, bounds_of(shift, supervisor, claim), now)
    if found:
        errors: dict[str, list[str]] = {}
        for problem in found:
            errors.setdefault(problem.field, []).append(sentence_for(problem, placement, supervisor))
        raise ValidationError(errors)


def bounds_of(shift: Shift, supervisor: Supervisor, claim: rules.Claim) -> rules.Bounds:
    """Within what the times of a shift may lie; `claim` says beside which others to look. Two queries."""
    placement = shift.placement
    site = placement.site
    others = Shift.objects.filter(
        placement__record__learner=placement.record.learner_id, starts_at__lt=claim.ends_at, ends_at__gt=claim.starts_at
    ).exclude(state__in=[Shift.State.REFUSED, Shift.State.WITHDRAWN])
    if shift.pk:
        others = others.exclude(pk=shift.pk)
    return rules.Bounds(
        zone=site.zone,
        placement=placement.window,
        approval=site.approval,
        agreement=site.agreement,
        licence=supervisor.licence,
        assigned=assignments_at(supervisor, site.pk),
        others=tuple(others.order_by("starts_at").values_list("starts_at", "ends_at")),
    )


def sentence_for(problem: rules.Problem, placement: Placement, supervisor: Supervisor) -> str:
    """Say what speaks against a shift, and what to do."""
    zone = ZoneInfo(placement.site.zone)
    words: dict[str, Any] = {
        "site": str(placement.site),
        "name": supervisor.name,
        "hours": rules.LONGEST_SHIFT // timedelta(hours=1),
        "first": date_format(placement.starts_on, "j F Y"),
        "last": date_format(placement.ends_on, "j F Y"),
        "day": date_format(problem.day, "j F Y") if problem.day else "",
    }
    if problem.times:
        start, end = (moment.astimezone(zone).replace(tzinfo=None) for moment in problem.times)
        words["from"] = f"{date_format(start, 'j F')}, {date_format(start, 'g:i A')}"
        words["to"] = date_format(end, "g:i A")
    sentences = {
        "end_before_start": _(
            "The end is not after the start. If you worked past midnight, tick “It ended on the next day”."
        ),
        "future": _("This shift ends in the future. Write it down when it is over."),
        "too_long": _("That is longer than %(hours)s hours. Write it down as two shifts."),
        "break_too_long": _("The break is as long as the shift. Look at the times and the break."),
        "outside_placement": _("Your placement at %(site)s runs from %(first)s to %(last)s; %(day)s lies outside."),
        "site_not_approved": _("The school’s approval of %(site)s does not cover %(day)s. Ask your coordinator."),
        "agreement": _("The agreement with %(site)s does not cover %(day)s. Ask your coordinator."),
        "not_assigned": _(
            "%(name)s is not listed at %(site)s for %(day)s. Choose who was there, or ask your coordinator."
        ),
        "licence": _(
            "The license of %(name)s that the school has on file is not valid on %(day)s. Ask your coordinator."
        ),
        "overlap": _(
            "You wrote down a shift from %(from)s to %(to)s already. No minute counts twice: change one of the two."
        ),
    }
    return sentences[problem.code] % words


def _check_words(placement: Placement, supervisor: Supervisor, statement: str, client_code: str) -> None:
    if client_code:
        if not rules.is_client_code(client_code):
            raise ValidationError(
                {
                    "client_code": _(
                        "A client’s code is made by us, never from a name, initials or a date. Choose one or a new one."
                    )
                }
            )
        used = Shift.objects.filter(placement__record__learner=placement.record.learner_id, client_code=client_code)
        if not used.exists():
            raise ValidationError({"client_code": _("This code is none of yours. Choose one, or a new one.")})
    known = [supervisor.name, str(placement.site), placement.record.school.name]
    found = rules.identifier_in(statement, known)
    if found:
        sentences = {
            "name": _("“%(piece)s” looks like a person’s name. Leave out who the client is; the code is enough."),
            "date": _("“%(piece)s” looks like a date. Leave dates out; the shift has its own."),
            "number": _("“%(piece)s” looks like a number or address of a person. Leave it out; the code is enough."),
        }
        raise ValidationError({"statement": sentences[found.kind] % {"piece": found.piece[:60]}})


def _new_code(placement: Placement) -> str:
    while True:
        code = rules.client_code([secrets.randbelow(len(rules.CODE_SIGNS)) for _place in range(6)])
        if not Shift.objects.filter(placement__record__learner=placement.record.learner_id, client_code=code).exists():
            return code


@transaction.atomic
def take_back_shift(*, shift: Shift) -> Shift:
    """Make a sent shift a draft again; the link shows it as taken back. Idempotent; refuses what is decided."""
    locked(shift.placement)
    shift = Shift.objects.select_for_update().get(pk=shift.pk)
    if shift.state in Shift.EDITABLE:
        return shift
    if shift.state != Shift.State.SENT:
        raise ValidationError(_("It was decided meanwhile and cannot be taken back."))
    shift.state = Shift.State.DRAFT
    shift.version += 1  # so that a link which shows it can no longer sign it
    shift.save(update_fields=["state", "version"])
    return shift


@transaction.atomic
def withdraw_shift(*, shift: Shift) -> Shift:
    """Drop an undecided shift; it stays visible as withdrawn. Idempotent; refuses what is signed or refused."""
    locked(shift.placement)
    shift = Shift.objects.select_for_update().get(pk=shift.pk)
    if shift.state == Shift.State.WITHDRAWN:
        return shift
    if shift.state in Shift.OVER:
        raise ValidationError(_("It was decided meanwhile and cannot be withdrawn."))
    shift.state = Shift.State.WITHDRAWN
    shift.save(update_fields=["state"])
    return shift
