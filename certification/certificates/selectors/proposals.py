"""What waits for a second signature."""

from collections.abc import Collection

from django.db.models import F, QuerySet

from accounts.models import Organisation
from certification.records.models import TrainingRecord

from ..models import Certificate, CertificateProposal, Kind


def open_proposal(
    record: TrainingRecord, kind: str = Kind.COMPLETION, subject: str = "", *, renews: bool = False
) -> CertificateProposal | None:
    """The newest proposal that stands for this record's certificate of a kind, issued or not. One query.

    Where a certificate is to be replaced, that is the proposal of the one which takes its place. Where each new one
    replaces the last (`renews`): only one that was not issued yet.
    """
    standing = CertificateProposal.objects.filter(record=record, kind=kind, subject=subject, withdrawn_at=None)
    if renews:
        standing = standing.filter(certificate=None)
    return standing.select_related("proposed_by").order_by("-pk").first()


def subjects_prepared(record: TrainingRecord, kind: str) -> dict[str, str]:
    """The subjects for which a record's certificate of a kind was ever prepared, with their titles, as far as issued.

    One query.
    """
    rows = CertificateProposal.objects.filter(record=record, kind=kind).exclude(subject="")
    rows = rows.order_by(F("certificate").asc(nulls_first=True), "pk")  # a title that was issued wins
    return {subject: title or subject for subject, title in rows.values_list("subject", "certificate__title")}


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
