"""What staff fill in about certificates."""

from .naming import LatinNameForm
from .signing import RevokeForm, SignForm

__all__ = ["LatinNameForm", "RevokeForm", "SignForm"]
