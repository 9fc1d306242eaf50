"""The ledger's arithmetic, pure: no Django, no clock.

`postings`: checking, midnight, trimming. `folding`: what stands. `leaf`: which bytes bind an entry. `merkle`: the tree
over the leaves and its proofs. `corrections`: closed months, terms of claims, what a corrected line carries over.
`anomalies`: what asks for a look.
"""

from . import anomalies
from .corrections import (
    ANSWER_DAYS,
    CLOSING_DAY,
    answer_due,
    changed,
    check_replacement,
    closes_on,
    is_closed,
    is_late,
    may_propose,
    part_read,
    part_told,
    remind_from,
    without_signature,
)
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
    "ANSWER_DAYS",
    "CLOSING_DAY",
    "LEAF_FORM",
    "MINUTE",
    "BadPartError",
    "Foldable",
    "HourPart",
    "Overlap",
    "Span",
    "anomalies",
    "answer_due",
    "changed",
    "check_part",
    "check_replacement",
    "closes_on",
    "fold",
    "instant",
    "is_closed",
    "is_late",
    "leaf_hash",
    "leaf_text",
    "length",
    "local_date",
    "may_propose",
    "merkle_root",
    "node_hash",
    "part_read",
    "part_told",
    "remind_from",
    "request_digest",
    "split_at_midnight",
    "text_body",
    "text_hash",
    "trim",
    "whole_minutes_up",
    "without_signature",
]
