"""Reads enrollments, cohorts and invitations."""

import hashlib
from collections.abc import Collection
from datetime import date

from allauth.account.models import EmailAddress
from django.db.models import QuerySet

from accounts.models import User
from accounts.selectors import roles_of
from certification.certificates.selectors import Group
from courses.catalog.models import Lesson, Program

from .models import Cohort, Enrollment, Invitation

EXCEPTING_ROLES = ("instructor", "coordinator", "registrar", "admin")
INVITING_ROLES = ("coordinator", "registrar", "admin")
RUNNING = (Enrollment.State.ACTIVE, Enrollment.State.SUSPENDED)
# A finished program stays open to read; a suspended place and a withdrawn one do not.
READABLE = (Enrollment.State.ACTIVE, Enrollment.State.COMPLETED)

_LOADED = ("program__school", "program__rule_set", "record__school", "record__rule_set", "learner", "cohort")


def enrollments_of(user: User) -> QuerySet[Enrollment]:
    """All enrollments of this person that were not withdrawn, running first, then newest. One query."""
    return (
        Enrollment.objects.filter(learner__user=user)
        .exclude(state=Enrollment.State.WITHDRAWN)
        .select_related(*_LOADED)
        .order_by("state", "-enrolled_at", "-pk")
    )


def running_enrollments(user: User) -> QuerySet[Enrollment]:
    """The active and suspended enrollments of this person, oldest first. One query."""
    return (
        Enrollment.objects.filter(learner__user=user, state__in=RUNNING)
        .select_related(*_LOADED)
        .order_by("enrolled_at", "pk")
    )


def running_enrollment_in(user: User, program: Program) -> Enrollment | None:
    """Her active or suspended enrollment in this program. One query."""
    return Enrollment.objects.filter(learner__user=user, program=program, state__in=RUNNING).first()


def enrollment_for(user: User, lesson: Lesson) -> Enrollment | None:
    """The enrollment by which this person may read `lesson`, active before completed; None without one. One query."""
    return (
        Enrollment.objects.filter(learner__user=user, program__modules=lesson.module_id, state__in=READABLE)
        .select_related(*_LOADED)
        .order_by("state", "-enrolled_at")
        .first()
    )


def token_hash(token: str) -> str:
    """How an invitation's token is stored: SHA-256, hex. The token holds 256 random bits, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def invitation_by_token(token: str) -> Invitation | None:
    """The invitation that this link opens. One query."""
    return (
        Invitation.objects.filter(token_hash=token_hash(token))
        .select_related("program__school", "cohort", "invited_by", "accepted_by")
        .first()
    )


def owns_address(user: User, address: str) -> bool:
    """Whether `address` is one of this person's confirmed addresses, whatever its case. One query."""
    return EmailAddress.objects.filter(user=user, email__iexact=address, verified=True).exists()


def invitations_for_staff(user: User) -> QuerySet[Invitation]:
    """The invitations of the schools in which this person may invite, newest first. One query besides the roles'."""
    places = {place for place, role in roles_of(user) if role in INVITING_ROLES}
    return (
        Invitation.objects.filter(program__school__in=places)
        .select_related("program", "cohort", "invited_by", "accepted_by")
        .order_by("-created_at", "-pk")
    )


GROUPS_SHOWN = 6


def next_groups(program: Program, *, on: date) -> list[Cohort]:
    """The groups that begin on this local day or later and are open to the public, the next first, at most six.

    One query; none for a program that takes nobody.
    """
    if not program.is_open:
        return []
    rows = Cohort.objects.filter(program=program, is_public=True, starts_on__gte=on)
    return list(rows.order_by("starts_on", "name")[:GROUPS_SHOWN])


def groups_to_certify(school_ids: Collection[int]) -> list[Group]:
    """The groups of these schools with the records of who was not withdrawn, newest first. Two queries."""
    cohorts = Cohort.objects.filter(program__school__in=school_ids).select_related("program")
    members: dict[int | None, list[int]] = {}
    rows = Enrollment.objects.filter(cohort__program__school__in=school_ids).exclude(state=Enrollment.State.WITHDRAWN)
    for cohort, record in rows.order_by("learner__user__legal_name", "pk").values_list("cohort", "record"):
        members.setdefault(cohort, []).append(record)
    return [
        Group(
            cohort.uuid,
            cohort.program.school_id,
            f"{cohort.name}, {cohort.program.title}",
            tuple(members.get(cohort.pk, ())),
        )
        for cohort in cohorts.order_by("-starts_on", "name")
    ]


def programs_to_plan_for(user: User) -> QuerySet[Program]:
    """The programs for which this person may plan groups, open ones first. One query besides the roles'."""
    places = {place for place, role in roles_of(user) if role in INVITING_ROLES}
    rows = Program.objects.filter(school__in=places).select_related("school")
    return rows.order_by("-is_open", "title", "-version")


def programs_to_invite_to(user: User) -> QuerySet[Program]:
    """The programs that take new learners, in schools where this person may invite. One query besides the roles'."""
    places = {place for place, role in roles_of(user) if role in INVITING_ROLES}
    return Program.objects.filter(school__in=places, is_open=True).select_related("school").order_by("title", "version")
