"""What people fill in about certificates."""

from .batches import ChoiceForm, SignBatchForm
from .education import EvaluationForm, LicenceForm, ProviderNumberForm, QuestionsForm, SignCourseForm
from .naming import LatinNameForm
from .signing import RevokeForm, SignForm

__all__ = [
    "ChoiceForm",
    "EvaluationForm",
    "LatinNameForm",
    "LicenceForm",
    "ProviderNumberForm",
    "QuestionsForm",
    "RevokeForm",
    "SignBatchForm",
    "SignCourseForm",
    "SignForm",
]
