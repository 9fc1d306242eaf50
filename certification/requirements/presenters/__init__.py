"""Rule sets in words for people, made from the numbers of a RuleSetSpec. No queries, no clock."""

from .lacks import anchor_of, plain_words
from .sheet import Sheet, Shelf, Sibling, sheet, shelves, siblings
from .words import amount, status_sentence, status_word, unit_note

__all__ = [
    "Sheet",
    "Shelf",
    "Sibling",
    "amount",
    "anchor_of",
    "plain_words",
    "sheet",
    "shelves",
    "siblings",
    "status_sentence",
    "status_word",
    "unit_note",
]
