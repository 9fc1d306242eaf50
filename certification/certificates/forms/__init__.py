"""What people fill in about certificates."""

from .batches import ChoiceForm, SignBatchForm
from .education import EvaluationForm, LicenceForm, ProviderNumberForm, QuestionsForm, SignCourseForm
from .naming import LatinNameForm
from .register import EndSignerForm, SignerForm
from .signing import ReplaceForm, RevokeForm, SignForm

__all__ = [
    "ChoiceForm",
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
