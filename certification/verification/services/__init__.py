"""Writes what a graduate allows others to see, what was sent, and which organisations check."""

from .consents import (
    LONGEST_DAYS,
    note_look,
    open_links,
    set_hidden,
    share_certificate,
    withdraw_consent,
    withdraw_links,
)
from .organisations import (
    answer_invitation,
    apply_to_check,
    decide_application,
    end_member,
    forget_invitations,
    invite_member,
    lift_stop,
    stop_checking,
    take_back_invitation,
    withdraw_application,
)
from .sendings import SENDING_ROLES, addresses_behind, erase_addresses, send_to_graduate, send_to_named

__all__ = [
    "LONGEST_DAYS",
    "SENDING_ROLES",
    "addresses_behind",
    "answer_invitation",
    "apply_to_check",
    "decide_application",
    "end_member",
    "erase_addresses",
    "forget_invitations",
    "invite_member",
    "lift_stop",
    "note_look",
    "open_links",
    "send_to_graduate",
    "send_to_named",
    "set_hidden",
    "share_certificate",
    "stop_checking",
    "take_back_invitation",
    "withdraw_application",
    "withdraw_consent",
    "withdraw_links",
]
