"""From a file of any kind that the house issues to what was found of it."""

import io
import json
import re
import zipfile
import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from certification.certificates.baking import NotBakedError, credential_in
from certification.records.rules.checkpoints import Kept

from . import bundle, papers, receipt
from .credentials import check_credential, check_token, issuer_of
from .keyring import Keyring
from .outcome import Outcome

CREDENTIAL, TOKEN, PICTURE, PDF, BUNDLE, RECEIPT = "credential", "token", "picture", "pdf", "bundle", "receipt"
MOST_BYTES = 4 * 1024 * 1024
"""Of a single document; a bundle is read by its parts, each with a limit of its own."""
MOST_OF_RECEIPT = 64 * 1024 * 1024
"""Of the receipt of 10,000 lines with many claims each."""


_FORM_OF_RECEIPTS = re.compile(rb'"form"\s*:\s*"palmar-receipt/')


class UnreadableError(ValueError):
    """A file that is nothing of what the house issues; the message says what was looked for."""


def kind_of(data: bytes) -> str:
    """What a file is by what it holds. UnreadableError for anything else."""
    if data.startswith(b"%PDF-"):
        return PDF
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PICTURE
    if data.startswith(b"PK\x03\x04"):
        return BUNDLE
    text = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"{"):
        return RECEIPT if _FORM_OF_RECEIPTS.search(data[:200]) else CREDENTIAL
    if text.startswith(b"eyJ") and data.count(b".") == 2:
        # Only the head is read: the rest may be a stranger's, and long.
        head = data.lstrip(b"\xef\xbb\xbf \t\r\n").partition(b".")[0][:2000].decode("ascii", "replace")
        return RECEIPT if receipt.is_receipt_token(f"{head}.e30.") else TOKEN
    raise UnreadableError(
        "it is no credential (JSON), token (JWT), baked picture (PNG), sealed PDF, receipt or evidence bundle (ZIP)"
    )


def check_file(data: bytes, keys: Keyring, at: datetime, *, kept: Sequence[Kept] = ()) -> Outcome:
    """Check a file of any kind. `keys` are those that the asker trusts, `kept` checkpoints that lay elsewhere.

    Raises UnreadableError for a file that is none of ours.
    """
    kind = kind_of(data)
    if kind == BUNDLE:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                return bundle.check_bundle(archive, keys, at, kept=kept, check_one=_check_one)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError) as error:
            raise UnreadableError(f"it is no ZIP file that can be read: {error}") from error
        except bundle.NotABundleError as error:
            raise UnreadableError(str(error)) from error
    if kind == RECEIPT:
        return _check_receipt(data, keys)
    return _check_one(data, keys, at)


def _check_receipt(data: bytes, keys: Keyring) -> Outcome:
    """Check a receipt, bare or with the lines beside it. A file of 10,000 lines has some megabytes."""
    if len(data) > MOST_OF_RECEIPT:
        raise UnreadableError(f"it is larger than {MOST_OF_RECEIPT} bytes; no receipt of ours is")
    text = data.decode("utf-8-sig", "replace").strip()
    if not text.startswith("{"):
        return receipt.check_receipt(text, keys)
    found = _json(text.encode())
    if found.keys() not in receipt.MEMBERS or found["form"] != receipt.FORM or not isinstance(found["token"], str):
        raise UnreadableError(f"it is no receipt file of the form {receipt.FORM}")
    return receipt.check_receipt(found["token"], keys, found.get("rows"))


def _check_one(data: bytes, keys: Keyring, at: datetime | None) -> Outcome:
    """Check one document."""
    if len(data) > MOST_BYTES:
        raise UnreadableError(f"it is larger than {MOST_BYTES} bytes; nothing that we issue is")
    kind = kind_of(data)
    if kind == PICTURE:
        try:
            inside = credential_in(data).encode()
        except NotBakedError as error:
            raise UnreadableError(str(error)) from error
        outcome = _check_one(inside, keys, at) if kind_of(inside) in (CREDENTIAL, TOKEN) else Outcome(kind)
        outcome.kind = PICTURE
        return outcome
    if kind == PDF:
        try:
            document = _json(papers.attached(data))
        except papers.NoPdfError as error:
            raise UnreadableError(str(error)) from error
        outcome = Outcome(PDF)
        papers.check_seal(outcome, data, keys, issuer_of(document))
        inside_ = check_credential(document, keys, at)
        outcome.about, outcome.credential, outcome.subject = inside_.about, inside_.credential, inside_.subject
        outcome.take(inside_, "attached credential")
        return outcome
    if kind == TOKEN:
        return check_token(data.decode("ascii", "replace").strip(), keys, at)[0]
    return check_credential(_json(data), keys, at)


def _json(data: bytes) -> dict[str, Any]:
    try:
        document = json.loads(data, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"it is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise UnreadableError("it is JSON, and no credential")
    return document


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose members stand once: of two alike, readers believe different ones."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member stands twice")
    return found
