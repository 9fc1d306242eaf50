"""Pure rules of certificates: when a record is ready, its state, and the facts that are frozen.

No Django, no clock, no randomness: whoever calls brings the bits, the day and the rows.
"""

from .differences import (
    Difference,
    differences,
)
from .eligibility import (
    Condition,
    CourseShown,
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
from .register import (
    RegisterGap,
    register_gap,
    school_gap,
    stands,
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
    "CourseShown",
    "Difference",
    "Eligibility",
    "RegisterGap",
    "Signer",
    "canonical",
    "category_tree",
    "clean_name",
    "clinical",
    "context_facts",
    "context_of_facts",
    "corrections",
    "courses",
    "differences",
    "eligibility",
    "evidence",
    "folded_name",
    "kinds",
    "not_creditable",
    "register_gap",
    "same_name",
    "school_gap",
    "sha256",
    "stands",
    "state_of",
    "transfers",
]
