"""The register of signers: who stands on it, and why somebody cannot sign on a day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import Membership, Organisation, User
from accounts.selectors import has_role
from certification.records.models import TrainingRecord
from certification.records.selectors import is_own

from .. import rules, wording
from ..models import Signer

SIGNER_ROLES = ("registrar", "admin")
KEEPING_ROLES = ("admin",)


def today_at(school: Organisation) -> date:
    """The local day at a school."""
    return timezone.now().astimezone(ZoneInfo(school.zone)).date()


def _has_role_now() -> Exists:
    return Exists(
        Membership.objects.filter(
            organisation=OuterRef("school"), user=OuterRef("user"), role__in=SIGNER_ROLES, until=None
        )
    )


def signers_of(school_ids: Collection[int]) -> dict[int, list[User]]:
    """Who may sign certificates today, by role and register, by school. One query."""
    listed: dict[int, list[User]] = {pk: [] for pk in school_ids}
    rows = (
        Signer.objects.filter(_has_role_now(), school__in=school_ids, user__is_active=True)
        .select_related("user", "school")
        .order_by("name", "pk")
    )
    for row in rows:
        if row.stands_on(today_at(row.school)):
            listed[row.school_id].append(row.user)
    return listed


@dataclass(frozen=True, slots=True)
class Register:
    """A school's register as its administrators see it; `by_role` holds who has a role to sign in but no entry."""

    today: date
    now: tuple[Signer, ...]
    later: tuple[Signer, ...]
    past: tuple[Signer, ...]
    by_role: tuple[User, ...]

    @property
    def is_enough(self) -> bool:
        """Whether two people can sign today."""
        return sum(bool(row.may_sign) for row in self.now) > 1  # type: ignore[attr-defined]


def register_of(school: Organisation) -> Register:
    """Who signs for a school, will sign and once did. Two queries.

    Each row says by `may_sign` whether its person still has an account and a role to sign in.
    """
    today = today_at(school)
    rows = list(
        Signer.objects.filter(school=school)
        .annotate(may_sign=Q(_has_role_now(), user__is_active=True))
        .select_related("user", "entered_by", "ended_by")
        .order_by("name", "from_on", "pk")
    )
    now = tuple(row for row in rows if row.stands_on(today))
    later = tuple(row for row in rows if row.from_on > today)
    ended = [(row.until_on, row) for row in rows if row.until_on and row.until_on < today]
    past = [row for _day, row in sorted(ended, key=lambda one: one[0], reverse=True)]
    standing = {row.user_id for row in (*now, *later) if row.until_on is None}
    by_role = tuple(user for user in who_may_be_entered(school) if user.pk not in standing)
    return Register(today, now, later, tuple(past), by_role)


def who_may_be_entered(school: Organisation) -> list[User]:
    """The active people who have a role to sign in at a school. One query."""
    return list(
        User.objects.filter(
            memberships__organisation=school,
            memberships__role__in=SIGNER_ROLES,
            memberships__until=None,
            is_active=True,
        )
        .distinct()
        .order_by("legal_name", "email")
    )


def printed_name(user: User, school: Organisation) -> str:
    """What a person is called on the papers of a school: as its register prints her, else her legal name; or empty.

    Never an address of hers. One query.
    """
    entry = Signer.objects.filter(school=school, user=user).order_by("-from_on", "-pk").first()
    return rules.clean_name(entry.name if entry else user.legal_name)


def signs_by_role(user: User, school_id: int) -> bool:
    """Whether a person has a role to sign in at a school now. At most one query."""
    return user.is_active and has_role(user, school_id, *SIGNER_ROLES)


def signing_gap(user: User, record: TrainingRecord) -> str:
    """One sentence why this person does not sign for the record today; empty when she does. At most three queries."""
    school = record.school
    if not signs_by_role(user, school.pk):
        return wording.no_role(school)
    if is_own(user, record):
        return wording.own_record()
    day = timezone.now().astimezone(ZoneInfo(record.zone)).date()
    closed = rules.school_gap(school.opened_on, school.closed_on, day)
    if closed:
        return wording.register_gap(closed, name="", school=school)
    gap = rules.register_gap(Signer.objects.filter(school=school, user=user), day)
    return wording.register_gap(gap, name=user.get_full_name(), school=school) if gap else ""
