"""Owns what others are told of a certificate: consents and the looks taken under them, hiding, what was sent, and what
organisations asked, with their keys and receipts.
"""

from .api_keys import ApiKey
from .checks import Check, CheckedItem, ProbingAlert
from .consents import PARTY_KINDS, Consent, Disclosure, Visibility
from .receipts import Receipt
from .sendings import Sending

__all__ = [
    "PARTY_KINDS",
    "ApiKey",
    "Check",
    "CheckedItem",
    "Consent",
    "Disclosure",
    "ProbingAlert",
    "Receipt",
    "Sending",
    "Visibility",
]
