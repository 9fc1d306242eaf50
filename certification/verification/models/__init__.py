"""Owns what others are told of a certificate: consents and the looks taken under them, hiding, what was sent; and
which organisations check, and what was reported to boards."""

from .cases import (
    Case,
    CaseAnswer,
    CaseLook,
)
from .consents import Consent, Disclosure, Visibility
from .organisations import Application, ApplicationDecision, CheckingStop, MemberInvitation
from .rosters import Roster, RosterNotice, RosterRow
from .sendings import Sending

__all__ = [
    "Application",
    "ApplicationDecision",
    "Case",
    "CaseAnswer",
    "CaseLook",
    "CheckingStop",
    "Consent",
    "Disclosure",
    "MemberInvitation",
    "Roster",
    "RosterNotice",
    "RosterRow",
    "Sending",
    "Visibility",
]
