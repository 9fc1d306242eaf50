"""Writes registers, placements, shifts and signatures; this is the room's face.

From the bottom: `registers` < `placements` | `frozen` < `requests` | `goals` | `shifts` < `clocks` | `links` | `amendments`
< `supervisors` | `signing` | `anomalies` | `retention` | `bulk`; `papers` and `lapses` stand on `registers`.
"""

from .anomalies import find_anomalies
from .bulk import BULK_ACTIONS, BulkLine, bulk_placements
from .clocks import clock_in, clock_out, close_forgotten, place_of, tap_activity
from .frozen import freeze_by, has_certificate
from .goals import add_goal, drop_goal, tick_goal
from .lapses import tell_of_lapses
from .links import SENDINGS_A_DAY, resend_link, revoke_link, send_shifts
from .papers import add_paper, withdraw_paper
from .placements import Terms, begin_placements, edit_placement, end_placement, open_placement, reopen_placement
from .registers import (
    CHANGED_MEANWHILE,
    SiteDetails,
    assign_supervisor,
    edit_site,
    end_assignment,
    register_site,
    register_supervisor,
)
from .requests import approve_placement, cancel_placement, decline_placement, request_placement
from .retention import erase_placement_words, erase_shift_words, placements_with_words, shifts_with_words
from .shifts import may_not_sign, must_be_amendable, must_be_complete, save_shift, take_back_shift, withdraw_shift
from .signing import DeadLinkError, Decided, Decision, Outcome, decide, disown_link, open_link, statement_text
from .supervisors import Edited, edit_supervisor, verify_supervisor

__all__ = [
    "BULK_ACTIONS",
    "CHANGED_MEANWHILE",
    "SENDINGS_A_DAY",
    "BulkLine",
    "DeadLinkError",
    "Decided",
    "Decision",
    "Edited",
    "Outcome",
    "SiteDetails",
    "Terms",
    "add_goal",
    "add_paper",
    "approve_placement",
    "assign_supervisor",
    "begin_placements",
    "bulk_placements",
    "cancel_placement",
    "clock_in",
    "clock_out",
    "close_forgotten",
    "decide",
    "decline_placement",
    "disown_link",
    "drop_goal",
    "edit_placement",
    "edit_site",
    "edit_supervisor",
    "end_assignment",
    "end_placement",
    "erase_placement_words",
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
    "placements_with_words",
    "register_site",
    "register_supervisor",
    "reopen_placement",
    "request_placement",
    "resend_link",
    "revoke_link",
    "save_shift",
    "send_shifts",
    "shifts_with_words",
    "statement_text",
    "take_back_shift",
    "tap_activity",
    "tell_of_lapses",
    "tick_goal",
    "verify_supervisor",
    "withdraw_paper",
    "withdraw_shift",
]
