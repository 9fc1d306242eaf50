"""What the kinds that ask about a picture share: marks on it, in thousandths of its width and height."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from .base import BadQuestionError, whole_of

MOST_MARKS = 26
"""Marks are named by a letter."""


@dataclass(frozen=True, slots=True)
class AskedMark:
    """A mark on the picture: its letter, where it is, and in words that do not name what is there.

    `value` is the key of the label that she gave it, where labels are asked; `chosen` whether she chose it.
    """

    key: str
    letter: str
    x: int
    y: int
    place: str
    chosen: bool = False
    value: str = ""


def digest_of(raw: object) -> str:
    """The digest by which a picture is known."""
    if isinstance(raw, str) and re.fullmatch(r"[0-9a-f]{64}", raw):
        return raw
    raise BadQuestionError(_("Name the picture by its digest, 64 signs from 0 to f."))


def thousandths(raw: object, what: str) -> int:
    """A place on the picture."""
    return whole_of(raw, what, least=0, most=1000)


def few(marks: Iterable[object]) -> None:
    """Refuse more marks than letters."""
    if len(list(marks)) > MOST_MARKS:
        raise BadQuestionError(_("A picture has %d marks at most.") % MOST_MARKS)
