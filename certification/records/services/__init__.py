"""Writes the ledger and what stands around it; this is the room's face.

`ledger`: learners, records, hours, grades, milestones. `versions`: which version of a rule set judges. `targets`: what
learners aim at, and where a school says that its hours stand there.
"""

from .ledger import (
    HourPart,
    LeftOut,
    PostingConflictError,
    PostingResult,
    ensure_learner,
    open_record,
    post_hours,
    record_course_result,
    record_milestone,
    reverse_entry,
)
from .targets import CROSSING_ROLES, choose_target, drop_target, set_crosswalk
from .versions import ACTIVATING_ROLES, activate_version

__all__ = [
    "ACTIVATING_ROLES",
    "CROSSING_ROLES",
    "HourPart",
    "LeftOut",
    "PostingConflictError",
    "PostingResult",
    "activate_version",
    "choose_target",
    "drop_target",
    "ensure_learner",
    "open_record",
    "post_hours",
    "record_course_result",
    "record_milestone",
    "reverse_entry",
    "set_crosswalk",
]
