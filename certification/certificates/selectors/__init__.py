"""Reads certificates: who is ready, what waits for a second signature, what was issued, and one by its code."""

from .facts import (
    completion_facts,
    evaluation_again,
)
from .issued import (
    achievement,
    certificate_by_code,
    certificate_of,
    certificate_with_files,
    certificates_of,
    certificates_on,
    document,
    has_documents,
    issued_by_schools,
    read_code,
    records_without_certificate,
    rests_on,
    status_list,
    with_state,
)
from .look import bodies_of, hand_of, look_facts, look_files, look_in_use, look_of_number, looks_of
from .proposals import (
    SIGNER_ROLES,
    open_proposal,
    signers_of,
    waiting_proposals,
)
from .readiness import (
    Ready,
    eligibility_for,
    holder_of,
    judge,
    latin_of,
    ready_records,
)

__all__ = [
    "SIGNER_ROLES",
    "Ready",
    "achievement",
    "bodies_of",
    "certificate_by_code",
    "certificate_of",
    "certificate_with_files",
    "certificates_of",
    "certificates_on",
    "completion_facts",
    "document",
    "eligibility_for",
    "evaluation_again",
    "hand_of",
    "has_documents",
    "holder_of",
    "issued_by_schools",
    "judge",
    "latin_of",
    "look_facts",
    "look_files",
    "look_in_use",
    "look_of_number",
    "looks_of",
    "open_proposal",
    "read_code",
    "ready_records",
    "records_without_certificate",
    "rests_on",
    "signers_of",
    "status_list",
    "waiting_proposals",
    "with_state",
]
