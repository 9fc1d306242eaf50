"""Who may be where after whom: one place at a time."""

from typing import Literal

FIRM = ("shift", "class")
"""Places that somebody else watches; they end only by their own clock."""

Verdict = Literal["enter", "replace", "refuse"]


def verdict(present: str | None) -> Verdict:
    """What becomes of who is at `present` (None: nowhere) and asks to be in a lesson, shift or class.

    After a lesson the newest wins; after an open shift or class everything is refused.
    """
    if present is None:
        return "enter"
    return "refuse" if present in FIRM else "replace"
