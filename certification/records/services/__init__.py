"""Writes the ledger and what stands around it; this is the room's face.

`ledger`: learners, records, hours, grades, milestones. `balances`: sums kept for speed. `checkpoints`: the log's
signed heads and who gets them. `presence`: where a learner's time goes. `versions`: which version of a rule set judges.
`targets`: what learners aim at, and where a school says that its hours stand there. `corrections`: what two people put
right. `cycles`: what ends and what follows it. `closing`: schools that closed. `claims`: what a
learner contests, and the school's answer. `holds`: what keeps a certificate back. `anomalies`: what asks for a look,
and what people decided about it. `retention`: names and words go when their time is over. `exports`: the files that
leave the house. `imports`: historic hours that come in. `import_runs`: the long work on them, in the background.
"""

from ..rules.anomalies import Finding
from .anomalies import decide_anomaly, find_anomalies, note_anomaly, note_findings
from .balances import rebuild_balances
from .checkpoints import (
    WITNESSING_ROLES,
    add_witness,
    end_witness,
    ensure_log,
    make_checkpoint,
    make_due_checkpoints,
    sign_checkpoints_again,
)
from .claims import make_claim, refuse_claim, remind_of_claims, withdraw_claim
from .closing import close_due_schools, close_school, hold_open, require_open
from .corrections import (
    DECIDING_ROLES,
    PROPOSING_ROLES,
    approve_correction,
    propose_correction,
    refuse_correction,
    withdraw_correction,
)
from .cycles import Opening, open_next_record, seal_record
from .exports import TABLES, export_record, export_school, hours_table, register_part, register_school_part
from .holds import HOLDING_ROLES, place_hold, release_hold
from .import_runs import ask_check, ask_post, progress_of, run_import, unfinished_runs
from .imports import IMPORTING_ROLES, Places, approve_import, dry_run, propose_import, refuse_import, withdraw_import
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
    withdraw_milestone,
)
from .papers import Paper, drop_file, read_paper
from .presence import ElsewhereError, enter, leave
from .retention import (
    Words,
    drop_stray_papers,
    due_imports,
    due_records,
    erase_import,
    erase_words,
    imports_naming,
    open_imports_naming,
    stray_papers,
    words_behind,
)
from .targets import CROSSING_ROLES, choose_target, drop_target, set_crosswalk
from .versions import ACTIVATING_ROLES, activate_version

__all__ = [
    "ACTIVATING_ROLES",
    "CROSSING_ROLES",
    "DECIDING_ROLES",
    "HOLDING_ROLES",
    "IMPORTING_ROLES",
    "PROPOSING_ROLES",
    "TABLES",
    "WITNESSING_ROLES",
    "ElsewhereError",
    "Finding",
    "HourPart",
    "HourRequest",
    "LeftOut",
    "Opening",
    "Paper",
    "Places",
    "PostingConflictError",
    "PostingResult",
    "Words",
    "activate_version",
    "add_witness",
    "approve_correction",
    "approve_import",
    "ask_check",
    "ask_post",
    "choose_target",
    "close_due_schools",
    "close_school",
    "decide_anomaly",
    "drop_file",
    "drop_stray_papers",
    "drop_target",
    "dry_run",
    "due_imports",
    "due_records",
    "end_witness",
    "ensure_learner",
    "ensure_log",
    "enter",
    "erase_import",
    "erase_words",
    "export_record",
    "export_school",
    "find_anomalies",
    "hold_open",
    "hours_table",
    "imports_naming",
    "leave",
    "make_checkpoint",
    "make_claim",
    "make_due_checkpoints",
    "note_anomaly",
    "note_findings",
    "open_imports_naming",
    "open_next_record",
    "open_record",
    "place_hold",
    "post_batch",
    "post_hours",
    "progress_of",
    "propose_correction",
    "propose_import",
    "read_paper",
    "rebuild_balances",
    "record_course_result",
    "record_milestone",
    "refuse_claim",
    "refuse_correction",
    "refuse_import",
    "register_part",
    "register_school_part",
    "release_hold",
    "remind_of_claims",
    "require_open",
    "reverse_entry",
    "run_import",
    "seal_record",
    "set_crosswalk",
    "sign_checkpoints_again",
    "stray_papers",
    "unfinished_runs",
    "withdraw_claim",
    "withdraw_correction",
    "withdraw_import",
    "withdraw_milestone",
    "words_behind",
]
