"""What waits for a second signature."""

from collections.abc import Collection

from django.db.models import QuerySet

from accounts.models import Organisation
from certification.records.models import TrainingRecord

from ..models import Certificate, CertificateProposal, Kind


def open_proposal(record: TrainingRecord) -> CertificateProposal | None:
    """The newest proposal that stands for this record's certificate of completion, issued or not. One query.

    Where a certificate is to be replaced, that is the proposal of the one which takes its place.
    """
    return (
        CertificateProposal.objects.filter(record=record, kind=Kind.COMPLETION, withdrawn_at=None)
        .select_related("proposed_by")
        .order_by("-pk")
        .first()
    )


def waiting_proposals(schools: Collection[Organisation]) -> QuerySet[CertificateProposal]:
    """Proposals of these schools that a second person has not signed, oldest first. One query."""
    return (
        CertificateProposal.objects.filter(record__school__in=schools, withdrawn_at=None, certificate=None)
        .select_related("record__school", "record__learner__user", "proposed_by")
        .order_by("proposed_at", "pk")
    )


def is_issued(proposal: CertificateProposal) -> bool:
    """Whether a proposal was signed. One query."""
    return Certificate.objects.filter(proposal=proposal).exists()
