"""What people fill in: a learner's shift, and the school's registers and placements."""

from .paper import ApproveForm, ScanForm
from .placements import EditPlacementForm, EndPlacementForm, NewPlacementForm
from .proposals import ProposalForm
from .registers import AssignForm, EndAssignmentForm, SiteForm, SupervisorForm
from .shifts import ShiftForm

__all__ = [
    "ApproveForm",
    "AssignForm",
    "EditPlacementForm",
    "EndAssignmentForm",
    "EndPlacementForm",
    "NewPlacementForm",
    "ProposalForm",
    "ScanForm",
    "ShiftForm",
    "SiteForm",
    "SupervisorForm",
]
