"""Checks what the house issued, knowing nothing but the file: no database, no network, no clock of its own.

A credential, its token, its picture, a sealed PDF, the receipt of a check or an evidence bundle. Each check is one line
with its result; who asks brings the keys that she trusts (a DID document that she fetched herself), or takes those of the
bundle, which are the bundle's own word. Whether something was revoked meanwhile no file can say: that is said.

Pure, with every package that it needs, so that it also runs as a single file (`palmar-verify.pyz`).
"""

from .credentials import check_credential, check_token
from .files import BUNDLE, CREDENTIAL, PDF, PICTURE, RECEIPT, TOKEN, UnreadableError, check_file, kind_of
from .keyring import KeyFileUnreadableError, Keyring, read_did_document
from .outcome import Check, Outcome

__all__ = [
    "BUNDLE",
    "CREDENTIAL",
    "PDF",
    "PICTURE",
    "RECEIPT",
    "TOKEN",
    "Check",
    "KeyFileUnreadableError",
    "Keyring",
    "Outcome",
    "UnreadableError",
    "check_credential",
    "check_file",
    "check_token",
    "kind_of",
    "read_did_document",
]
