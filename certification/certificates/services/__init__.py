"""Writes certificates; this is the room's face.

`issuing`: one person proposes, another issues; revoking only adds. `batches`: many at once. `papers`: the files of a
certificate, signed and kept byte for byte. `lists`: the status lists in which outsiders see what was revoked. From the
bottom: `lists` < `papers` < `issuing` < `batches`.
"""

from .batches import due_batches, leave_out, prepare_batch, run_batch, sign_batch, statement, withdraw_batch
from .issuing import issue_certificate, propose_certificate, revoke_certificate, withdraw_proposal
from .lists import due_lists, fresh_list, mark_stale
from .papers import due_papers, make_documents, make_documents_anew, sign_anew

__all__ = [
    "due_batches",
    "due_lists",
    "due_papers",
    "fresh_list",
    "issue_certificate",
    "leave_out",
    "make_documents",
    "make_documents_anew",
    "mark_stale",
    "prepare_batch",
    "propose_certificate",
    "revoke_certificate",
    "run_batch",
    "sign_anew",
    "sign_batch",
    "statement",
    "withdraw_batch",
    "withdraw_proposal",
]
