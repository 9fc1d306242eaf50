"""Reads what ends soon in the registers: approvals, agreements, insurances and licenses."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q

from accounts.models import Organisation

from .. import rules
from ..models import LapseNotice, Site, SiteAssignment, Supervisor

_SITE_ENDS = (
    (LapseNotice.What.APPROVAL, "approval_ends_on"),
    (LapseNotice.What.AGREEMENT, "agreement_ends_on"),
    (LapseNotice.What.INSURANCE, "insurance_ends_on"),
)


@dataclass(frozen=True, slots=True)
class Lapse:
    """Something with dates that ends: what, whose, on which day, and for which step it has to be told."""

    school: Organisation
    owner: Site | Supervisor
    what: str
    ends_on: date
    step: int
    days_left: int

    @property
    def subject(self) -> str:
        """How `LapseNotice` names its owner."""
        return f"{'site' if isinstance(self.owner, Site) else 'supervisor'}:{self.owner.uuid}"

    @property
    def what_label(self) -> str:
        """What it is, in words."""
        return str(LapseNotice.What(self.what).label)


def lapses_due(now: datetime) -> list[Lapse]:
    """What has to be told now and was not, by school and day of ending. Three queries, whatever the number.

    A smaller step that is reached leaves out the greater ones that nobody told. Of supervisors only who works somewhere
    now or will.
    """
    # A day more at each end: the day differs from zone to zone.
    horizon = (
        (now - timedelta(days=rules.LATE + 1)).date(),
        (now + timedelta(days=max(rules.LAPSE_STEPS) + 1)).date(),
    )
    found = []
    ends_soon = Q()
    for _what, column in _SITE_ENDS:
        ends_soon |= Q(**{f"{column}__range": horizon})
    for site in Site.objects.filter(ends_soon).select_related("organisation", "school").order_by("pk"):
        found += [_lapse(site, what, getattr(site, column), now) for what, column in _SITE_ENDS]
    working = SiteAssignment.objects.filter(supervisor=OuterRef("pk")).filter(
        Q(until_on=None) | Q(until_on__gte=now.date())
    )
    licences = Supervisor.objects.filter(Exists(working), valid_to__range=horizon).select_related("school", "user")
    found += [_lapse(who, LapseNotice.What.LICENCE, who.valid_to, now) for who in licences.order_by("pk")]
    due = [lapse for lapse in found if lapse is not None]
    told = set(
        LapseNotice.objects.filter(ends_on__range=horizon).values_list("school", "subject", "what", "ends_on", "step")
    )
    fresh = [one for one in due if (one.school.pk, one.subject, one.what, one.ends_on, one.step) not in told]
    return sorted(fresh, key=lambda one: (one.school.pk, one.ends_on, one.subject, one.what))


def _lapse(owner: Site | Supervisor, what: str, ends_on: date | None, now: datetime) -> Lapse | None:
    if ends_on is None:
        return None
    today = now.astimezone(ZoneInfo(owner.school.zone)).date()
    step = rules.lapse_step(ends_on, today)
    return None if step is None else Lapse(owner.school, owner, what, ends_on, step, (ends_on - today).days)
