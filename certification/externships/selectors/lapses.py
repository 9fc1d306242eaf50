"""Reads what ends soon in the registers: approvals, agreements, insurances and licenses."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import Organisation

from .. import rules
from ..models import LapseNotice, Placement, RegisterPaper, Site, SiteAssignment, Supervisor

_SITE_ENDS = (
    (LapseNotice.What.APPROVAL, "approval_ends_on"),
    (LapseNotice.What.AGREEMENT, "agreement_ends_on"),
    (LapseNotice.What.INSURANCE, "insurance_ends_on"),
)


@dataclass(frozen=True, slots=True)
class Ending:
    """Something with dates that ends: what, whose, on which day; `days_left` is below 0 once it is over.

    A `paper` is one whose last day stands on it alone, not in the register: no shift waits for it.
    """

    owner: Site | Supervisor
    what: str
    ends_on: date
    days_left: int
    paper: RegisterPaper | None = field(default=None, kw_only=True)

    @property
    def is_site(self) -> bool:
        """Whether it is a site's; else a supervisor's."""
        return isinstance(self.owner, Site)

    @property
    def subject(self) -> str:
        """How `LapseNotice` names its owner, or the paper."""
        if self.paper is not None:
            return f"paper:{self.paper.uuid}"
        return f"{'site' if self.is_site else 'supervisor'}:{self.owner.uuid}"

    @property
    def what_label(self) -> str:
        """What it is, in words."""
        if self.paper is not None:
            return self.paper.get_kind_display()
        return str(LapseNotice.What(self.what).label)


@dataclass(frozen=True, slots=True)
class Lapse(Ending):
    """An ending of a school that has to be told for a step."""

    school: Organisation
    step: int


def endings_of(schools: Iterable[Organisation], now: datetime) -> list[Ending]:
    """What ends soon or is over and still needed, for the board; what ended first comes first. Two queries.

    A site's papers are needed while somebody is placed there, a license while its holder works at a site.
    """
    horizon = (now + timedelta(days=rules.LISTED_DAYS + 1)).date()
    ends_soon = Q()
    for _what, column in _SITE_ENDS:
        ends_soon |= Q(**{f"{column}__lte": horizon})
    placed = Placement.objects.filter(site=OuterRef("pk"), state__in=Placement.LIVE)
    sites = Site.objects.filter(ends_soon, school__in=schools).annotate(needed=Exists(placed))
    found: list[Ending] = []
    for site in sites.select_related("organisation", "school"):
        for what, column in _SITE_ENDS:
            found += _ending(site, what, getattr(site, column), now, needed=site.needed)
    holders = _working(now).filter(school__in=schools, valid_to__lte=horizon)
    for who in holders.select_related("school"):
        found += _ending(who, LapseNotice.What.LICENCE, who.valid_to, now, needed=True)
    return sorted(found, key=lambda one: (one.ends_on, one.subject, one.what))


def _ending(owner: Site | Supervisor, what: str, ends_on: date | None, now: datetime, *, needed: bool) -> list[Ending]:
    today = now.astimezone(ZoneInfo(owner.school.zone)).date()
    if ends_on is None or not rules.is_listed(ends_on, today, needed=needed):
        return []
    return [Ending(owner, what, ends_on, (ends_on - today).days)]


def _working(now: datetime) -> QuerySet[Supervisor]:
    """Supervisors who work somewhere now or will."""
    working = SiteAssignment.objects.filter(supervisor=OuterRef("pk")).filter(
        Q(until_on=None) | Q(until_on__gte=now.date())
    )
    return Supervisor.objects.filter(Exists(working))


def lapses_due(now: datetime) -> list[Lapse]:
    """What has to be told now and was not, by school and day of ending. Four queries, whatever the number.

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
    licences = _working(now).filter(valid_to__range=horizon).select_related("school", "user")
    found += [_lapse(who, LapseNotice.What.LICENCE, who.valid_to, now) for who in licences.order_by("pk")]
    for paper in _papers(now).filter(ends_on__range=horizon).order_by("pk"):
        owner = paper.site or paper.supervisor
        assert owner is not None  # the database holds it
        found.append(_lapse(owner, paper.kind, paper.ends_on, now, paper))
    due = [lapse for lapse in found if lapse is not None]
    told = set(
        LapseNotice.objects.filter(ends_on__range=horizon).values_list("school", "subject", "what", "ends_on", "step")
    )
    fresh = [one for one in due if (one.school.pk, one.subject, one.what, one.ends_on, one.step) not in told]
    return sorted(fresh, key=lambda one: (one.school.pk, one.ends_on, one.subject, one.what))


def _papers(now: datetime) -> QuerySet[RegisterPaper]:
    """Papers that stand and whose day no column of the register holds, each with its owner.

    Of supervisors who work: all but a copy of the license that ends with it, and what a later one of its kind follows.
    Of sites those of no kind of their own.
    """
    later = RegisterPaper.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=OuterRef("ends_on")),
        supervisor=OuterRef("supervisor"), kind=OuterRef("kind"), withdrawn_at=None,
    )  # fmt: skip
    other = Q(kind=RegisterPaper.Kind.OTHER)
    told_as_licence = Q(kind=RegisterPaper.Kind.LICENCE, ends_on=F("supervisor__valid_to"))
    hers = Q(supervisor__in=_working(now)) & (other | ~Exists(later)) & ~told_as_licence
    return RegisterPaper.objects.filter(
        hers | other & Q(site__isnull=False), withdrawn_at=None, erased_at=None
    ).select_related("supervisor__school", "supervisor__user", "site__school", "site__organisation")


def _lapse(
    owner: Site | Supervisor, what: str, ends_on: date | None, now: datetime, paper: RegisterPaper | None = None
) -> Lapse | None:
    if ends_on is None:
        return None
    today = now.astimezone(ZoneInfo(owner.school.zone)).date()
    step = rules.lapse_step(ends_on, today)
    return (
        None if step is None else Lapse(owner, what, ends_on, (ends_on - today).days, owner.school, step, paper=paper)
    )
