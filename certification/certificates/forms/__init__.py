"""What staff fill in about certificates."""

from .register import EndSignerForm, SignerForm
from .signing import ReplaceForm, RevokeForm, SignForm

__all__ = ["EndSignerForm", "ReplaceForm", "RevokeForm", "SignForm", "SignerForm"]
