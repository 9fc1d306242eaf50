"""What nobody may write about a learner's work: who the client was."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .. import rules


def printable(text: str) -> str:
    """Drop signs that no database and no mail can hold; line breaks stay."""
    return "".join(sign for sign in text.replace("\r\n", "\n") if sign.isprintable() or sign in "\n\t").strip()


def telling(text: str, known: Iterable[str]) -> str:
    """What is wrong with words that may tell who a client is, and what to do; empty where nothing is.

    `known` are names that may stand there.
    """
    found = rules.identifier_in(text, known)
    if found is None:
        return ""
    sentences = {
        "name": _("“%(piece)s” looks like a person’s name. Leave out who the client is."),
        "date": _("“%(piece)s” looks like a date. Leave dates out."),
        "number": _("“%(piece)s” looks like a number or address of a person. Leave it out."),
    }
    return sentences[found.kind] % {"piece": found.piece[:60]}


def refuse_clients(field: str, text: str, known: Iterable[str]) -> None:
    """Refuse words that may tell who a client is (`telling`), beside `field`."""
    if sentence := telling(text, known):
        raise ValidationError({field: sentence})
