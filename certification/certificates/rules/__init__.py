"""Pure rules of certificates: when a record is ready, its state, and the facts that are frozen.

No Django, no clock, no randomness: whoever calls brings the bits, the day and the rows.
"""

from .batches import Progress
from .eligibility import (
    Condition,
    Eligibility,
    eligibility,
)
from .frozen import (
    DATA_FORM,
    Signer,
    canonical,
    category_tree,
    clinical,
    context_facts,
    context_of_facts,
    corrections,
    courses,
    evidence,
    kinds,
    not_creditable,
    sha256,
    transfers,
)
from .names import (
    clean_name,
    folded_name,
    same_name,
)
from .state import (
    EXPIRED,
    REVOKED,
    SUPERSEDED,
    UNKNOWN,
    VALID,
    state_of,
)

__all__ = [
    "DATA_FORM",
    "EXPIRED",
    "REVOKED",
    "SUPERSEDED",
    "UNKNOWN",
    "VALID",
    "Condition",
    "Eligibility",
    "Progress",
    "Signer",
    "canonical",
    "category_tree",
    "clean_name",
    "clinical",
    "context_facts",
    "context_of_facts",
    "corrections",
    "courses",
    "eligibility",
    "evidence",
    "folded_name",
    "kinds",
    "not_creditable",
    "same_name",
    "sha256",
    "state_of",
    "transfers",
]
