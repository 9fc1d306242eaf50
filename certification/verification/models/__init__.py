"""Owns what others are told of a certificate: consents and the looks taken under them, hiding, what was sent; which
organisations check, what they asked, with their keys and receipts; and what boards were told, sent or read.
"""

from .api_keys import ApiKey
from .cases import Case, CaseAnswer, CaseLook
from .checks import Check, CheckedItem, ProbingAlert
from .consents import PARTY_KINDS, Consent, Disclosure, Visibility
from .graduates import GraduateLine, GraduateList
from .handovers import Delivery, HandOver, Way
from .organisations import Application, ApplicationDecision, CheckingStop, MemberInvitation
from .receipts import Receipt
from .rosters import Roster, RosterNotice, RosterRow
from .sendings import Sending

__all__ = [
    "PARTY_KINDS",
    "ApiKey",
    "Application",
    "ApplicationDecision",
    "Case",
    "CaseAnswer",
    "CaseLook",
    "Check",
    "CheckedItem",
    "CheckingStop",
    "Consent",
    "Delivery",
    "Disclosure",
    "GraduateLine",
    "GraduateList",
    "HandOver",
    "MemberInvitation",
    "ProbingAlert",
    "Receipt",
    "Roster",
    "RosterNotice",
    "RosterRow",
    "Sending",
    "Visibility",
    "Way",
]
