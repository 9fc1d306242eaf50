"""Reads a stranger's credential: bounded before anything is done with it, and checked where it can be stopped.

What is cheap to write can be dear to canonicalize: nine equal nameless nodes with nine more below each keep any
canonicalizer busy for minutes, twelve for ever (RDFC-1.0 section 7.1 warns of it). So a document is bounded in bytes,
values, depth and contexts here, and its proof is checked by `python -m certification.keys.proofs.reading`, a process of
its own with a limit of time and memory.
"""

import base64
import json
import resource
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .contexts import PINNED

LONGEST = 262_144
"""Bytes of a document."""

MOST_VALUES = 20_000
DEEPEST = 32
SECONDS = 10
"""How long one check may take, with the half second in which its process starts."""

MOST_MEMORY = 1_000_000_000
"""Bytes."""

ROOT = Path(__file__).parents[3]


class RefusedUploadError(ValueError):
    """A document that is not looked at further; the message says which bound it breaks."""


def read_document(data: bytes) -> dict[str, Any]:
    """The JSON object of an upload. Pure. Refuses what is too long, too deep or too full, is no JSON, names a member
    twice, or brings or names a context that is not pinned here.
    """
    if len(data) > LONGEST:
        raise RefusedUploadError(f"it has {len(data)} bytes; {LONGEST} are the most")
    try:
        found = json.loads(data.decode(), object_pairs_hook=_once, parse_constant=_no_number)
    except RefusedUploadError:
        raise
    except (UnicodeDecodeError, ValueError) as error:
        raise RefusedUploadError("it is no JSON") from error
    except RecursionError as error:
        raise RefusedUploadError(f"it is nested deeper than {DEEPEST}") from error
    if not isinstance(found, dict):
        raise RefusedUploadError("it is no JSON object")
    _bounded(found)
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise RefusedUploadError("it names a member twice")
    return found


def _no_number(word: str) -> Any:
    raise RefusedUploadError(f"{word} is no number")


def _bounded(found: dict[str, Any]) -> None:
    left: list[tuple[Any, int]] = [(found, 1)]
    values = 0
    while left:
        value, depth = left.pop()
        values += 1
        if values > MOST_VALUES:
            raise RefusedUploadError(f"it holds more than {MOST_VALUES} values")
        if depth > DEEPEST:
            raise RefusedUploadError(f"it is nested deeper than {DEEPEST}")
        if isinstance(value, dict):
            if "@context" in value:
                _pinned(value["@context"])
            left += [(part, depth + 1) for name, part in value.items() if name != "@context"]
        elif isinstance(value, list):
            left += [(part, depth + 1) for part in value]


def _pinned(contexts: Any) -> None:
    for each in contexts if isinstance(contexts, list) else [contexts]:
        if not isinstance(each, str):
            raise RefusedUploadError("it brings a context of its own")
        if each not in PINNED:
            raise RefusedUploadError(f"the context {each[:200]} is not known here, and none is fetched")


def verify_within(
    document: Mapping[str, Any], keys: Mapping[str, bytes], *, seconds: float = SECONDS
) -> list[dict[str, Any]]:
    """The proofs of a document that was read, checked against these keys (32 bytes by method URL) by another process.

    Raises `integrity.BadProofError` when one does not fit, RefusedUploadError when the check takes more than `seconds`
    or more memory than it may. About half a second more than `integrity.verify`.
    """
    from .integrity import BadProofError

    job = {"document": document, "keys": {name: base64.b64encode(key).decode() for name, key in keys.items()}}
    try:
        done = subprocess.run(  # noqa: S603 -- this very module, and nothing of the document is an argument
            [sys.executable, "-m", __name__],
            input=json.dumps(job),
            capture_output=True,
            text=True,
            timeout=seconds,
            cwd=ROOT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise RefusedUploadError("it takes too long to check") from error
    if done.returncode:
        raise RefusedUploadError("it takes too much to check")
    answer = json.loads(done.stdout)
    if "refused" in answer:
        raise BadProofError(answer["refused"])
    proofs: list[dict[str, Any]] = answer["proofs"]
    return proofs


def _main() -> None:
    from .integrity import BadProofError, UnsignableError, verify

    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    job = json.load(sys.stdin)
    keys = {name: base64.b64decode(key) for name, key in job["keys"].items()}
    try:
        answer: dict[str, Any] = {"proofs": verify(job["document"], keys.get)}
    except (BadProofError, UnsignableError) as error:
        answer = {"refused": str(error)}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    _main()
