"""Owns placements: sites and supervisors with their dates, shifts, the links that ask for a signature, and what was
decided. Hours are not kept here: a signed shift is posted to `records`.
"""

from .clocks import Clock, ClockStretch
from .origins import ORIGIN_LIFE, ShiftOrigin
from .paper import PaperScan
from .papers import LapseNotice, RegisterPaper
from .placements import LearningGoal, Placement, PlacementStep
from .receipts import SigningReceipt
from .registers import Site, SiteAssignment, SiteKind, Supervisor
from .shifts import Complaint, Kind, Region, Screen, Shift, Technique
from .signing import LINK_LIFE, PAPER_LIFE, LinkToken, SignOff, SignOffLink, SignOffRow

__all__ = [
    "LINK_LIFE",
    "ORIGIN_LIFE",
    "PAPER_LIFE",
    "Clock",
    "ClockStretch",
    "Complaint",
    "Kind",
    "LapseNotice",
    "LearningGoal",
    "LinkToken",
    "PaperScan",
    "Placement",
    "PlacementStep",
    "Region",
    "RegisterPaper",
    "Screen",
    "Shift",
    "ShiftOrigin",
    "SignOff",
    "SignOffLink",
    "SignOffRow",
    "SigningReceipt",
    "Site",
    "SiteAssignment",
    "SiteKind",
    "Supervisor",
    "Technique",
]
