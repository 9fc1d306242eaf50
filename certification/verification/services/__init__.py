"""Writes what a graduate allows others to see, what was sent, and what organisations ask, with their keys and receipts."""

from .api_keys import LONGEST_DAYS as LONGEST_DAYS_OF_KEY
from .api_keys import MOST_WORKING, OVERLAP, make_key, note_use, revoke_key, rotate_key
from .checks import MOST_CLAIMS, MOST_LINES, BadLine, BadLinesError, OtherRequestError, SlowedDownError, check
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
from .receipts import receipt_file, receipt_to_hand_out
from .sendings import SENDING_ROLES, addresses_behind, erase_addresses, send_to_graduate, send_to_named

__all__ = [
    "LONGEST_DAYS",
    "LONGEST_DAYS_OF_KEY",
    "MOST_CLAIMS",
    "MOST_LINES",
    "MOST_WORKING",
    "OVERLAP",
    "SENDING_ROLES",
    "BadLine",
    "BadLinesError",
    "OtherRequestError",
    "SignedIn",
    "SlowedDownError",
    "addresses_behind",
    "check",
    "consent_words_behind",
    "erase_addresses",
    "erase_consent_words",
    "make_key",
    "note_look",
    "note_looks",
    "note_use",
    "open_links",
    "receipt_file",
    "receipt_to_hand_out",
    "revoke_key",
    "rotate_key",
    "send_to_graduate",
    "send_to_named",
    "set_hidden",
    "share_certificate",
    "withdraw_consent",
    "withdraw_links",
]
