"""Pure rules of certificates: when a record is ready, its state, and the facts that are frozen.

No Django, no clock, no randomness: whoever calls brings the bits, the day and the rows.
"""

from .batches import Progress
from .colors import INK_SOFT, contrast, is_color, light_enough, readable
from .education import (
    CONTACT_HOUR,
    FLORIDA,
    RATINGS,
    SMALL_GROUP,
    Approval,
    Course,
    Field,
    Instructor,
    Licence,
    Span,
    fields_of,
    means,
)
from .eligibility import (
    Condition,
    Eligibility,
    eligibility,
)
from .expiry import EXPIRY_STEPS, expiry_step
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
    "CONTACT_HOUR",
    "DATA_FORM",
    "EXPIRED",
    "EXPIRY_STEPS",
    "FLORIDA",
    "INK_SOFT",
    "RATINGS",
    "REVOKED",
    "SMALL_GROUP",
    "SUPERSEDED",
    "UNKNOWN",
    "VALID",
    "Approval",
    "Condition",
    "Course",
    "Eligibility",
    "Field",
    "Instructor",
    "Licence",
    "Progress",
    "Signer",
    "Span",
    "canonical",
    "category_tree",
    "clean_name",
    "clinical",
    "context_facts",
    "context_of_facts",
    "contrast",
    "corrections",
    "courses",
    "eligibility",
    "evidence",
    "expiry_step",
    "fields_of",
    "folded_name",
    "is_color",
    "kinds",
    "light_enough",
    "means",
    "not_creditable",
    "readable",
    "same_name",
    "sha256",
    "state_of",
    "transfers",
]
