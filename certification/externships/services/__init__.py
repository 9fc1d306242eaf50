"""Writes registers, placements, shifts and signatures; this is the room's face.

From the bottom: `registers` < `placements` < `shifts` < `links` < `supervisors` | `signing` | `anomalies` | `retention`;
`proposals` stands on `shifts`, `reminders` on `links`, `paper` on `signing`.
"""

from .anomalies import find_anomalies
from .links import SENDINGS_A_DAY, renew_link, resend_link, revoke_link, send_shifts
from .origins import forget_origins, note_origin, origin_of
from .paper import approve_scan, print_form, refuse_scan, upload_scan
from .placements import edit_placement, end_placement, open_placement, reopen_placement
from .proposals import take_over_proposal
from .registers import (
    CHANGED_MEANWHILE,
    assign_supervisor,
    edit_site,
    end_assignment,
    register_site,
    register_supervisor,
)
from .reminders import remind
from .retention import drop_stray_scans, erase_shift_words, shifts_with_words, stray_scans
from .shifts import may_not_sign, save_shift, take_back_shift, withdraw_shift
from .signing import DeadLinkError, Decided, Decision, Outcome, decide, disown_link, open_link, statement_text
from .supervisors import Edited, edit_supervisor, verify_supervisor

__all__ = [
    "CHANGED_MEANWHILE",
    "SENDINGS_A_DAY",
    "DeadLinkError",
    "Decided",
    "Decision",
    "Edited",
    "Outcome",
    "approve_scan",
    "assign_supervisor",
    "decide",
    "disown_link",
    "drop_stray_scans",
    "edit_placement",
    "edit_site",
    "edit_supervisor",
    "end_assignment",
    "end_placement",
    "erase_shift_words",
    "find_anomalies",
    "forget_origins",
    "may_not_sign",
    "note_origin",
    "open_link",
    "open_placement",
    "origin_of",
    "print_form",
    "refuse_scan",
    "register_site",
    "register_supervisor",
    "remind",
    "renew_link",
    "reopen_placement",
    "resend_link",
    "revoke_link",
    "save_shift",
    "send_shifts",
    "shifts_with_words",
    "statement_text",
    "stray_scans",
    "take_back_shift",
    "take_over_proposal",
    "upload_scan",
    "verify_supervisor",
    "withdraw_shift",
]
