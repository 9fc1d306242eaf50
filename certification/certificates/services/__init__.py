"""Writes certificates; this is the room's face.

`register`: who signs for a school, from a day until a day. `issuing`: one person proposes, another issues. `replacing`: a
new certificate takes the place of one before it. `revoking`: it only adds; one person does it, a second confirms.
`papers`: the files of a certificate, signed and kept byte for byte. `lists`: the status lists in which outsiders see
what was revoked. `retention`: words go when their time is over. From the bottom: `lists`, `register` < `papers`,
`replacing`, `revoking` < `issuing`.
"""

from .issuing import issue_certificate, propose_certificate, withdraw_proposal
from .lists import due_lists, fresh_list, mark_stale
from .papers import due_papers, make_documents
from .register import end_signer, enter_signer
from .replacing import propose_replacement
from .retention import erase_certificate_words, words_behind_certificates
from .revoking import confirm_revocation, revoke_certificate

__all__ = [
    "confirm_revocation",
    "due_lists",
    "due_papers",
    "end_signer",
    "enter_signer",
    "erase_certificate_words",
    "fresh_list",
    "issue_certificate",
    "make_documents",
    "mark_stale",
    "propose_certificate",
    "propose_replacement",
    "revoke_certificate",
    "withdraw_proposal",
    "words_behind_certificates",
]
