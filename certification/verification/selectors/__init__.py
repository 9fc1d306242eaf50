"""Reads what may be told: of a code to anyone, of a certificate to whoever holds the graduate's link."""

from .consents import (
    EvidenceRow,
    HourRow,
    Shared,
    consents_of,
    derived_token,
    is_hidden,
    open_consents_to,
    shared,
    state_of_consent,
    token_of,
    told_of,
)
from .custody import Kept, kept, kept_certificates, sendings_of
from .status import Status, closed_on, status_of

__all__ = [
    "EvidenceRow",
    "HourRow",
    "Kept",
    "Shared",
    "Status",
    "closed_on",
    "consents_of",
    "derived_token",
    "is_hidden",
    "kept",
    "kept_certificates",
    "open_consents_to",
    "sendings_of",
    "shared",
    "state_of_consent",
    "status_of",
    "token_of",
    "told_of",
]
