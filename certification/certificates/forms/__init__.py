"""What staff fill in about certificates."""

from .signing import RevokeForm, SignForm

__all__ = ["RevokeForm", "SignForm"]
