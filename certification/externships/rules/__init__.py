"""The rules of registers, shifts and signatures, pure: no Django, no clock, no chance."""

from .anomalies import SAME_TIME, Signed, TwoSites, two_sites
from .clients import CODE_SIGNS, Finding, client_code, identifier_in, is_client_code
from .people import canonical_address, domains_alike, same_person
from .proposals import Proposal, problems_of_proposal
from .registers import SOON, STANDINGS, hours_to_type, meet, minutes_typed, most_urgent, standing
from .reminders import FIRST_REMINDER, REMINDER_DAYS, TELL_AFTER, reminder_due
from .shifts import (
    KINDS,
    LONGEST_SHIFT,
    TECHNIQUES,
    Bounds,
    Claim,
    Instant,
    Problem,
    Window,
    Worth,
    days_touched,
    instant_of,
    minutes_of,
    problems_of,
)
from .signed import STATEMENT, canonical, digest_of, licence_line, written_instant

__all__ = [
    "CODE_SIGNS",
    "FIRST_REMINDER",
    "KINDS",
    "LONGEST_SHIFT",
    "REMINDER_DAYS",
    "SAME_TIME",
    "SOON",
    "STANDINGS",
    "STATEMENT",
    "TECHNIQUES",
    "TELL_AFTER",
    "Bounds",
    "Claim",
    "Finding",
    "Instant",
    "Problem",
    "Proposal",
    "Signed",
    "TwoSites",
    "Window",
    "Worth",
    "canonical",
    "canonical_address",
    "client_code",
    "days_touched",
    "digest_of",
    "domains_alike",
    "hours_to_type",
    "identifier_in",
    "instant_of",
    "is_client_code",
    "licence_line",
    "meet",
    "minutes_of",
    "minutes_typed",
    "most_urgent",
    "problems_of",
    "problems_of_proposal",
    "reminder_due",
    "same_person",
    "standing",
    "two_sites",
    "written_instant",
]
