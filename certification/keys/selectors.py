"""Reads the register of keys."""

from . import rules
from .models import SigningKey


def keys_of(purpose: str, name: str) -> list[SigningKey]:
    """Every key that ever signed under this name, oldest first. One query."""
    return list(SigningKey.objects.filter(purpose=purpose, name=name).order_by("created_at", "pk"))


def named(key: SigningKey) -> rules.NamedKey:
    """The key as notes know it."""
    return rules.NamedKey(key.name, rules.padded(key.public_key))


def open_note(note: str, *, purpose: str, name: str) -> str:
    """The text of a note that a key of this name signed. BadNoteError otherwise. One query."""
    return rules.open_note(note, [named(key) for key in keys_of(purpose, name)])
