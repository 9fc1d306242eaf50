"""The command line of the checks, the same for `manage.py verify_credential` and the single file."""

import json
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from certification.records.rules.checkpoints import Kept, read_kept

from .files import BUNDLE, UnreadableError, check_file, kind_of
from .keyring import KeyFileUnreadableError, Keyring, read_did_document
from .outcome import Check, Outcome

ABOUT = (
    "Check a credential (JSON or JWT), baked PNG, sealed PDF, receipt or evidence bundle without a database and the network: one "
    "line for each thing that was looked at. Keys come from --did, else from the bundle, else from this installation. "
    "Exits 0 when all holds, 1 when something does not, 2 for a file that is none of these, or without keys."
)
BAD_INPUT, DIFFERS = 2, 1
NO_KEYS = (
    "There are no keys to check it by. Fetch those of who signed it from its own address and give them with --did: "
    "https://HOST/schools/NAME/did.json for did:web:HOST:schools:NAME, and https://HOST/.well-known/did.json for a receipt."
)


def add_arguments(parser: ArgumentParser) -> None:
    """The file, and what the asker trusts."""
    parser.add_argument(
        "file", metavar="FILE", help="a credential, token, baked PNG, sealed PDF, receipt or evidence bundle"
    )
    parser.add_argument(
        "--did",
        action="append",
        default=[],
        metavar="DID.json",
        help="the issuer's DID document, fetched from its own address; may be given several times",
    )
    parser.add_argument(
        "--checkpoint",
        action="append",
        default=[],
        metavar="KEPT.txt",
        help="for a bundle: a checkpoint that was kept elsewhere (the mail as saved will do); several are welcome",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")


def run(
    *,
    file: str,
    did: Sequence[str],
    checkpoints: Sequence[str],
    as_json: bool,
    at: datetime,
    out: Callable[[str], object],
    err: Callable[[str], object],
    own_keys: Callable[[], Keyring] = Keyring,
) -> int:
    """Check one file and print what was found; the exit code."""
    name = file
    try:
        data = Path(file).read_bytes()
        keys = Keyring()
        for name in did:
            keys += read_did_document(Path(name).read_text(encoding="utf-8"))
        kept = [_kept(name := one) for one in checkpoints]
        name = file
        if not keys.keys and kind_of(data) != BUNDLE:
            keys = own_keys()
            if not keys.keys:
                err(NO_KEYS)
                return BAD_INPUT
        outcome = check_file(data, keys, at, kept=kept)
    except OSError as error:
        err(f"{name}: cannot be read: {error.strerror}")
        return BAD_INPUT
    except (UnreadableError, KeyFileUnreadableError, UnicodeDecodeError, ValueError) as error:
        err(f"{name}: {error}")
        return BAD_INPUT
    out(json.dumps(outcome.as_dict(), ensure_ascii=False, indent=1) if as_json else "\n".join(told(outcome)))
    return 0 if outcome.holds else DIFFERS


def _kept(name: str) -> Kept:
    return read_kept(name, Path(name).read_text(encoding="utf-8"))


def told(outcome: Outcome) -> list[str]:
    """What was found, for a person at a terminal: the file, each check, what no file can show, and the sum."""
    lines = [f"{outcome.kind}: {outcome.about}" if outcome.about else outcome.kind]
    lines += [_line(check) for check in outcome.checks]
    lines += [f"note   {note}" for note in outcome.notes]
    failed = sum(check.holds is False for check in outcome.checks)
    lines.append("it holds" if outcome.holds else f"it does NOT hold: {failed} of {len(outcome.checks)} checks failed")
    return lines


def _line(check: Check) -> str:
    mark = {True: "ok    ", False: "FAILED", None: "?     "}[check.holds]
    return f"{mark} {check.name}: {check.words}"
