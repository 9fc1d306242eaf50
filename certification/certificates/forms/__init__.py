"""What people fill in about certificates."""

from .education import EvaluationForm, LicenceForm, ProviderNumberForm, QuestionsForm, SignCourseForm
from .signing import RevokeForm, SignForm

__all__ = [
    "EvaluationForm",
    "LicenceForm",
    "ProviderNumberForm",
    "QuestionsForm",
    "RevokeForm",
    "SignCourseForm",
    "SignForm",
]
