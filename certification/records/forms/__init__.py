"""What people fill in about records: rules (`versions`), the log (`log`), corrections and claims (`corrections`);
what they think of an anomaly (`anomalies`); what keeps a certificate back (`holds`).
"""

from .anomalies import AnomalyForm
from .corrections import ClaimForm, CorrectionForm, DecisionForm, OnceForm, PaperField
from .holds import HoldForm, ReleaseForm
from .log import WitnessForm
from .versions import ActivationForm, CrosswalkForm

__all__ = [
    "ActivationForm",
    "AnomalyForm",
    "ClaimForm",
    "CorrectionForm",
    "CrosswalkForm",
    "DecisionForm",
    "HoldForm",
    "OnceForm",
    "PaperField",
    "ReleaseForm",
    "WitnessForm",
]
