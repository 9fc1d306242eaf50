"""Writes what a graduate allows others to see, and what was sent."""

from .consents import (
    LONGEST_DAYS,
    SignedIn,
    consent_words_behind,
    erase_consent_words,
    note_look,
    note_looks,
    open_links,
    set_hidden,
    share_certificate,
    withdraw_consent,
    withdraw_links,
)
from .sendings import SENDING_ROLES, addresses_behind, erase_addresses, send_to_graduate, send_to_named

__all__ = [
    "LONGEST_DAYS",
    "SENDING_ROLES",
    "SignedIn",
    "addresses_behind",
    "consent_words_behind",
    "erase_addresses",
    "erase_consent_words",
    "note_look",
    "note_looks",
    "open_links",
    "send_to_graduate",
    "send_to_named",
    "set_hidden",
    "share_certificate",
    "withdraw_consent",
    "withdraw_links",
]
