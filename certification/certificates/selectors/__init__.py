"""Reads certificates: who is ready, what waits for a second signature, what was issued, and one by its code."""

from .conditions import Shown, conditions_of
from .facts import (
    completion_facts,
    evaluation_again,
)
from .issued import (
    achievement,
    certificate_by_code,
    certificate_of,
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
from .proposals import (
    is_issued,
    open_proposal,
    waiting_proposals,
)
from .readiness import (
    Ready,
    eligibility_for,
    holder_of,
    judge,
    ready_records,
)
from .register import (
    KEEPING_ROLES,
    SIGNER_ROLES,
    Register,
    register_of,
    signers_of,
    signing_gap,
    signs_by_role,
    today_at,
    who_may_be_entered,
)
from .replacing import unconfirmed_revocation, unconfirmed_revocations, what_would_differ

__all__ = [
    "KEEPING_ROLES",
    "SIGNER_ROLES",
    "Ready",
    "Register",
    "Shown",
    "achievement",
    "certificate_by_code",
    "certificate_of",
    "certificates_of",
    "certificates_on",
    "completion_facts",
    "conditions_of",
    "document",
    "eligibility_for",
    "evaluation_again",
    "has_documents",
    "holder_of",
    "is_issued",
    "issued_by_schools",
    "judge",
    "open_proposal",
    "read_code",
    "ready_records",
    "records_without_certificate",
    "register_of",
    "rests_on",
    "signers_of",
    "signing_gap",
    "signs_by_role",
    "status_list",
    "today_at",
    "unconfirmed_revocation",
    "unconfirmed_revocations",
    "waiting_proposals",
    "what_would_differ",
    "who_may_be_entered",
    "with_state",
]
