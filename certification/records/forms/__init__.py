"""What people fill in about records: rules (`versions`), and corrections and claims (`corrections`)."""

from .corrections import ClaimForm, CorrectionForm, DecisionForm
from .versions import ActivationForm, CrosswalkForm

__all__ = ["ActivationForm", "ClaimForm", "CorrectionForm", "CrosswalkForm", "DecisionForm"]
