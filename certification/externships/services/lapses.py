"""Tells people in time that an approval, an agreement, an insurance, a license or another paper ends: each step once."""

from datetime import UTC, datetime

from django.db import transaction

from accounts.models import Organisation, User
from notices.services import enqueue_mail

from ..models import LapseNotice, Supervisor
from ..selectors import Lapse, lapses_due, staff_to_ask


@transaction.atomic
def tell_of_lapses(*, now: datetime) -> int:
    """Mail what ends in 60, 30 or 7 days or today to those who place the school's learners, and of a license or a
    paper of hers to the supervisor too; how many things. One mail a person and day, with all of it.

    Atomic and idempotent: what was told stands in a row of its own, and on a day on which something was told nothing
    more goes out; it is told on the next. Two processes at once wait for each other.
    """
    schools = Organisation.objects.filter(kind=Organisation.Kind.SCHOOL).order_by("pk")
    list(schools.select_for_update(no_key=True).values_list("pk", flat=True))
    start = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if LapseNotice.objects.filter(told_at__gte=start).exists():
        return 0
    due = lapses_due(now)
    LapseNotice.objects.bulk_create(
        LapseNotice(
            school=one.school, subject=one.subject, what=one.what, ends_on=one.ends_on, step=one.step, told_at=now
        )
        for one in due
    )
    day = start.date().isoformat()
    for person, lapses in _by_person(due).items():
        enqueue_mail(
            key=f"lapses:{person.uuid}:{day}",
            to=person.email,
            user=person,
            template="externships_lapses",
            context={
                "person": person,
                "lapses": lapses,
                "count": len(lapses),
                "stops": any(one.paper is None for one in lapses),
                "papers": any(one.paper is not None for one in lapses),
            },
        )
    for one in due:
        # To an address that nobody checked nothing goes out.
        if isinstance(one.owner, Supervisor) and one.owner.verified_at is not None:
            enqueue_mail(
                key=f"lapses:{one.paper.uuid if one.paper else one.owner.uuid}:{day}",
                to=one.owner.email,
                user=one.owner.user,
                template="externships_paper_lapses" if one.paper else "externships_licence_lapses",
                context={"supervisor": one.owner, "lapse": one},
            )
    return len(due)


def _by_person(due: list[Lapse]) -> dict[User, list[Lapse]]:
    """Who hears of what: a person who places for several schools gets one mail."""
    staff: dict[int, list[User]] = {}
    found: dict[User, list[Lapse]] = {}
    for one in due:
        if one.school.pk not in staff:
            staff[one.school.pk] = staff_to_ask(one.school)
        for person in staff[one.school.pk]:
            found.setdefault(person, []).append(one)
    return found
