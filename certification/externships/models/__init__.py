"""Owns placements: sites and supervisors with their dates, shifts, the links that ask for a signature, and what was
decided. Hours are not kept here: a signed shift is posted to `records`.
"""

from .origins import ORIGIN_LIFE, ShiftOrigin
from .paper import PaperScan
from .placements import Placement
from .receipts import SigningReceipt
from .registers import Site, SiteAssignment, Supervisor
from .shifts import Kind, Shift, Technique
from .signing import LINK_LIFE, PAPER_LIFE, LinkToken, SignOff, SignOffLink, SignOffRow

__all__ = [
    "LINK_LIFE",
    "ORIGIN_LIFE",
    "PAPER_LIFE",
    "Kind",
    "LinkToken",
    "PaperScan",
    "Placement",
    "Shift",
    "ShiftOrigin",
    "SignOff",
    "SignOffLink",
    "SignOffRow",
    "SigningReceipt",
    "Site",
    "SiteAssignment",
    "Supervisor",
    "Technique",
]
