"""The ledger's arithmetic, pure: no Django, no clock.

`postings`: checking, midnight, trimming. `folding`: what stands. `leaf`: which bytes bind an entry. `merkle`: the tree
over the leaves and its proofs.
"""

from .folding import Foldable, fold
from .leaf import LEAF_FORM, instant, leaf_text, text_body, text_hash
from .merkle import leaf_hash, merkle_root, node_hash
from .postings import (
    MINUTE,
    BadPartError,
    HourPart,
    Overlap,
    Span,
    check_part,
    length,
    local_date,
    request_digest,
    split_at_midnight,
    trim,
    whole_minutes_up,
)

__all__ = [
    "LEAF_FORM",
    "MINUTE",
    "BadPartError",
    "Foldable",
    "HourPart",
    "Overlap",
    "Span",
    "check_part",
    "fold",
    "instant",
    "leaf_hash",
    "leaf_text",
    "length",
    "local_date",
    "merkle_root",
    "node_hash",
    "request_digest",
    "split_at_midnight",
    "text_body",
    "text_hash",
    "trim",
    "whole_minutes_up",
]
