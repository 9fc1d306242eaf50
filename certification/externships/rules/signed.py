"""What is signed: the statement, and the very bytes of what a supervisor was shown."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import rfc8785

from .shifts import Window


def gettext_noop(text: str) -> str:
    """Mark a sentence for the translators; the caller translates it."""
    return text


STATEMENT = gettext_noop("I supervised these shifts in person, and the times are right to my knowledge.")
EVALUATED = gettext_noop("I saw this learner work in person, and what I say here is my own judgment.")


def written_instant(moment: datetime) -> str:
    """An instant as the signed bytes hold it: UTC, whole seconds, Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def canonical(shown: Mapping[str, Any]) -> str:
    """The one way to write what a supervisor was shown: canonical JSON (RFC 8785)."""
    return rfc8785.dumps(dict(shown)).decode()


def digest_of(text: str) -> str:
    """SHA-256 (hex) of the UTF-8 bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


def licence_line(profession: str, state: str, number: str, window: Window) -> str:
    """A licence in one line, as the signature keeps it: the same in every language."""
    first = window.first.isoformat() if window.first else "?"
    last = window.last.isoformat() if window.last else "?"
    return f"{profession}, {state} {number}, {first} to {last}"
