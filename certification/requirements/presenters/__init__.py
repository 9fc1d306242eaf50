"""Rule sets in words for people, made from the numbers of a RuleSetSpec. No queries, no clock."""

from .lacks import anchor_of, plain_words
from .sentences import said_at, taught
from .sheet import Sheet, Shelf, Sibling, sheet, shelves, siblings
from .words import amount, listed, on, status_sentence, status_word, tag, unit_note

__all__ = [
    "Sheet",
    "Shelf",
    "Sibling",
    "amount",
    "anchor_of",
    "listed",
    "on",
    "plain_words",
    "said_at",
    "sheet",
    "shelves",
    "siblings",
    "status_sentence",
    "status_word",
    "tag",
    "taught",
    "unit_note",
]
