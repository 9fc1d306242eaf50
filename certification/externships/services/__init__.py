"""Writes placements, shifts and signatures; this is the room's face.

From the bottom: `registers` < `shifts` < `links` < `signing`.
"""

from .links import SENDINGS_A_DAY, resend_link, revoke_link, send_shifts, verify_supervisor
from .registers import assign_supervisor, open_placement, register_site, register_supervisor
from .shifts import may_not_sign, save_shift, take_back_shift, withdraw_shift
from .signing import DeadLinkError, Decided, Decision, Outcome, decide, disown_link, open_link, statement_text

__all__ = [
    "SENDINGS_A_DAY",
    "DeadLinkError",
    "Decided",
    "Decision",
    "Outcome",
    "assign_supervisor",
    "decide",
    "disown_link",
    "may_not_sign",
    "open_link",
    "open_placement",
    "register_site",
    "register_supervisor",
    "resend_link",
    "revoke_link",
    "save_shift",
    "send_shifts",
    "statement_text",
    "take_back_shift",
    "verify_supervisor",
    "withdraw_shift",
]
