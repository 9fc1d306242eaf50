"""Writes registers, placements, shifts and signatures; this is the room's face.

From the bottom: `registers` < `placements` | `frozen` < `shifts` < `clocks` | `links` | `amendments` < `supervisors` |
`signing` | `anomalies` | `retention`.
"""

from .anomalies import find_anomalies
from .clocks import clock_in, clock_out, close_forgotten, place_of, tap_activity
from .frozen import freeze_by, has_certificate
from .links import SENDINGS_A_DAY, resend_link, revoke_link, send_shifts
from .placements import edit_placement, end_placement, open_placement, reopen_placement
from .registers import (
    CHANGED_MEANWHILE,
    assign_supervisor,
    edit_site,
    end_assignment,
    register_site,
    register_supervisor,
)
from .retention import erase_shift_words, shifts_with_words
from .shifts import may_not_sign, must_be_amendable, must_be_complete, save_shift, take_back_shift, withdraw_shift
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
    "assign_supervisor",
    "clock_in",
    "clock_out",
    "close_forgotten",
    "decide",
    "disown_link",
    "edit_placement",
    "edit_site",
    "edit_supervisor",
    "end_assignment",
    "end_placement",
    "erase_shift_words",
    "find_anomalies",
    "freeze_by",
    "has_certificate",
    "may_not_sign",
    "must_be_amendable",
    "must_be_complete",
    "open_link",
    "open_placement",
    "place_of",
    "register_site",
    "register_supervisor",
    "reopen_placement",
    "resend_link",
    "revoke_link",
    "save_shift",
    "send_shifts",
    "shifts_with_words",
    "statement_text",
    "take_back_shift",
    "tap_activity",
    "verify_supervisor",
    "withdraw_shift",
]
