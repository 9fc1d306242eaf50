"""What the room's pages show, in words, worked out from what selectors read. No queries.

`reasons` < `lines` < `hours`; `whys`, `calendars` and `asked` stand on `hours`.
"""

from .asked import Asked, asked_of
from .calendars import ShownAlmanac, ShownMonth, shown_almanac
from .hours import HoursPage, ShownNode, hours_page
from .lines import (
    ShownLine,
    anomaly_found,
    anomaly_often,
    category_title,
    reason_words,
    row_words,
    shown_entry,
    shown_line,
    shown_part,
    shown_taken_back,
)
from .reasons import REASONS
from .whys import Why, why_not_counted, why_not_creditable

__all__ = [
    "REASONS",
    "Asked",
    "HoursPage",
    "ShownAlmanac",
    "ShownLine",
    "ShownMonth",
    "ShownNode",
    "Why",
    "anomaly_found",
    "anomaly_often",
    "asked_of",
    "category_title",
    "hours_page",
    "reason_words",
    "row_words",
    "shown_almanac",
    "shown_entry",
    "shown_line",
    "shown_part",
    "shown_taken_back",
    "why_not_counted",
    "why_not_creditable",
]
