"""Pure rules of certificates: when a record is ready, its state, and the facts that are frozen.

No Django, no clock, no randomness: whoever calls brings the bits, the day and the rows.
"""

from .batches import Progress
from .colors import INK_SOFT, contrast, is_color, light_enough, readable
from .differences import Difference, differences
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
from .eligibility import Condition, CourseShown, Eligibility, eligibility, hold_conditions
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
from .names import clean_name, folded_name, same_name
from .register import RegisterGap, register_gap, school_gap, stands
from .state import EXPIRED, REVOKED, SUPERSEDED, UNKNOWN, VALID, state_of

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
    "CourseShown",
    "Difference",
    "Eligibility",
    "Field",
    "Instructor",
    "Licence",
    "Progress",
    "RegisterGap",
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
    "differences",
    "eligibility",
    "evidence",
    "expiry_step",
    "fields_of",
    "folded_name",
    "hold_conditions",
    "is_color",
    "kinds",
    "light_enough",
    "means",
    "not_creditable",
    "readable",
    "register_gap",
    "same_name",
    "school_gap",
    "sha256",
    "stands",
    "state_of",
    "transfers",
]
