"""Owns placements: sites and supervisors with their dates, shifts, the links that ask for a signature, what was
decided, and what learners showed that they can do. Hours are not kept here: a signed shift is posted to `records`.
"""

from .competencies import (
    CheckOff,
    Competency,
    CompetencyVersion,
    EvaluationAnswer,
    EvaluationForm,
    EvaluationLink,
    Remediation,
    SiteEvaluation,
    State,
)
from .placements import Placement
from .practical import Practical, PracticalKind, PracticalResult, PracticalSheet
from .registers import Site, SiteAssignment, Supervisor
from .shifts import Kind, Shift, Technique
from .signing import LINK_LIFE, SignOff, SignOffLink, SignOffRow

__all__ = [
    "LINK_LIFE",
    "CheckOff",
    "Competency",
    "CompetencyVersion",
    "EvaluationAnswer",
    "EvaluationForm",
    "EvaluationLink",
    "Kind",
    "Placement",
    "Practical",
    "PracticalKind",
    "PracticalResult",
    "PracticalSheet",
    "Remediation",
    "Shift",
    "SignOff",
    "SignOffLink",
    "SignOffRow",
    "Site",
    "SiteAssignment",
    "SiteEvaluation",
    "State",
    "Supervisor",
    "Technique",
]
