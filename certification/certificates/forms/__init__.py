"""What people fill in about certificates."""

from .batches import ChoiceForm, SignBatchForm
from .closing import ClosingForm, ConfirmClosingForm, CustodianForm
from .education import EvaluationForm, LicenceForm, ProviderNumberForm, QuestionsForm, SignCourseForm
from .naming import LatinNameForm, LegalNameForm
from .register import EndSignerForm, SignerForm
from .signing import DeclineLetterForm, ReplaceForm, RevokeForm, SignForm

__all__ = [
    "ChoiceForm",
    "ClosingForm",
    "ConfirmClosingForm",
    "CustodianForm",
    "DeclineLetterForm",
    "EndSignerForm",
    "EvaluationForm",
    "LatinNameForm",
    "LegalNameForm",
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
