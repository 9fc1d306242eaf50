"""Writes registers, placements, shifts and signatures; this is the room's face.

From the bottom: `registers` < `placements` | `frozen` < `requests` | `goals` | `shifts` < `clocks` | `links` | `amendments`
| `second_factor`
< `supervisors` | `signing` | `anomalies` | `retention` | `bulk`; `papers` and `lapses` stand on
`registers`, `proposals` on `shifts`, `asking` on `links`, `scans` on `signing`. `competencies` < `checkoffs` <
`evaluations` (above `signing`) | `practical`; `reminders` on `links` and `evaluations`.
"""

from .anomalies import find_anomalies
from .asking import send_collected, set_rhythm
from .bulk import BULK_ACTIONS, BulkLine, bulk_placements
from .checkoffs import Rating, finish_remediation, plan_remediation, rate, refusal_in_words
from .clocks import clock_in, clock_out, close_forgotten, place_of, tap_activity
from .competencies import retire_competency, save_competency, save_form, take_over_library
from .dues import tell_of_dues
from .evaluations import (
    Answered,
    answer_evaluation,
    ask_evaluation,
    disown_evaluation,
    evaluate_site,
    evaluated_text,
    must_open,
    open_evaluation,
    renew_evaluation,
    resend_evaluation,
    revoke_evaluation,
)
from .frozen import freeze_by, has_certificate
from .goals import add_goal, drop_goal, tick_goal
from .lapses import tell_of_lapses
from .links import SENDINGS_A_DAY, renew_link, resend_link, resend_links, revoke_link, send_shifts
from .origins import forget_origins, note_origin, origin_of
from .papers import add_paper, erase_paper, withdraw_paper
from .placements import Terms, begin_placements, edit_placement, end_placement, open_placement, reopen_placement
from .practical import cancel_practical, plan_practical, save_practical_kind, save_sheet
from .proposals import take_over_proposal
from .registers import (
    CHANGED_MEANWHILE,
    SiteDetails,
    assign_supervisor,
    edit_site,
    end_assignment,
    register_site,
    register_supervisor,
)
from .reminders import remind
from .requests import approve_placement, cancel_placement, decline_placement, request_placement
from .retention import (
    competency_words,
    drop_stray_files,
    erase_competency_words,
    erase_placement_words,
    erase_shift_words,
    placements_with_words,
    shifts_with_words,
    stray_files,
)
from .scans import approve_scan, print_form, refuse_scan, upload_scan
from .second_factor import send_code
from .shifts import may_not_sign, must_be_amendable, must_be_complete, save_shift, take_back_shift, withdraw_shift
from .signing import DeadLinkError, Decided, Decision, Outcome, decide, disown_link, open_link, statement_text
from .supervisors import Edited, edit_supervisor, verify_supervisor

__all__ = [
    "BULK_ACTIONS",
    "CHANGED_MEANWHILE",
    "SENDINGS_A_DAY",
    "Answered",
    "BulkLine",
    "DeadLinkError",
    "Decided",
    "Decision",
    "Edited",
    "Outcome",
    "Rating",
    "SiteDetails",
    "Terms",
    "add_goal",
    "add_paper",
    "answer_evaluation",
    "approve_placement",
    "approve_scan",
    "ask_evaluation",
    "assign_supervisor",
    "begin_placements",
    "bulk_placements",
    "cancel_placement",
    "cancel_practical",
    "clock_in",
    "clock_out",
    "close_forgotten",
    "competency_words",
    "decide",
    "decline_placement",
    "disown_evaluation",
    "disown_link",
    "drop_goal",
    "drop_stray_files",
    "edit_placement",
    "edit_site",
    "edit_supervisor",
    "end_assignment",
    "end_placement",
    "erase_competency_words",
    "erase_paper",
    "erase_placement_words",
    "erase_shift_words",
    "evaluate_site",
    "evaluated_text",
    "find_anomalies",
    "finish_remediation",
    "forget_origins",
    "freeze_by",
    "has_certificate",
    "may_not_sign",
    "must_be_amendable",
    "must_be_complete",
    "must_open",
    "note_origin",
    "open_evaluation",
    "open_link",
    "open_placement",
    "origin_of",
    "place_of",
    "placements_with_words",
    "plan_practical",
    "plan_remediation",
    "print_form",
    "rate",
    "refusal_in_words",
    "refuse_scan",
    "register_site",
    "register_supervisor",
    "remind",
    "renew_evaluation",
    "renew_link",
    "reopen_placement",
    "request_placement",
    "resend_evaluation",
    "resend_link",
    "resend_links",
    "retire_competency",
    "revoke_evaluation",
    "revoke_link",
    "save_competency",
    "save_form",
    "save_practical_kind",
    "save_sheet",
    "save_shift",
    "send_code",
    "send_collected",
    "send_shifts",
    "set_rhythm",
    "shifts_with_words",
    "statement_text",
    "stray_files",
    "take_back_shift",
    "take_over_library",
    "take_over_proposal",
    "tap_activity",
    "tell_of_dues",
    "tell_of_lapses",
    "tick_goal",
    "upload_scan",
    "verify_supervisor",
    "withdraw_paper",
    "withdraw_shift",
]
