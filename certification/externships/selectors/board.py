"""Reads the coordinator's board: who is where, hours against plan, what waits, and what calls for somebody."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Max, Q

from accounts.models import Organisation
from certification.records.selectors import unit_of

from .. import rules
from ..models import Placement, Shift, SignOff, Site, SiteAssignment
from .placements import school_placements
from .shifts import name_of_learner

SHOWS = ("risk", "waiting", "")


@dataclass(frozen=True, slots=True)
class Place:
    """One running placement on the board, with what its rules say of it; minutes in hours of `unit` minutes."""

    placement: Placement
    name: str
    unit: int
    signed: int
    waiting: int
    waiting_minutes: int
    drafts: int
    oldest_wait: int | None
    last_shift: date | None
    outlook: rules.Outlook

    @property
    def site(self) -> Site:
        """Where she is."""
        return self.placement.site

    @property
    def required(self) -> int:
        """Minutes that the placement is for."""
        return self.placement.required_minutes

    @property
    def signed_and_waiting(self) -> int:
        """Minutes signed or waiting for a signature."""
        return self.signed + self.waiting_minutes

    @property
    def risks(self) -> tuple[rules.Risk, ...]:
        """What calls for somebody, most urgent first."""
        return self.outlook.risks


@dataclass(frozen=True, slots=True)
class AtSite:
    """One site with those who are there."""

    site: Site
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class DeskBoard:
    """All running placements of some schools."""

    places: tuple[Place, ...]
    ages: tuple[rules.Age, ...]

    @property
    def at_risk(self) -> list[Place]:
        """Those that call for somebody, the most urgent first."""
        return sorted(
            (place for place in self.places if place.risks),
            key=lambda place: (rules.RISKS.index(place.risks[0].code), place.name.casefold()),
        )

    @property
    def waiting(self) -> list[Place]:
        """Those with a signature that waits, the longest wait first."""
        return sorted((place for place in self.places if place.waiting), key=lambda place: -(place.oldest_wait or 0))

    @property
    def sites(self) -> int:
        """At how many sites somebody is."""
        return len({place.placement.site_id for place in self.places})

    @property
    def unit(self) -> int:
        """Minutes of an hour in sums: that of the rules if all are judged by the same, else 60."""
        units = {place.unit for place in self.places}
        return units.pop() if len(units) == 1 else 60

    @property
    def required(self) -> int:
        """Minutes that all placements are for."""
        return sum(place.required for place in self.places)

    @property
    def signed(self) -> int:
        """Minutes signed, as far as placements ask for them: what one has above its plan helps no other."""
        return sum(min(place.signed, place.required) for place in self.places)

    @property
    def due(self) -> int:
        """Minutes that even work would have given by today."""
        return sum(place.outlook.due for place in self.places)

    @property
    def waiting_shifts(self) -> int:
        """Shifts that wait for a signature."""
        return sum(place.waiting for place in self.places)

    @property
    def waiting_minutes(self) -> int:
        """Their minutes on the clock."""
        return sum(place.waiting_minutes for place in self.places)

    def shown(self, show: str, query: str = "") -> list[Place]:
        """The places that a filter (of SHOWS) and words of name, program and site leave."""
        rows = {"risk": self.at_risk, "waiting": self.waiting}.get(show, list(self.places))
        words = query.casefold().split()
        return [
            place
            for place in rows
            if all(
                word in f"{place.name} {place.placement.record.program_title} {place.site}".casefold() for word in words
            )
        ]


def by_site(places: Iterable[Place]) -> list[AtSite]:
    """Places under their sites, both by name."""
    found: dict[int, list[Place]] = defaultdict(list)
    for place in places:
        found[place.placement.site_id].append(place)
    groups = [AtSite(rows[0].site, tuple(rows)) for rows in found.values()]
    return sorted(groups, key=lambda group: (str(group.site).casefold(), group.site.pk))


def board_of_schools(schools: Iterable[Organisation], now: datetime) -> DeskBoard:
    """The board of some schools. Five queries, whatever its size, and one for the text of each rule set a process."""
    found = list(
        school_placements()
        .filter(record__school__in=schools, state__in=Placement.LIVE)
        .annotate(last_shift_at=Max("shifts__ends_at", filter=~Q(shifts__state=Shift.State.WITHDRAWN)))
        .order_by("site__organisation__name", "record__learner__user__legal_name", "pk")
    )
    pks = [placement.pk for placement in found]
    sent = defaultdict(list)
    all_waits = []
    for pk, starts, ends, pause, sent_at in Shift.objects.filter(placement__in=pks, state=Shift.State.SENT).values_list(
        "placement_id", "starts_at", "ends_at", "break_minutes", "sent_at"
    ):
        assert sent_at is not None  # the database: a sent shift says since when
        sent[pk].append((now - sent_at, rules.minutes_of(starts, ends, pause)))
        all_waits.append(sent[pk][-1])
    returned = dict(
        SignOff.objects.filter(shift__placement__in=pks, shift__state=Shift.State.RETURNED)
        .order_by()
        .values_list("shift__placement")
        .annotate(since=Max("decided_at"))
    )
    signers = _signers({placement.site_id for placement in found}, now)
    return DeskBoard(
        tuple(
            _place(placement, sent[placement.pk], returned.get(placement.pk), signers[placement.site_id], now)
            for placement in found
        ),
        rules.by_age(all_waits),
    )


def _signers(sites: Iterable[int], now: datetime) -> dict[int, list[rules.Signer]]:
    """Who works at each site today. One query."""
    found: dict[int, list[rules.Signer]] = defaultdict(list)
    rows = SiteAssignment.objects.filter(site__in=sites).select_related("supervisor", "site__organisation")
    for row in rows:
        if row.window.holds(now.astimezone(ZoneInfo(row.site.zone)).date()):
            found[row.site_id].append(rules.Signer(row.supervisor.verified_at is not None, row.supervisor.licence))
    return found


def _place(
    placement: Placement,
    sent: Sequence[tuple[timedelta, int]],
    returned: datetime | None,
    signers: Sequence[rules.Signer],
    now: datetime,
) -> Place:
    zone = ZoneInfo(placement.site.zone)
    last_at: datetime | None = placement.last_shift_at  # type: ignore[attr-defined]
    last_shift = (last_at - timedelta(microseconds=1)).astimezone(zone).date() if last_at else None
    waiting = sum(minutes for _waited, minutes in sent)
    oldest = max((waited for waited, _minutes in sent), default=None)
    course = rules.Course(
        day=now.astimezone(zone).date(),
        days=placement.window,
        required=placement.required_minutes,
        signed=placement.signed,  # type: ignore[attr-defined]
        waiting=waiting,
        last_shift=last_shift,
        oldest_wait=oldest.days if oldest is not None else None,
        oldest_return=(now - returned).days if returned else None,
        papers=(placement.site.approval, placement.site.agreement, placement.site.insurance),
        signers=tuple(signers),
    )
    return Place(
        placement=placement,
        name=name_of_learner(placement.record),
        unit=unit_of(placement.record),
        signed=course.signed,
        waiting=len(sent),
        waiting_minutes=waiting,
        drafts=placement.drafts,  # type: ignore[attr-defined]
        oldest_wait=course.oldest_wait,
        last_shift=last_shift,
        outlook=rules.outlook_of(course),
    )


# ---- the log on paper ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LogLine:
    """One decided or waiting shift of a log, with its last decision; `amended_by` is the signed shift in its place."""

    shift: Shift
    decision: SignOff | None
    amended_by: Shift | None = None

    @property
    def ledger_minutes(self) -> int:
        """Minutes that stand in the ledger for it: none once an amendment stands in its place."""
        return self.decision.posted_minutes if self.decision and self.amended_by is None else 0

    @property
    def across(self) -> rules.Across:
        """Whether it ended on another day or by another clock than it began."""
        return rules.across(self.shift.starts_at, self.shift.ends_at, self.shift.placement.site.zone)


@dataclass(frozen=True, slots=True)
class Log:
    """The log of one placement in the order of time."""

    placement: Placement
    lines: tuple[LogLine, ...]

    @property
    def signed(self) -> list[LogLine]:
        """What supervisors signed, with what was amended since."""
        return [line for line in self.lines if line.shift.state == Shift.State.SIGNED]

    @property
    def standing(self) -> list[LogLine]:
        """What supervisors signed and no amendment took the place of."""
        return [line for line in self.signed if line.amended_by is None]

    @property
    def open(self) -> list[LogLine]:
        """What is not decided yet: drafts, sent, returned."""
        return [line for line in self.lines if line.shift.state not in Shift.OVER]

    @property
    def posted_minutes(self) -> int:
        """Minutes that stand in the ledger."""
        return sum(line.ledger_minutes for line in self.standing)

    def by_kind(self) -> list[tuple[str, int, int]]:
        """Kind, signed shifts that stand and minutes on the clock."""
        found: dict[str, list[int]] = defaultdict(list)
        for line in self.standing:
            found[line.shift.get_kind_display()].append(line.shift.minutes)
        return [(kind, len(minutes), sum(minutes)) for kind, minutes in sorted(found.items())]

    def by_signer(self) -> list[tuple[str, str, int, int]]:
        """Supervisor and license as confirmed, signed shifts that stand and minutes on the clock.

        One person is one line, however she typed her name: the register's name stands here.
        """
        found: dict[tuple[str, str, int], list[int]] = defaultdict(list)
        for line in self.standing:
            if line.decision:
                person = line.shift.supervisor
                found[person.name, line.decision.licence, person.pk].append(line.shift.minutes)
        return [(name, licence, len(minutes), sum(minutes)) for (name, licence, _pk), minutes in sorted(found.items())]


def log_of(placement: Placement) -> Log:
    """All shifts of a placement but withdrawn ones, each with its last decision. Two queries."""
    shifts = list(
        placement.shifts.exclude(state=Shift.State.WITHDRAWN).select_related("supervisor").order_by("starts_at", "pk")
    )
    last = {}
    rows = SignOff.objects.filter(shift__in=shifts).select_related("scan__uploaded_by", "scan__decided_by")
    for decision in rows.order_by("version"):
        last[decision.shift_id] = decision
    amended = {shift.amends_id: shift for shift in shifts if shift.amends_id and shift.state == Shift.State.SIGNED}
    for shift in shifts:
        shift.placement = placement
    return Log(placement, tuple(LogLine(shift, last.get(shift.pk), amended.get(shift.pk)) for shift in shifts))
