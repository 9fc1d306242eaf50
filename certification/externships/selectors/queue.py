"""Reads what waits for a supervisor who has an account: her verified address is that of her row on a school's list."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db.models import QuerySet
from django.db.models.functions import Lower

from accounts.models import User
from certification.records.models import TrainingRecord

from ..models import EvaluationLink, Supervisor
from .competencies import evaluation_state, loaded_evaluations
from .shifts import WaitingLink, link_state, links_with_waiting, waiting_in


def supervisors_behind(user: User) -> QuerySet[Supervisor]:
    """The rows of all schools with an address that this person has proved to be hers. No query by itself.

    Not of a school at which she studies: learners do not sign for each other.
    """
    proved = EmailAddress.objects.filter(user=user, verified=True).values(address=Lower("email"))
    studies = TrainingRecord.objects.filter(learner__user=user, sealed_at=None, completed_on=None).values("school")
    rows = Supervisor.objects.annotate(address=Lower("email")).filter(address__in=proved)
    return rows.exclude(school__in=studies)


def queue_of(user: User, now: datetime) -> list[WaitingLink]:
    """The open links of this person, over learners and schools, the oldest wait first; not of a record that takes no more
    hours. Two queries.
    """
    links = (
        links_with_waiting()
        .filter(supervisor__in=supervisors_behind(user), placement__record__sealed_at=None)
        .exclude(placement__record__learner__user=user)
    )
    found = [item for item in waiting_in(links, now) if link_state(item.link, now) in {"open", "held"}]
    return sorted(found, key=lambda item: (item.since, item.link.pk))


def evaluations_of(user: User, now: datetime) -> list[EvaluationLink]:
    """The open links that ask this person to evaluate or to rate, over learners and schools, the oldest first. One query."""
    links = (
        loaded_evaluations()
        .filter(supervisor__in=supervisors_behind(user), answer=None, revoked_at=None, expires_at__gt=now)
        .filter(placement__record__sealed_at=None)
        .exclude(placement__record__learner__user=user)
        .order_by("created_at", "pk")
    )
    return [link for link in links if evaluation_state(link, now) == "open"]
