"""Writes shifts while they are the learner's: drafts, changes, taking back, withdrawing."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from certification.records.models import HourEntry, TrainingRecord

from .. import rules
from ..models import Clock, Placement, Shift, Supervisor
from ..selectors import assignments_at, gates_of, is_learner_herself, is_learner_of, named_supervisors
from .frozen import has_certificate
from .placements import begin_if_due, locked


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
    regions: Sequence[str] = (),
    complaint: str = "",
    screen: str = "",
    measures: Sequence[Mapping[str, Any]] = (),
    reflection: str = "",
    amends: Shift | None = None,
    amend_reason: str = "",
    shift: Shift | None = None,
    uuid: UUID | None = None,
    seen_version: int | None = None,
    now: datetime | None = None,
) -> Shift:
    """Write down a shift as a draft, or change one that was not sent or came back.

    Atomic. Idempotent by `uuid` (chosen by the form, so a double click makes one row) and by content. A client session
    gets a random code unless one of hers is chosen. `amends` makes it an amendment of a signed shift, whose place it
    takes once it is signed too. `measures` are rows as typed (`rules.read_measures`). Other times than its clock
    measured make a clocked shift a changed one. Refuses, beside the field: times in the future, outside placement,
    approval, agreement, insurance, licence or assignment, a supervisor who is not named where others are, a client before
    the gates, over another shift or a running clock of hers, words that may name a
    client, measures that cannot be, a change made meanwhile in another window (`seen_version`), a shift already sent,
    an amendment of what cannot be amended or without a reason.
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
        shift = Shift(placement=placement, amends=amends, **({} if uuid is None or taken else {"uuid": uuid}))
    shift.placement = placement
    session = kind == "client_session"
    measured, troubles = rules.read_measures(measures)

    content: dict[str, Any] = {
        "supervisor_id": supervisor.pk,
        "kind": kind,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "break_minutes": break_minutes,
        "techniques": _in_order("techniques", techniques, rules.TECHNIQUES),
        "statement": statement.strip(),
        "regions": _in_order("regions", regions, rules.REGIONS),
        # Only a session has a client who complains of something and is asked.
        "complaint": complaint if session else "",
        "screen": screen if session else "",
        "measures": measured,
        "reflection": reflection.strip(),
        "amend_reason": amend_reason.strip() if shift.amends_id else "",
    }
    same = not fresh and all(getattr(shift, name) == value for name, value in content.items())
    same = same and not troubles and not shift.needs_end and bool(shift.client_code or not session)
    if same and shift.state != Shift.State.RETURNED and (not session or client_code in {"", shift.client_code}):
        return shift
    if not fresh:
        _must_be_open(shift, seen_version)
    if not session:
        client_code = ""
    if shift.amends is not None:
        if shift.amends.placement_id != placement.pk:
            raise ValidationError(_("A shift is amended where it was."))
        shift.amends.placement = placement
        must_be_amendable(shift.amends, by=shift)
        if not content["amend_reason"]:
            raise ValidationError({"amend_reason": _("Say why it is amended: your supervisor reads it.")})
    check_claim(shift, supervisor, rules.Claim(kind, starts_at, ends_at, break_minutes), now)
    _check_facts(content, troubles)
    _check_words(placement, supervisor, content, client_code)
    if session and not client_code:
        client_code = shift.client_code or _new_code(placement)
    for name, value in content.items():
        setattr(shift, name, value)
    shift.client_code = client_code
    shift.supervisor = supervisor
    if shift.entered == Shift.Entered.CLOCK and (shift.starts_at, shift.ends_at, shift.break_minutes) != (
        shift.clocked_from,
        shift.clocked_to,
        shift.clocked_break,
    ):
        shift.entered = Shift.Entered.CHANGED
    if not fresh:
        shift.version += 1
        shift.state = Shift.State.DRAFT
    shift.full_clean(validate_unique=False, validate_constraints=False)
    shift.save()
    begin_if_due(placement, now)
    return shift


def _in_order(field: str, chosen: Sequence[str], known: Sequence[str]) -> list[str]:
    """What was chosen of a list, in the list's order; ValidationError beside the field for anything else."""
    if set(chosen) - set(known):
        raise ValidationError({field: _("Choose from the list.")})
    return sorted(set(chosen), key=known.index)


def _check_facts(content: Mapping[str, Any], troubles: Sequence[rules.Trouble]) -> None:
    errors: dict[str, list[str]] = {}
    for field, known in (("complaint", rules.COMPLAINTS), ("screen", rules.SCREENS)):
        if content[field] not in ("", *known):
            errors[field] = [_("Choose from the list.")]
    if troubles:
        errors["measures"] = [measure_sentence(trouble) for trouble in troubles]
    if errors:
        raise ValidationError(errors)


def measure_sentence(trouble: rules.Trouble) -> str:
    """Say what is wrong with a row of measures, by its number."""
    sentences = {
        "what": _("Measure %(row)s: choose pain, range of motion or strength."),
        "pain_where": _("Measure %(row)s: choose a region for pain, or leave it empty."),
        "movement": _("Measure %(row)s: choose the movement that was measured."),
        "side": _("Measure %(row)s: choose left or right."),
        "before": _("Measure %(row)s: write what was measured before the session."),
        "pain": _("Measure %(row)s: pain is a whole number from %(least)s to %(most)s."),
        "motion": _("Measure %(row)s: for this movement, degrees from %(least)s to %(most)s are plausible."),
        "whole": _("Measure %(row)s: write a whole number."),
        "grade": _("Measure %(row)s: strength is one of the grades %(grades)s."),
        "too_many": _("At most %(most)s measures for one shift."),
    }
    return sentences[trouble.code] % {
        "row": trouble.row,
        "least": trouble.least,
        "most": trouble.most,
        "grades": ", ".join(rules.STRENGTHS),
    }


def must_be_amendable(original: Shift, *, by: Shift | None = None) -> None:
    """Refuse an amendment of what is not signed, is amended already, or is the school's to correct; `by`: that amendment.

    Its learner must be locked. At most five queries.
    """
    if original.state != Shift.State.SIGNED:
        raise ValidationError(_("Only a signed shift is amended. This one you can still change."), code="not_signed")
    record = original.placement.record
    if record.sealed_at is not None:
        raise ValidationError(
            _("This record is sealed: it ended. Ask the registrar for a correction; both versions stay."), code="sealed"
        )
    if has_certificate(record):
        raise ValidationError(
            _("A certificate rests on these hours. Ask the registrar for a correction; both versions stay."),
            code="certificate",
        )
    living = Shift.objects.filter(amends=original).exclude(state__in=[Shift.State.REFUSED, Shift.State.WITHDRAWN])
    if by is not None:
        living = living.exclude(uuid=by.uuid)
    if living.exists():
        raise ValidationError(_("There is an amendment of this shift already. One at a time."), code="amended")
    entries = HourEntry.objects.filter(record=record, posting__source_key=original.source_key)
    if entries.filter(Q(reversed_by__isnull=False) | Q(corrections__outcome__in=["", "approved"])).exists():
        raise ValidationError(
            _("The school corrects or corrected these hours. Ask your coordinator; both versions stay."),
            code="corrected",
        )


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
    if placement.state in Placement.ENDED:
        raise ValidationError(_("This placement has ended. Ask your coordinator to open it again."))
    if placement.state not in Placement.LIVE:
        raise ValidationError(_("The school has not approved this placement."))
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
    running = Clock.objects.filter(
        learner=placement.record.learner_id, ended_at=None, started_at__lt=claim.ends_at
    ).first()  # fmt: skip
    if running and not any(problem.field == "ends_at" for problem in found):
        found.append(rules.Problem("clock_runs", "ends_at", times=(running.started_at, running.started_at)))
    if found:
        errors: dict[str, list[str]] = {}
        for problem in found:
            errors.setdefault(problem.field, []).append(sentence_for(problem, placement, supervisor))
        raise ValidationError(errors)
    reason = not_named(placement, supervisor)
    if reason:
        raise ValidationError({"supervisor": reason})
    if claim.kind == "client_session":
        must_be_past_the_gates(placement, claim.starts_at, "kind")


def bounds_of(shift: Shift, supervisor: Supervisor, claim: rules.Claim) -> rules.Bounds:
    """Within what the times of a shift may lie; `claim` says beside which others to look. Two queries."""
    placement = shift.placement
    site = placement.site
    # What was amended holds no time any more; what this shift amends gives its time up when it is signed.
    amended = Shift.objects.filter(amends=OuterRef("pk"), state=Shift.State.SIGNED)
    others = (
        Shift.objects.filter(
            ~Exists(amended),
            placement__record__learner=placement.record.learner_id,
            starts_at__lt=claim.ends_at,
            ends_at__gt=claim.starts_at,
        )
        .exclude(state__in=[Shift.State.REFUSED, Shift.State.WITHDRAWN])
        .exclude(pk__in=[pk for pk in (shift.pk, shift.amends_id) if pk])
    )
    return rules.Bounds(
        zone=site.zone,
        placement=placement.window,
        approval=site.approval,
        agreement=site.agreement,
        licence=supervisor.licence,
        assigned=assignments_at(supervisor, site.pk),
        insurance=site.insurance,
        others=tuple(others.order_by("starts_at").values_list("starts_at", "ends_at")),
    )


def not_named(placement: Placement, supervisor: Supervisor) -> str:
    """Why a supervisor does not sign in this placement: others are named for it; empty when she may. One query."""
    named = named_supervisors(placement)
    if not named or supervisor.pk in named:
        return ""
    return _("The school named others to sign in this placement, and not %(name)s.") % {"name": supervisor.name}


def must_be_past_the_gates(placement: Placement, at: datetime, field: str) -> None:
    """Refuse, beside the field, a session with a client that begins before something that had to come first."""
    missing = [line.words for line in gates_of(placement, at) if not line.is_met]
    if missing:
        day = at.astimezone(ZoneInfo(placement.site.zone)).date()
        words = {"day": date_format(day, "j F Y"), "what": "; ".join(missing)}
        raise ValidationError(
            {
                field: _(
                    "No client yet on %(day)s. Before the first one you need: %(what)s. Other kinds of shift can be "
                    "written down."
                )
                % words
            }
        )


def must_be_complete(shift: Shift) -> None:
    """Refuse a draft that says too little to be signed: an end that nobody stated, a session without screen or client."""
    if not shift.lacks:
        return
    day = date_format(shift.starts_at.astimezone(ZoneInfo(shift.placement.site.zone)).replace(tzinfo=None), "j F")
    sentences = {
        "end": _("%(day)s: the clock was never stopped. Open this shift and say when you ended."),
        "screen": _("%(day)s: open this client session and say what asking for contraindications came to."),
        "client": _("%(day)s: open this client session and choose the client."),
    }
    raise ValidationError(sentences[shift.lacks] % {"day": day}, code=shift.lacks)


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
        "insurance": _(
            "The insurance of %(site)s that the school has on file does not cover %(day)s. Ask your coordinator."
        ),
        "not_assigned": _(
            "%(name)s is not listed at %(site)s for %(day)s. Choose who was there, or ask your coordinator."
        ),
        "licence": _(
            "The license of %(name)s that the school has on file is not valid on %(day)s. Ask your coordinator."
        ),
        "clock_runs": _("Your clock runs since %(from)s. Clock out first, or write down a shift that ended before it."),
        "overlap": _(
            "You wrote down a shift from %(from)s to %(to)s already. No minute counts twice: change one of the two."
        ),
    }
    return sentences[problem.code] % words


# Fields of own words, each held to the same: nothing that names a client.
_WORDS = ("statement", "reflection", "amend_reason")


def _check_words(placement: Placement, supervisor: Supervisor, content: Mapping[str, Any], client_code: str) -> None:
    errors: dict[str, str] = {}
    if client_code:
        used = Shift.objects.filter(placement__record__learner=placement.record.learner_id, client_code=client_code)
        if not rules.is_client_code(client_code):
            errors["client_code"] = _(
                "A client’s code is made by us, never from a name, initials or a date. Choose one or a new one."
            )
        elif not used.exists():
            errors["client_code"] = _("This code is none of yours. Choose one, or a new one.")
    known = [supervisor.name, str(placement.site), placement.record.school.name]
    sentences = {
        "name": _("“%(piece)s” looks like a person’s name. Leave out who the client is; the code is enough."),
        "date": _("“%(piece)s” looks like a date. Leave dates out; the shift has its own."),
        "number": _("“%(piece)s” looks like a number or address of a person. Leave it out; the code is enough."),
    }
    for field in _WORDS:
        found = rules.identifier_in(content[field], known)
        if found:
            errors[field] = sentences[found.kind] % {"piece": found.piece[:60]}
    if errors:
        raise ValidationError(errors)


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
