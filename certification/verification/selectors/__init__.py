"""Reads what may be told: of a code to anyone, of a certificate to whoever holds the graduate's link."""

from .consents import (
    EvidenceRow,
    HourRow,
    Look,
    Shared,
    as_look,
    consents_of,
    derived_token,
    is_hidden,
    looks_of,
    open_consents_to,
    parties_known,
    parties_named,
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
    "Look",
    "Shared",
    "Status",
    "as_look",
    "closed_on",
    "consents_of",
    "derived_token",
    "is_hidden",
    "kept",
    "kept_certificates",
    "looks_of",
    "open_consents_to",
    "parties_known",
    "parties_named",
    "sendings_of",
    "shared",
    "state_of_consent",
    "status_of",
    "token_of",
    "told_of",
]
