"""Writes certificates; this is the room's face.

`issuing`: one person proposes, another issues; revoking only adds. `papers`: the files of a certificate, signed and kept
byte for byte. `lists`: the status lists in which outsiders see what was revoked. From the bottom: `lists` < `papers` <
`issuing`.
"""

from .issuing import issue_certificate, propose_certificate, revoke_certificate, withdraw_proposal
from .lists import due_lists, fresh_list, list_address, mark_stale, school_did
from .papers import due_papers, make_documents

__all__ = [
    "due_lists",
    "due_papers",
    "fresh_list",
    "issue_certificate",
    "list_address",
    "make_documents",
    "mark_stale",
    "propose_certificate",
    "revoke_certificate",
    "school_did",
    "withdraw_proposal",
]
