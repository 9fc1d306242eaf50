"""Reads a board's cases: its own, those that a school has to answer, and what a learner sees of them."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, F, Max, QuerySet
from django.utils import timezone

from accounts.models import Membership, Organisation, SchoolClosing, User
from accounts.selectors import holders_of
from certification.records.models import TrainingRecord

from ..models import Case, CaseAnswer, CaseLook
from .rosters import today_of_school

BOARD_ROLES = frozenset({"board", "manager"})
ANSWERING_ROLES = ("registrar", "admin", "custodian")
"""Who answers for a school; of one that has closed, who keeps its records."""
WAITS, OPEN, DECLINED, ENDED, CLOSED = "waits", "open", "declined", "ended", "closed"


def cases() -> QuerySet[Case]:
    """All cases with what their pages need; `access` narrows them. One query when read."""
    return Case.objects.select_related(
        "school", "organisation", "asked_by", "answer__record__learner__user", "answer__by"
    )


def state_of_case(case: Case, now: datetime | None = None) -> str:
    """waits, open, declined, ended (its day is over, or it was taken back) or closed by the board. No query."""
    answer: CaseAnswer | None = getattr(case, "answer", None)
    if case.closed_at:
        return CLOSED
    if answer is None:
        return WAITS
    if answer.record_id is None or answer.until_on is None:
        return DECLINED
    over = answer.ended_at is not None or answer.until_on < today_of_school(case.school, now or timezone.now())
    return ENDED if over else OPEN


def cases_of(board: Organisation) -> QuerySet[Case]:
    """What a board asked for, newest first. One query."""
    return cases().filter(organisation=board).order_by("-asked_at", "-pk")


def cases_to(schools: Collection[Organisation]) -> QuerySet[Case]:
    """What boards asked of these schools, what waits first, then the newest, with how often it was looked at. One query."""
    looked = cases().filter(school__in=schools).annotate(looked=Count("looks"), last_look_at=Max("looks__at"))
    return looked.order_by(F("answer__at").desc(nulls_first=True), "-asked_at", "-pk")


def cases_about(record: TrainingRecord) -> QuerySet[Case]:
    """The cases under which a record was opened, newest first, with how often it was looked at. One query."""
    looked = cases().filter(answer__record=record)
    return looked.annotate(looked=Count("looks"), last_look_at=Max("looks__at")).order_by("-answer__at", "-pk")


def case_looks_about(record: TrainingRecord) -> QuerySet[CaseLook]:
    """Every look of a board at a record, newest first. One query."""
    looks = CaseLook.objects.filter(case__answer__record=record)
    return looks.select_related("case__organisation").order_by("-at", "-pk")


def answerers_of(school: Organisation) -> list[User]:
    """Who answers for a school now; of one that has closed its custodians, and where there is none, who can name one."""
    closed = SchoolClosing.objects.filter(school=school).exists()
    roles = [Membership.Role.CUSTODIAN] if closed else list(ANSWERING_ROLES)
    found = {one.pk: one for role in roles for one in holders_of(school, role)}
    return list(found.values()) or list(holders_of(school, Membership.Role.ADMIN))


def schools_asked() -> QuerySet[Organisation]:
    """The schools that a board can ask: all of the platform, the closed ones too. One query."""
    return Organisation.objects.filter(kind=Organisation.Kind.SCHOOL).order_by("name", "pk")
