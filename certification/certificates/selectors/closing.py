"""What is still open at a school that is about to close, and who may read how it ends."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Q, QuerySet

from accounts.models import Membership, Organisation, User
from certification.externships.models import Placement
from certification.records.models import Balance, TrainingRecord

from ..models import Certificate
from .letters import letters_asked_for
from .proposals import waiting_proposals
from .readiness import ready_candidates
from .register import KEEPING_ROLES
from .replacing import unconfirmed_revocations


@dataclass(frozen=True, slots=True)
class StillOpen:
    """How much of a school's is open: each number counts what ends with it. `ready` have no proposal yet.

    `hours_on` and `issued_on` are the latest local days of its hours and of its certificates: the school was open then.
    """

    records: int
    ready: int
    proposals: int
    placements: int
    letters: int
    revocations: int
    hours_on: date | None
    issued_on: date | None


def still_open_at(school: Organisation) -> StillOpen:
    """What closing a school would leave undone. Nine queries."""
    return StillOpen(
        records=TrainingRecord.objects.filter(school=school, sealed_at=None).count(),
        ready=ready_candidates([school]).count(),
        proposals=waiting_proposals([school]).count(),
        placements=Placement.objects.filter(
            record__school=school, state__in=[Placement.State.REQUESTED, *Placement.LIVE]
        ).count(),
        letters=len(letters_asked_for([school])),
        revocations=len(unconfirmed_revocations([school])),
        hours_on=last_hours_at(school),
        issued_on=last_issued_at(school),
    )


def last_hours_at(school: Organisation) -> date | None:
    """The latest local day of which a record of the school holds hours. One query."""
    held = Balance.objects.filter(record__school=school, minutes__gt=0)
    return held.aggregate(day=Max("last_on"))["day"]


def last_issued_at(school: Organisation) -> date | None:
    """The latest day on which the school issued a certificate. One query."""
    return Certificate.objects.filter(school=school).aggregate(day=Max("issued_on"))["day"]


def closing_schools_of(user: User) -> QuerySet[Organisation]:
    """The schools that this person may close, or whose end she may read: an administrator, also once that role has ended.

    A custodian too, once the school has closed. One query.
    """
    held = Membership.objects.filter(
        Q(role__in=KEEPING_ROLES) | Q(role=Membership.Role.CUSTODIAN, organisation__closing__isnull=False),
        user=user,
        until=None,
        organisation__kind=Organisation.Kind.SCHOOL,
    )
    return Organisation.objects.filter(pk__in=held.values("organisation")).order_by("name", "pk")
