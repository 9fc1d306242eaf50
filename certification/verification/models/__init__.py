"""Owns what others are told of a certificate: consents and the looks taken under them, hiding, what was sent; and
which organisations check."""

from .consents import Consent, Disclosure, Visibility
from .organisations import Application, ApplicationDecision, CheckingStop, MemberInvitation
from .sendings import Sending

__all__ = [
    "Application",
    "ApplicationDecision",
    "CheckingStop",
    "Consent",
    "Disclosure",
    "MemberInvitation",
    "Sending",
    "Visibility",
]
