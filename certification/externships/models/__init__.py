"""Owns placements: sites and supervisors with their dates, shifts, the links that ask for a signature, what was
decided, and what learners showed that they can do. Hours are not kept here: a signed shift is posted to `records`.
"""

from .clocks import Clock, ClockStretch
from .competencies import (
    CheckOff,
    Competency,
    CompetencyVersion,
    EvaluationAnswer,
    EvaluationForm,
    EvaluationLink,
    EvaluationToken,
    Remediation,
    SiteEvaluation,
    State,
)
from .origins import ORIGIN_LIFE, ShiftOrigin
from .papers import LapseNotice, RegisterPaper
from .placements import LearningGoal, Placement, PlacementStep
from .practical import Practical, PracticalKind, PracticalResult, PracticalSheet
from .receipts import SigningReceipt
from .registers import AskingRhythm, Site, SiteAssignment, SiteKind, Supervisor
from .scans import PaperScan
from .second_factor import SecondFactorStep, SigningCode
from .shifts import Complaint, Kind, Region, Screen, Shift, Technique
from .signing import LINK_LIFE, PAPER_LIFE, LinkToken, SignOff, SignOffLink, SignOffRow

__all__ = [
    "LINK_LIFE",
    "ORIGIN_LIFE",
    "PAPER_LIFE",
    "AskingRhythm",
    "CheckOff",
    "Clock",
    "ClockStretch",
    "Competency",
    "CompetencyVersion",
    "Complaint",
    "EvaluationAnswer",
    "EvaluationForm",
    "EvaluationLink",
    "EvaluationToken",
    "Kind",
    "LapseNotice",
    "LearningGoal",
    "LinkToken",
    "PaperScan",
    "Placement",
    "PlacementStep",
    "Practical",
    "PracticalKind",
    "PracticalResult",
    "PracticalSheet",
    "Region",
    "RegisterPaper",
    "Remediation",
    "Screen",
    "SecondFactorStep",
    "Shift",
    "ShiftOrigin",
    "SignOff",
    "SignOffLink",
    "SignOffRow",
    "SigningCode",
    "SigningReceipt",
    "Site",
    "SiteAssignment",
    "SiteEvaluation",
    "SiteKind",
    "State",
    "Supervisor",
    "Technique",
]
