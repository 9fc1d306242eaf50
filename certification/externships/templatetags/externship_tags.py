"""What pages of this and other rooms show of shifts, placements and registers; lower rooms show it by these tags."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.selectors import has_role, roles_of
from certification.externships import rules
from certification.externships.models import Kind, Shift, SignOff, Supervisor, Technique
from certification.externships.presenters import licence_words, when_it_goes, why_nothing_is_signed
from certification.externships.selectors import (
    PLACING_ROLES,
    ProposedTimes,
    name_of_learner,
    proposed_on_clock,
)
from certification.records.models import TrainingRecord
from certification.records.presenters import REASONS
from certification.records.selectors import unit_of

register = template.Library()


@register.inclusion_tag("externships/waiting_note.html")
def waiting_shifts(record: TrainingRecord, own: bool) -> dict[str, Any]:
    """The shifts of a record that were sent and are not decided; `own`: its learner reads them. One query."""
    waiting = list(
        Shift.objects.filter(placement__record=record, state=Shift.State.SENT)
        .select_related("supervisor")
        .order_by("sent_at")
    )
    return {
        "shifts": waiting,
        "minutes": sum(shift.minutes for shift in waiting),
        "supervisors": sorted({shift.supervisor.name for shift in waiting}),
        "since": waiting[0].sent_at if waiting else None,
        "zone": record.zone,
        "unit": unit_of(record),
        "own": own,
    }


@register.simple_tag(takes_context=True)
def may_place(context: template.Context, record: TrainingRecord) -> bool:
    """Whether the reader may place the learner of a record now. No query once the reader's roles are known."""
    request = context.get("request")
    return request is not None and record.sealed_at is None and has_role(request.user, record.school_id, *PLACING_ROLES)


@register.simple_tag(takes_context=True)
def places_learners(context: template.Context) -> bool:
    """Whether the reader places learners of any school. No query once the reader's roles are known."""
    request = context.get("request")
    return request is not None and any(role in PLACING_ROLES for _place, role in roles_of(request.user))


@register.inclusion_tag("externships/standing.html")
def standing(window: rules.Window, today: date) -> dict[str, Any]:
    """How the days of an approval or agreement stand. No query."""
    return {"state": rules.standing(window, today), "window": window, "licence": False}


@register.inclusion_tag("externships/standing.html")
def licence(supervisor: Supervisor, today: date) -> dict[str, Any]:
    """How a supervisor's license stands; one that is over says so, checked or not. No query."""
    state = rules.standing(supervisor.licence, today)
    if supervisor.verified_at is None and state != "over":
        state = "unverified"
    return {"state": state, "window": supervisor.licence, "licence": True}


@register.simple_tag
def proposed(sign_off: SignOff, zone: str) -> ProposedTimes | None:
    """The times that a decision proposes, by the clock of a zone. No query."""
    return proposed_on_clock(sign_off, zone)


@register.filter
def activity_words(code: str) -> str:
    """What she does by the clock, in words."""
    return str(_("Break")) if code == rules.BREAK else str(Kind(code).label)


@register.filter
def refusal(reason: str) -> str:
    """Why minutes would not be creditable, in a sentence."""
    return str(REASONS[reason].sentence)


@register.filter
def learner_name(record: TrainingRecord) -> str:
    """The learner's legal name, else her pseudonym. No query when learner and user are loaded."""
    return name_of_learner(record)


@register.filter
def in_one_line(address: str) -> str:
    """The lines of an address, parted by commas."""
    return ", ".join(filter(None, (line.strip(" ,") for line in address.splitlines())))


@register.filter
def techniques(shift: Shift) -> str:
    """What she worked with, in words."""
    return ", ".join(str(Technique(code).label) for code in shift.techniques)


@register.filter
def exact(number: Fraction) -> str:
    """An exact number with at most two decimals, cut down and not rounded: 66.66."""
    return number_format(Decimal(number.numerator * 100 // number.denominator) / 100, use_l10n=True)


@register.filter
def goes_out(goes_at: datetime, school: Organisation) -> str:
    """When a collected request goes out, by the school's clock: "tonight", "tomorrow evening"."""
    return when_it_goes(goes_at, school.zone, timezone.now())


@register.filter
def over(record: TrainingRecord) -> str:
    """Why what waits in a record is not signed any more; empty while it takes hours."""
    return why_nothing_is_signed(record)


@register.filter
def licence_of(supervisor: Supervisor) -> str:
    """A supervisor's license with its days, in words."""
    return licence_words(supervisor)
