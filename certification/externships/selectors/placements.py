"""Reads placements as the school sees them, and the records of learners who can be placed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import Organisation, User
from certification.records.models import HourEntry, TrainingRecord
from certification.records.selectors import fitting
from certification.requirements.selectors import spec_for

from .. import rules
from ..models import LearningGoal, Placement, PlacementStep, Shift, SignOff, Site, Supervisor
from .registers import words_of

# Of a shift that was amended, the signature stands and its hours do not.
_SIGNED = SignOff.objects.filter(decision=SignOff.Decision.SIGN).exclude(
    Exists(Shift.objects.filter(amends=OuterRef("shift"), state=Shift.State.SIGNED))
)


def signed_minutes(placement: Placement) -> int:
    """Minutes of a placement that its supervisors signed and the ledger took. One query."""
    found = _SIGNED.filter(shift__placement=placement).aggregate(minutes=Sum("posted_minutes"))["minutes"]
    return found or 0


def signed_by_kind(placement: Placement) -> dict[str, int]:
    """The same by kind of shift. One query."""
    rows = _SIGNED.filter(shift__placement=placement).order_by().values_list("shift__kind")
    return dict(rows.annotate(minutes=Sum("posted_minutes")))


def school_placements() -> QuerySet[Placement]:
    """Placements with learner, site, school, rule set and who decided, each with `signed` minutes and how many shifts are
    `waiting` and `drafts`. One query when read.
    """
    signed = _SIGNED.filter(shift__placement=OuterRef("pk")).order_by().values("shift__placement")
    return (
        Placement.objects.select_related(
            "site__organisation",
            "record__school",
            "record__rule_set",
            "record__learner__user",
            "approved_by",
            "ended_by",
        )
        .defer("record__rule_set__source")  # long, and the same in every row
        .annotate(
            signed=Coalesce(
                Subquery(signed.annotate(all=Sum("posted_minutes")).values("all"), output_field=IntegerField()), 0
            ),
            waiting=Count("shifts", filter=Q(shifts__state=Shift.State.SENT)),
            drafts=Count("shifts", filter=Q(shifts__state__in=[Shift.State.DRAFT, Shift.State.RETURNED])),
        )
    )


def placements_of(schools: Iterable[Organisation], *, query: str = "", state: str = "") -> QuerySet[Placement]:
    """The placements of some schools, newest first; narrowed by words of learner, program and site, and by a state, or
    "live": approved and active.

    One query when read.
    """
    found = school_placements().filter(record__school__in=schools)
    if state == "live":
        found = found.filter(state__in=Placement.LIVE)
    elif state in Placement.State.values:
        found = found.filter(state=state)
    for word in words_of(query):
        learners = fitting(TrainingRecord.objects.filter(school__in=schools), word)
        found = found.filter(Q(record__in=learners) | Q(site__organisation__name__icontains=word))
    return found.order_by("-starts_on", "-pk")


def active_at(site_id: int) -> list[Placement]:
    """The placements at a site that are approved or active, those that end first first. One query."""
    return list(school_placements().filter(site=site_id, state__in=Placement.LIVE).order_by("ends_on", "pk"))


def waiting_requests(schools: Iterable[Organisation]) -> list[Placement]:
    """The requests of some schools' learners that wait, the oldest first. One query."""
    rows = school_placements().filter(record__school__in=schools, state=Placement.State.REQUESTED)
    return list(rows.order_by("created_at", "pk"))


def placements_beside(placement: Placement) -> list[Placement]:
    """Other placements of the same learner, approved or active, that share a day with this one. One query."""
    rows = Placement.objects.filter(
        record__learner=placement.record.learner_id,
        state__in=Placement.LIVE,
        starts_on__lte=placement.ends_on,
        ends_on__gte=placement.starts_on,
    )
    return list(rows.exclude(pk=placement.pk).select_related("site__organisation").order_by("starts_on", "pk"))


def taken_days(site: Site, *, besides: int | None = None) -> list[rules.Window]:
    """The days of each placement that takes one of a site's places, to the day on which it ended. One query."""
    rows = Placement.objects.filter(site=site, state__in=Placement.TAKES_A_PLACE)
    if besides is not None:
        rows = rows.exclude(pk=besides)
    return [
        rules.Window(first, min(last, ended) if ended else last)
        for first, last, ended in rows.values_list("starts_on", "ends_on", "ended_on")
    ]


@dataclass(frozen=True, slots=True)
class LostLine:
    """Minutes of a signed shift that cannot be credited, since its day lies outside the license's days."""

    day: date
    minutes: int
    name: str


def lost_to_a_licence(placement: Placement, shift: Shift | None = None) -> list[LostLine]:
    """What of a placement (or of one shift) the rules leave out, as the license that the ledger keeps was not valid.

    At most two queries.
    """
    signed = placement.shifts.filter(state=Shift.State.SIGNED, **({"pk": shift.pk} if shift else {}))
    names = {f"shift:{uuid}": name for uuid, name in signed.values_list("uuid", "supervisor__name")}
    if not names:
        return []
    outside = Q(date__lt=F("supervisor_licence_valid_from")) | Q(date__gt=F("supervisor_licence_valid_to"))
    rows = HourEntry.objects.filter(
        outside, record=placement.record_id, posting__source_key__in=names, reverses=None, reversed_by=None
    )
    found = rows.order_by("date", "pk").values_list("date", "minutes", "posting__source_key")
    return [LostLine(day, minutes, names[key]) for day, minutes, key in found]


def signed_outside_the_licence(supervisor: Supervisor) -> list[Shift]:
    """What a supervisor signed, and the ledger counts, for days that her license on file today does not cover.

    The ledger keeps the license as it was on file when she signed; dates that were put right later change nothing there.
    At most two queries.
    """
    licence = supervisor.licence
    if licence.first is None and licence.last is None:
        return []
    # A day more at each side: the day is that of the ledger, which counts by the clock of the site.
    outside = Q(pk__in=())
    if licence.first is not None:
        outside |= Q(starts_at__date__lte=licence.first)
    if licence.last is not None:
        outside |= Q(starts_at__date__gte=licence.last)
    signed = supervisor.shifts.filter(outside, state=Shift.State.SIGNED).order_by("starts_at", "pk")
    shifts = {
        shift.source_key: shift
        for shift in signed.select_related("placement__site", "placement__record__learner__user")
    }
    if not shifts:
        return []
    rows = HourEntry.objects.filter(posting__source_key__in=shifts, reverses=None, reversed_by=None).exclude(
        Q(date__lt=F("supervisor_licence_valid_from")) | Q(date__gt=F("supervisor_licence_valid_to"))
    )
    counted = {key for key, day in rows.values_list("posting__source_key", "date") if not licence.holds(day)}
    return [shift for key, shift in shifts.items() if key in counted]


def steps_of(placement: Placement) -> list[PlacementStep]:
    """Who did what with a placement, oldest first. One query."""
    return list(placement.steps.select_related("by").order_by("at", "pk"))


def goals_of(placement: Placement) -> list[LearningGoal]:
    """What she wants to learn there, in the order in which it was written. One query."""
    return list(placement.goals.select_related("reached_by", "reached_by_supervisor").order_by("pk"))


def named_supervisors(placement: Placement) -> frozenset[int]:
    """The keys of those who alone may sign; empty where nobody is named. One query."""
    return frozenset(placement.supervisors.values_list("pk", flat=True))


def open_records(user: User) -> list[TrainingRecord]:
    """The records of a person for which she can ask for a placement, newest first. One query."""
    rows = TrainingRecord.objects.filter(learner__user=user, sealed_at=None)
    return list(rows.select_related("school", "learner__user").order_by("-enrolled_on", "-pk"))


def placements_of_record(record: TrainingRecord) -> list[Placement]:
    """The placements of a record, newest first. One query."""
    return list(school_placements().filter(record=record).order_by("-starts_on", "-pk"))


def records_to_place(schools: Iterable[Organisation], query: str = "") -> QuerySet[TrainingRecord]:
    """The open records of some schools whose learner or program fits every word, by name; each with at how many sites
    she is `placed` or will be. One query when read.
    """
    return (
        fitting(TrainingRecord.objects.filter(school__in=schools, sealed_at=None), query)
        .annotate(
            placed=Count("placements", filter=Q(placements__state__in=Placement.LIVE), distinct=True),
        )
        .select_related("learner__user", "school")
        .order_by("learner__user__legal_name", "-enrolled_on", "pk")
    )


def minutes_to_place(record: TrainingRecord) -> int:
    """What the record's rules ask for at sites, less what her other placements are for; 0 when they ask for none.

    One query (two when the rule set is not loaded).
    """
    worth = rules.KINDS["observation"]
    asked = spec_for(record.rule_set).by_code.get(worth.category) if worth else None
    if asked is None:
        return 0
    others = Placement.objects.filter(record=record, state__in=[*Placement.LIVE, Placement.State.COMPLETE])
    placed = others.aggregate(minutes=Sum("required_minutes"))["minutes"] or 0
    return max(asked.required - placed, 0)
