"""What people fill in about certificates."""

from .batches import ChoiceForm, SignBatchForm
from .closing import ClosingForm, ConfirmClosingForm
from .education import EvaluationForm, LicenceForm, ProviderNumberForm, QuestionsForm, SignCourseForm
from .naming import LatinNameForm
from .register import EndSignerForm, SignerForm
from .signing import ReplaceForm, RevokeForm, SignForm

__all__ = [
    "ChoiceForm",
    "ClosingForm",
    "ConfirmClosingForm",
    "EndSignerForm",
    "EvaluationForm",
    "LatinNameForm",
    "LicenceForm",
    "ProviderNumberForm",
    "QuestionsForm",
    "ReplaceForm",
    "RevokeForm",
    "SignBatchForm",
    "SignCourseForm",
    "SignForm",
    "SignerForm",
]
