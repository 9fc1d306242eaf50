"""The rules of registers, shifts and signatures, pure: no Django, no clock, no chance."""

from .anomalies import SAME_TIME, Signed, TwoSites, two_sites
from .clients import CODE_SIGNS, Finding, client_code, identifier_in, is_client_code
from .lapses import LAPSE_STEPS, LATE, lapse_step
from .people import canonical_address, domains_alike, same_person
from .placements import full_day, kinds_wrong, phone_typed
from .registers import SOON, STANDINGS, hours_to_type, meet, minutes_typed, most_urgent, standing
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
    "KINDS",
    "LAPSE_STEPS",
    "LATE",
    "LONGEST_SHIFT",
    "SAME_TIME",
    "SOON",
    "STANDINGS",
    "STATEMENT",
    "TECHNIQUES",
    "Bounds",
    "Claim",
    "Finding",
    "Instant",
    "Problem",
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
    "full_day",
    "hours_to_type",
    "identifier_in",
    "instant_of",
    "is_client_code",
    "kinds_wrong",
    "lapse_step",
    "licence_line",
    "meet",
    "minutes_of",
    "minutes_typed",
    "most_urgent",
    "phone_typed",
    "problems_of",
    "same_person",
    "standing",
    "two_sites",
    "written_instant",
]
