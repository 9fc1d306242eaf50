"""Owns placements: sites and supervisors with their dates, shifts, the links that ask for a signature, and what was
decided. Hours are not kept here: a signed shift is posted to `records`.
"""

from .clocks import Clock, ClockStretch
from .papers import LapseNotice, RegisterPaper
from .placements import LearningGoal, Placement, PlacementStep
from .registers import Site, SiteAssignment, SiteKind, Supervisor
from .shifts import Complaint, Kind, Region, Screen, Shift, Technique
from .signing import LINK_LIFE, SignOff, SignOffLink, SignOffRow

__all__ = [
    "LINK_LIFE",
    "Clock",
    "ClockStretch",
    "Complaint",
    "Kind",
    "LapseNotice",
    "LearningGoal",
    "Placement",
    "PlacementStep",
    "Region",
    "RegisterPaper",
    "Screen",
    "Shift",
    "SignOff",
    "SignOffLink",
    "SignOffRow",
    "Site",
    "SiteAssignment",
    "SiteKind",
    "Supervisor",
    "Technique",
]
