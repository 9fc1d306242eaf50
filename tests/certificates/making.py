"""Records that are ready for a certificate, or lack one thing, always made through the services."""

from certification.certificates.models import Certificate
from certification.certificates.services import (
    issue_certificate,
    make_documents,
    propose_certificate,
    propose_replacement,
)
from certification.records.models import TrainingRecord
from certification.records.services import post_hours, record_milestone
from tests.records.making import at, part
from tests.worlds import School


def complete(record: TrainingRecord, *, mfr: int = 360, quiz: bool = True) -> TrainingRecord:
    """Fill a record of the small pack: 10 h, of which 6 h of `mfr` unless said otherwise, and the quiz."""
    parts = [
        part(mfr, "2026-03-02 14:00", "2026-03-02 21:00", course="MFR@1"),
        part(
            120,
            "2026-03-03 14:00",
            "2026-03-03 16:00",
            category="nmt_trp",
            course="NMT@1",
            evidence="measured",
            source="lesson",
            delivery="asynchronous",
            title="Lesson: trigger points",
            signer="",
            signer_name="",
        ),
        part(
            120,
            "2026-03-04 14:00",
            "2026-03-04 16:00",
            category="externship_hands_on",
            source="externship",
            title="Shift",
            place="Riverside Clinic",
            signer_name="Dr. Raman",
        ),
    ]
    for number, one in enumerate(parts):
        post_hours(record=record, source_key=f"made:{record.pk}:{number}", parts=[one])
    if quiz:
        record_milestone(
            record=record,
            code="quiz:MFR",
            title="Quiz: myofascial release",
            occurred_at=at("2026-03-05 10:00"),
            source_key="attempt:1",
        )
    return record


def issued(school: School, record: TrainingRecord) -> Certificate:
    """The certificate of a complete record with its files: Helen Marsh prepared it, Victor Osei signed."""
    proposal = propose_certificate(record=record, by=school.registrar)
    certificate = issue_certificate(proposal=proposal, by=school.second_registrar)
    make_documents(certificate=certificate)  # what the task does once the transaction is over
    return certificate


def replaced(school: School, old: Certificate, because: str = "document_error") -> Certificate:
    """The certificate that takes the place of `old`, before its files are made, signed by the same two people."""
    proposal = propose_replacement(certificate=old, because=because, by=school.registrar)
    return issue_certificate(proposal=proposal, by=school.second_registrar)
