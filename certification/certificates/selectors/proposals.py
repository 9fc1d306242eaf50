"""What waits for a second signature, and who may give it."""

from collections.abc import Collection

from django.db.models import QuerySet

from accounts.models import Membership, Organisation, User
from certification.records.models import TrainingRecord

from ..models import CertificateProposal, Kind

SIGNER_ROLES = ("registrar", "admin")


def open_proposal(
    record: TrainingRecord, kind: str = Kind.COMPLETION, subject: str = "", *, renews: bool = False
) -> CertificateProposal | None:
    """The proposal that stands for this record's certificate of a kind, issued or not. One query.

    Where each new one replaces the last (`renews`): only one that was not issued yet.
    """
    standing = CertificateProposal.objects.filter(record=record, kind=kind, subject=subject, withdrawn_at=None)
    standing = standing.filter(certificate=None) if renews else standing.filter(supersedes=None)
    return standing.select_related("proposed_by").order_by("-pk").first()


def waiting_proposals(schools: Collection[Organisation]) -> QuerySet[CertificateProposal]:
    """Proposals of these schools that a second person has not signed, oldest first. One query."""
    return (
        CertificateProposal.objects.filter(record__school__in=schools, withdrawn_at=None, certificate=None)
        .select_related("record__school", "record__learner__user", "proposed_by")
        .order_by("proposed_at", "pk")
    )


def signers_of(school_ids: Collection[int]) -> dict[int, list[User]]:
    """Who may sign certificates now, by school. One query."""
    listed: dict[int, list[User]] = {pk: [] for pk in school_ids}
    rows = (
        Membership.objects.filter(
            organisation__in=school_ids, role__in=SIGNER_ROLES, until__isnull=True, user__is_active=True
        )
        .select_related("user")
        .order_by("user__legal_name", "pk")
    )
    for row in rows:
        if row.user not in listed[row.organisation_id]:
            listed[row.organisation_id].append(row.user)
    return listed
