"""Writes the ledger and what stands around it; this is the room's face.

`ledger`: learners, records, hours, grades, milestones. `balances`: sums kept for speed. `checkpoints`: the log's
signed heads and who gets them. `versions`: which version of a rule set judges. `targets`: what
learners aim at, and where a school says that its hours stand there.
"""

from .balances import rebuild_balances
from .checkpoints import (
    WITNESSING_ROLES,
    add_witness,
    end_witness,
    ensure_log,
    make_checkpoint,
    make_due_checkpoints,
)
from .ledger import (
    HourPart,
    HourRequest,
    LeftOut,
    PostingConflictError,
    PostingResult,
    ensure_learner,
    open_record,
    post_batch,
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
    "WITNESSING_ROLES",
    "HourPart",
    "HourRequest",
    "LeftOut",
    "PostingConflictError",
    "PostingResult",
    "activate_version",
    "add_witness",
    "choose_target",
    "drop_target",
    "end_witness",
    "ensure_learner",
    "ensure_log",
    "make_checkpoint",
    "make_due_checkpoints",
    "open_record",
    "post_batch",
    "post_hours",
    "rebuild_balances",
    "record_course_result",
    "record_milestone",
    "reverse_entry",
    "set_crosswalk",
]
