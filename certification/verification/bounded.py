"""Looks at a stranger's file where it can be stopped: in a process of its own, with a limit of time and memory.

Few bytes can unpack to gigabytes, a tree of a PDF can lead back into itself, and some documents are dear to
canonicalize. So nothing of a dropped file but its first bytes is read here: `python -m
certification.verification.bounded` unpacks and checks it, without the network, the database or the settings. Pure.
"""

import base64
import json
import resource
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from certification.keys.proofs.reading import LONGEST

SECONDS = 10
"""How long one file may take, with the second in which its process starts."""

MOST_MEMORY = 1_000_000_000
"""Bytes."""

AT_ONCE = 2
"""Files that one server process checks at the same time."""

PATIENCE = 3
"""Seconds that a file waits for its turn."""

ROOT = Path(__file__).parents[2]
_turn = threading.BoundedSemaphore(AT_ONCE)


class BadFileError(ValueError):
    """A file that holds nothing of ours that can be read, or takes more than it may."""


class BusyError(Exception):
    """As many files as may be are being checked; this one was not looked at."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a file says of itself, and which checks it holds; believed only as far as `checks` go.

    `checks` are pairs of a check's name and whether it holds, in order. `methods` are the keys that it names, `id` its
    address, `list_address` and `place` where its status stands, `inside` the SHA-256 of what a PDF carries.
    """

    kind: str
    checks: tuple[tuple[str, bool | None], ...]
    issuer: str
    methods: tuple[str, ...]
    id: str
    list_address: str
    place: str
    inside: str


def look_into(data: bytes, keys: list[dict[str, Any]], at: datetime, *, seconds: float = SECONDS) -> Found:
    """Check one file by these keys (`did`, `method`, `ed25519` in base64, `jwk`, `asserts`), in another process.

    Raises BadFileError for a file that is nothing of ours or takes too much, BusyError when too many are looked at.
    Never more than `seconds` and MOST_MEMORY, whatever the file.
    """
    if len(data) > LONGEST:
        raise BadFileError("it is too large")
    job = {"data": base64.b64encode(data).decode(), "keys": keys, "at": at.isoformat()}
    if not _turn.acquire(timeout=PATIENCE):
        raise BusyError
    try:
        done = subprocess.run(  # noqa: S603 -- this very module, and nothing of the file is an argument
            [sys.executable, "-m", __name__],
            input=json.dumps(job),
            capture_output=True,
            text=True,
            timeout=seconds,
            cwd=ROOT,
            env={"LANG": "C.UTF-8"},  # who takes it over finds no secret of ours
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BadFileError("it takes too long to check") from error
    finally:
        _turn.release()
    if done.returncode:
        raise BadFileError("it takes too much to check")
    answer = json.loads(done.stdout)
    if "refused" in answer:
        raise BadFileError(answer["refused"])
    checks = tuple((name, holds) for name, holds in answer.pop("checks"))
    return Found(checks=checks, methods=tuple(answer.pop("methods")), **answer)


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    job = json.load(sys.stdin)
    try:
        answer = _look(base64.b64decode(job["data"]), job["keys"], datetime.fromisoformat(job["at"]))
    except Exception as error:
        answer = {"refused": f"it cannot be read ({type(error).__name__})"}
    json.dump(answer, sys.stdout)


def _look(data: bytes, keys: list[dict[str, Any]], at: datetime) -> dict[str, Any]:
    from certification.certificates.baking import credential_in
    from certification.keys.proofs.reading import read_document

    from . import offline
    from .offline import papers
    from .offline.credentials import id_of, issuer_of

    kind = offline.kind_of(data)
    inside = credential_in(data).encode() if kind == offline.PICTURE else data
    if kind == offline.PDF:
        inside = papers.attached(data)
    form = offline.kind_of(inside)
    if form == offline.TOKEN:
        head, payload, _signature = inside.strip().split(b".")
        document, methods = read_document(_decoded(payload)), [read_document(_decoded(head)).get("kid")]
    elif form == offline.CREDENTIAL:
        document = read_document(inside)
        proof = document.get("proof")
        listed = proof if isinstance(proof, list) else [proof]
        methods = [one.get("verificationMethod") for one in listed if isinstance(one, dict)]
    else:
        return {"refused": "it carries no credential"}
    outcome = offline.check_file(data, offline.Keyring(_key(one) for one in keys), at)
    status = document.get("credentialStatus")
    status = status if isinstance(status, dict) else {}
    return {
        "kind": kind,
        "checks": [(check.name, check.holds) for check in outcome.checks],
        "issuer": issuer_of(document),
        "methods": [one for one in methods if isinstance(one, str)],
        "id": id_of(document),
        "list_address": _text(status.get("statusListCredential")),
        "place": _text(status.get("statusListIndex")),
        "inside": _sha256(inside) if kind == offline.PDF else "",
    }


def _key(told: dict[str, Any]) -> Any:
    from .offline.keyring import Key

    return Key(
        told["did"],
        told["method"],
        ed25519=base64.b64decode(told["ed25519"]),
        jwk=told["jwk"],
        asserts=told["asserts"],
    )


def _decoded(part: bytes) -> bytes:
    return base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _sha256(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()


if __name__ == "__main__":
    _main()
