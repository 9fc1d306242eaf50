"""What people fill in about records: rules (`versions`), the log (`log`), and corrections and claims (`corrections`)."""

from .corrections import ClaimForm, CorrectionForm, DecisionForm
from .log import WitnessForm
from .versions import ActivationForm, CrosswalkForm

__all__ = ["ActivationForm", "ClaimForm", "CorrectionForm", "CrosswalkForm", "DecisionForm", "WitnessForm"]
