"""What people fill in about certificates."""

from .education import EvaluationForm, LicenceForm, ProviderNumberForm, QuestionsForm, SignCourseForm
from .naming import LatinNameForm
from .signing import RevokeForm, SignForm

__all__ = [
    "EvaluationForm",
    "LatinNameForm",
    "LicenceForm",
    "ProviderNumberForm",
    "QuestionsForm",
    "RevokeForm",
    "SignCourseForm",
    "SignForm",
]
