"""The ledger's arithmetic, pure: no Django, no clock.

`postings`: checking, midnight, trimming. `folding`: what stands. `leaf`: which bytes bind an entry. `merkle`: the tree
over the leaves and its proofs. `corrections`: closed months, terms of claims, what a corrected line carries over.
`anomalies`: what asks for a look. `almanac`: the calendar of study. `reckoning`: why minutes do not count.
`forecast`: when the hours would be there. `terms`: how long a certificate holds.
"""

from . import anomalies
from .almanac import Almanac, Month, StudyDay, almanac, study_days
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
from .forecast import Forecast, forecast, lacking, window
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
from .reckoning import AboveLimit, Refused, above_limits, refused_by
from .terms import BadTermError, last_day_of_term, term_of

__all__ = [
    "ANSWER_DAYS",
    "CLOSING_DAY",
    "LEAF_FORM",
    "MINUTE",
    "AboveLimit",
    "Almanac",
    "BadPartError",
    "BadTermError",
    "Foldable",
    "Forecast",
    "HourPart",
    "Month",
    "Overlap",
    "Refused",
    "Span",
    "StudyDay",
    "above_limits",
    "almanac",
    "anomalies",
    "answer_due",
    "changed",
    "check_part",
    "check_replacement",
    "closes_on",
    "fold",
    "forecast",
    "instant",
    "is_closed",
    "is_late",
    "lacking",
    "last_day_of_term",
    "leaf_hash",
    "leaf_text",
    "length",
    "local_date",
    "may_propose",
    "merkle_root",
    "node_hash",
    "part_read",
    "part_told",
    "refused_by",
    "remind_from",
    "request_digest",
    "split_at_midnight",
    "study_days",
    "term_of",
    "text_body",
    "text_hash",
    "trim",
    "whole_minutes_up",
    "window",
    "without_signature",
]
