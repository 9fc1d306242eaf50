"""What people fill in about records: rules (`versions`), the log (`log`), corrections and claims (`corrections`);
and what they think of an anomaly (`anomalies`).
"""

from .anomalies import AnomalyForm
from .corrections import ClaimForm, CorrectionForm, DecisionForm, OnceForm, PaperField
from .log import WitnessForm
from .versions import ActivationForm, CrosswalkForm

__all__ = [
    "ActivationForm",
    "AnomalyForm",
    "ClaimForm",
    "CorrectionForm",
    "CrosswalkForm",
    "DecisionForm",
    "OnceForm",
    "PaperField",
    "WitnessForm",
]
