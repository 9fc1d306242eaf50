"""What people fill in: a learner's shift, and the school's registers and placements."""

from .board import SeveralForm
from .placements import (
    ApprovePlacementForm,
    AskPlacementForm,
    DeclinePlacementForm,
    EditPlacementForm,
    EndPlacementForm,
    GoalForm,
    NewPlacementForm,
)
from .proposals import ProposalForm
from .registers import (
    AssignForm,
    EndAssignmentForm,
    ErasePaperForm,
    PaperForm,
    SiteForm,
    SupervisorForm,
    WithdrawPaperForm,
)
from .scans import ApproveForm, ScanForm
from .shifts import ShiftForm

__all__ = [
    "ApproveForm",
    "ApprovePlacementForm",
    "AskPlacementForm",
    "AssignForm",
    "DeclinePlacementForm",
    "EditPlacementForm",
    "EndAssignmentForm",
    "EndPlacementForm",
    "ErasePaperForm",
    "GoalForm",
    "NewPlacementForm",
    "PaperForm",
    "ProposalForm",
    "ScanForm",
    "SeveralForm",
    "ShiftForm",
    "SiteForm",
    "SupervisorForm",
    "WithdrawPaperForm",
]
