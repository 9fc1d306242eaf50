"""Owns what others are told of a certificate: consents and the looks taken under them, hiding, and what was sent."""

from .consents import PARTY_KINDS, Consent, Disclosure, Visibility
from .sendings import Sending

__all__ = ["PARTY_KINDS", "Consent", "Disclosure", "Sending", "Visibility"]
