"""What a new certificate in the place of another would say differently."""

from collections.abc import Collection

from accounts.models import Organisation
from certification.records.models import TrainingRecord
from certification.records.selectors import Transcript

from .. import rules
from ..models import Certificate, Revocation
from .facts import completion_facts
from .readiness import holder_of


def what_would_differ(certificate: Certificate, transcript: Transcript) -> list[rules.Difference]:
    """What the record says today that the certificate does not. For a record that is ready. At most four queries."""
    today = completion_facts(
        transcript=transcript,
        holder_name=holder_of(transcript.record),
        code=certificate.code,
        signers=(),
        issued_at="",
        issued_on=certificate.issued_on,
        log_head=(certificate.log_size, certificate.log_root),
    )
    return rules.differences(certificate.facts, today)


def unconfirmed_revocations(schools: Collection[Organisation]) -> list[Revocation]:
    """Revocations of these schools' certificates that no second person has confirmed, oldest first. One query."""
    rows = Revocation.objects.filter(certificate__school__in=schools, confirmation=None)
    return list(
        rows.select_related("certificate__record", "certificate__school", "by")
        .defer("certificate__data", "certificate__evaluation")
        .order_by("at", "pk")
    )


def unconfirmed_revocation(record: TrainingRecord) -> Revocation | None:
    """The oldest revocation of a record's certificates that waits for a second person. One query."""
    return Revocation.objects.filter(certificate__record=record, confirmation=None).order_by("at", "pk").first()
