"""What people fill in: a learner's shift, and the school's registers and placements."""

from .board import SeveralForm
from .placements import EditPlacementForm, EndPlacementForm, NewPlacementForm
from .registers import AssignForm, EndAssignmentForm, SiteForm, SupervisorForm
from .shifts import ShiftForm

__all__ = [
    "AssignForm",
    "EditPlacementForm",
    "EndAssignmentForm",
    "EndPlacementForm",
    "NewPlacementForm",
    "SeveralForm",
    "ShiftForm",
    "SiteForm",
    "SupervisorForm",
]
