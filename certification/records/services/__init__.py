"""Writes the ledger and what stands around it; this is the room's face.

`ledger`: learners, records, hours, grades, milestones. `balances`: sums kept for speed. `checkpoints`: the log's
signed heads and who gets them. `presence`: where a learner's time goes. `versions`: which version of a rule set judges.
`targets`: what learners aim at, and where a school says that its hours stand there.
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
from .presence import ElsewhereError, enter, leave
from .targets import CROSSING_ROLES, choose_target, drop_target, set_crosswalk
from .versions import ACTIVATING_ROLES, activate_version

__all__ = [
    "ACTIVATING_ROLES",
    "CROSSING_ROLES",
    "WITNESSING_ROLES",
    "ElsewhereError",
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
    "enter",
    "leave",
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
