"""Reads the files that commands are given; a file that cannot be read is bad input (exit 2), told in one line."""

from pathlib import Path

from django.core.management.base import CommandError

BAD_INPUT = 2


def read_bytes(name: str) -> bytes:
    """The whole file."""
    try:
        return Path(name).read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CommandError(f"{name}: cannot be read: {reason}", returncode=BAD_INPUT) from None
