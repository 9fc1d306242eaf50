"""Writes certificates; this is the room's face.

`issuing`: one person proposes, another issues; revoking only adds. `papers`: the files of a certificate, signed and kept
byte for byte. `lists`: the status lists in which outsiders see what was revoked. `look`: what the school chose for its
documents. `reminders`: what expires. From the bottom: `lists` < `papers` < `issuing`.
"""

from .issuing import issue_certificate, propose_certificate, revoke_certificate, withdraw_proposal
from .lists import due_lists, fresh_list, mark_stale
from .look import adopt_look, draft_look, keep_hand, kept_file
from .papers import due_papers, make_documents
from .reminders import remind_of_expiry

__all__ = [
    "adopt_look",
    "draft_look",
    "due_lists",
    "due_papers",
    "fresh_list",
    "issue_certificate",
    "keep_hand",
    "kept_file",
    "make_documents",
    "mark_stale",
    "propose_certificate",
    "remind_of_expiry",
    "revoke_certificate",
    "withdraw_proposal",
]
