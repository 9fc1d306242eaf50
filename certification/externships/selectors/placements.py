"""Reads placements as the school sees them, and the records of learners who can be placed."""

from collections.abc import Iterable

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import Organisation
from certification.records.models import TrainingRecord
from certification.records.selectors import fitting
from certification.requirements.selectors import spec_for

from .. import rules
from ..models import Placement, Shift, SignOff
from .registers import words_of

# Of a shift that was amended, the signature stands and its hours do not.
_SIGNED = SignOff.objects.filter(decision=SignOff.Decision.SIGN).exclude(
    Exists(Shift.objects.filter(amends=OuterRef("shift"), state=Shift.State.SIGNED))
)


def signed_minutes(placement: Placement) -> int:
    """Minutes of a placement that its supervisors signed and the ledger took. One query."""
    found = _SIGNED.filter(shift__placement=placement).aggregate(minutes=Sum("posted_minutes"))["minutes"]
    return found or 0


def unit_of(record: TrainingRecord) -> int:
    """Minutes of an hour in the rules that judge a record; what a placement asks for and has are hours of that kind.

    A shift's own length is time on the clock and is written with 60: its supervisor signs from when until when, and no
    credit. No query when the rule set is loaded; the first time in a process one for its text.
    """
    return spec_for(record.rule_set).unit_minutes


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
    """The placements of some schools, newest first; narrowed by words of learner, program and site, and by a state.

    One query when read.
    """
    found = school_placements().filter(record__school__in=schools)
    if state in Placement.State.values:
        found = found.filter(state=state)
    for word in words_of(query):
        learners = fitting(TrainingRecord.objects.filter(school__in=schools), word)
        found = found.filter(Q(record__in=learners) | Q(site__organisation__name__icontains=word))
    return found.order_by("-starts_on", "-pk")


def active_at(site_id: int) -> list[Placement]:
    """The active placements at a site, those that end first first. One query."""
    return list(school_placements().filter(site=site_id, state=Placement.State.ACTIVE).order_by("ends_on", "pk"))


def placements_of_record(record: TrainingRecord) -> list[Placement]:
    """The placements of a record, newest first. One query."""
    return list(school_placements().filter(record=record).order_by("-starts_on", "-pk"))


def records_to_place(schools: Iterable[Organisation], query: str = "") -> QuerySet[TrainingRecord]:
    """The open records of some schools whose learner or program fits every word, by name; each with how many active
    `placed`. One query when read.
    """
    return (
        fitting(TrainingRecord.objects.filter(school__in=schools, sealed_at=None), query)
        .annotate(
            placed=Count("placements", filter=Q(placements__state=Placement.State.ACTIVE), distinct=True),
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
    others = Placement.objects.filter(record=record).exclude(state=Placement.State.TERMINATED)
    placed = others.aggregate(minutes=Sum("required_minutes"))["minutes"] or 0
    return max(asked.required - placed, 0)
