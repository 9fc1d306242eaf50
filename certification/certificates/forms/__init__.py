"""What staff fill in about certificates."""

from .batches import ChoiceForm, SignBatchForm
from .signing import RevokeForm, SignForm

__all__ = ["ChoiceForm", "RevokeForm", "SignBatchForm", "SignForm"]
