"""Reads the school's registers: its sites, its supervisors, and who works where."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.models import Organisation

from .. import rules
from ..models import Placement, RegisterPaper, Shift, Site, SiteAssignment, Supervisor

# By what a list of sites or supervisors may be narrowed.
LIST_STATES = ("in_force", "ends_soon", "over")
SITE_PERIODS = (
    ("approved_on", "approval_ends_on"),
    ("agreement_starts_on", "agreement_ends_on"),
    ("insurance_starts_on", "insurance_ends_on"),
)
LICENCE_PERIODS = (("valid_from", "valid_to"),)


def words_of(query: str) -> list[str]:
    """The words of a search: what is found fits each of them."""
    return query.replace("\x00", " ").split()[:6]


def _stands(state: str, periods: Iterable[tuple[str, str]], today: date) -> Q:
    """What the database asks of rows whose most urgent standing is `state`, as `rules.standing` says of each period.

    A period without dates is in force here.
    """
    over, soon, begun = Q(pk__in=()), Q(pk__in=()), Q()
    for first, last in periods:
        has_begun = Q(**{first: None}) | Q(**{f"{first}__lte": today})
        over |= Q(**{f"{last}__lt": today})
        soon |= has_begun & Q(**{f"{last}__range": (today, today + rules.SOON)})
        begun &= has_begun
    return {"over": over, "ends_soon": ~over & soon, "in_force": ~over & ~soon & begun}.get(state, Q())


def sites_of(schools: Iterable[Organisation], today: date, *, query: str = "", state: str = "") -> QuerySet[Site]:
    """The sites of some schools by name, each with `active_placements` (approved ones too); narrowed by words of name
    and address, and by one of LIST_STATES. One query when read.
    """
    sites = Site.objects.filter(_stands(state, SITE_PERIODS, today), school__in=schools)
    for word in words_of(query):
        sites = sites.filter(Q(organisation__name__icontains=word) | Q(organisation__address__icontains=word))
    active = Count("placements", filter=Q(placements__state__in=Placement.LIVE))
    return (
        sites.annotate(active_placements=active)
        .select_related("organisation", "school")
        .order_by("organisation__name", "pk")
    )


def supervisors_of(
    schools: Iterable[Organisation], today: date, *, query: str = "", state: str = ""
) -> QuerySet[Supervisor]:
    """The supervisors of some schools by name, each with her assignments of today in `working`.

    Narrowed by words of name, address, license and site, and by one of LIST_STATES or "unverified". Two queries when
    read.
    """
    supervisors = Supervisor.objects.filter(_stands(state, LICENCE_PERIODS, today), school__in=schools)
    if state == "unverified":
        supervisors = supervisors.filter(verified_at=None)
    for word in words_of(query):
        supervisors = supervisors.filter(
            Q(name__icontains=word)
            | Q(email__icontains=word)
            | Q(licence_number__icontains=word)
            | Exists(SiteAssignment.objects.filter(supervisor=OuterRef("pk"), site__organisation__name__icontains=word))
        )
    now = SiteAssignment.objects.filter(Q(until_on=None) | Q(until_on__gte=today), from_on__lte=today)
    working = Prefetch("assignments", now.select_related("site__organisation").order_by("pk"), to_attr="working")
    return supervisors.select_related("school").prefetch_related(working).order_by("name", "pk")


def assignments_of_site(site: Site) -> list[SiteAssignment]:
    """Who works or worked at a site, those still there first. One query."""
    rows = SiteAssignment.objects.filter(site=site).select_related("supervisor").order_by("supervisor__name", "from_on")
    return sorted(rows, key=lambda row: row.until_on is not None)


def assignments_of_supervisor(supervisor: Supervisor) -> list[SiteAssignment]:
    """Where a supervisor works or worked, where she still is first. One query."""
    rows = supervisor.assignments.select_related("site__organisation").order_by("site__organisation__name", "from_on")
    return sorted(rows, key=lambda row: row.until_on is not None)


def waiting_after(assignment: SiteAssignment) -> int:
    """How many shifts wait for a supervisor at a site on days after her last one there. One query."""
    if assignment.until_on is None:
        return 0
    midnight = datetime.combine(assignment.until_on + timedelta(days=1), time(), tzinfo=ZoneInfo(assignment.site.zone))
    return Shift.objects.filter(
        supervisor=assignment.supervisor_id,
        placement__site=assignment.site_id,
        state=Shift.State.SENT,
        ends_at__gt=midnight,
    ).count()


def sites_on_offer(school: Organisation, today: date) -> list[Site]:
    """The sites for which a learner can ask: approval, agreement and insurance not over. By name. One query."""
    live = Q(approval_ends_on=None) | Q(approval_ends_on__gte=today)
    agreed = Q(agreement_ends_on=None) | Q(agreement_ends_on__gte=today)
    insured = Q(insurance_ends_on=None) | Q(insurance_ends_on__gte=today)
    rows = Site.objects.filter(live, agreed, insured, school=school)
    return list(rows.select_related("organisation").order_by("organisation__name", "pk"))


def papers_over(owner: Site | Supervisor, papers: Iterable[RegisterPaper], today: date) -> frozenset[int]:
    """The keys of those of an owner's papers whose time is over, which the school may erase; never an agreement.

    One query.
    """
    needed = _is_needed(owner, today)
    return frozenset(
        paper.pk
        for paper in papers
        if paper.kind != RegisterPaper.Kind.AGREEMENT
        and paper.erased_at is None
        and rules.term_is_over(paper.ends_on, today, withdrawn=paper.withdrawn_at is not None, needed=needed)
    )


def _is_needed(owner: Site | Supervisor, today: date) -> bool:
    """Whether a supervisor works anywhere, or anybody is or asks to be placed at a site. One query."""
    if isinstance(owner, Supervisor):
        there = SiteAssignment.objects.filter(supervisor=owner)
        return there.filter(Q(until_on=None) | Q(until_on__gte=today)).exists()
    waits = [*Placement.LIVE, Placement.State.REQUESTED]
    return Placement.objects.filter(site=owner, state__in=waits).exists()


def papers_of(owner: Site | Supervisor) -> list[RegisterPaper]:
    """The papers of a site or supervisor, those that stand first, erased ones last, then the newest. One query."""
    rows = owner.papers.select_related("added_by", "withdrawn_by", "erased_by").order_by("-added_at", "-pk")
    return sorted(rows, key=lambda paper: (paper.erased_at is not None, paper.withdrawn_at is not None))
