"""Writes certificates; this is the room's face.

`register`: who signs for a school, from a day until a day. `issuing`: one person proposes, another issues. `replacing`: a
new certificate takes the place of one before it. `revoking`: it only adds; one person does it, a second confirms.
`batches`: many at once. `papers`: the files of a certificate, signed and kept byte for byte. `lists`: the status lists in
which outsiders see what was revoked. `look`: what the school chose for its documents. `reminders`: what expires.
`notices`: the notice of a revocation. `education`: what CE certificates rest on. `letters`: wishes for interim letters.
`naming`: another legal name. `closing`: the end of a school. `retention`: words go when their time is over. From the
bottom: `lists`, `register` < `papers`, `notices` < `replacing`, `revoking` < `issuing` < `batches`.
"""

from .batches import due_batches, leave_out, prepare_batch, run_batch, sign_batch, statement, withdraw_batch
from .closing import call_off_closing, check_closing, plan_closing
from .custodians import name_custodian, release_custodian
from .education import (
    OWN_STATEMENTS,
    evaluate_course,
    record_learner_licence,
    record_provider_number,
    sign_course,
    withdraw_provider_number,
    write_questions,
)
from .issuing import issue_certificate, propose_certificate, withdraw_proposal
from .letters import ask_for_letter, decline_letter
from .lists import due_lists, fresh_list, list_address, mark_stale, school_did
from .look import adopt_look, draft_look, keep_hand, kept_file
from .naming import write_legal_name
from .notices import due_notices, make_notice, make_notice_anew
from .papers import due_papers, make_documents, make_documents_anew, sign_anew
from .register import end_signer, enter_signer
from .reminders import remind_of_expiry
from .replacing import propose_replacement
from .retention import erase_certificate_words, words_behind_certificates
from .revoking import confirm_revocation, revoke_certificate

__all__ = [
    "OWN_STATEMENTS",
    "adopt_look",
    "ask_for_letter",
    "call_off_closing",
    "check_closing",
    "confirm_revocation",
    "decline_letter",
    "draft_look",
    "due_batches",
    "due_lists",
    "due_notices",
    "due_papers",
    "end_signer",
    "enter_signer",
    "erase_certificate_words",
    "evaluate_course",
    "fresh_list",
    "issue_certificate",
    "keep_hand",
    "kept_file",
    "leave_out",
    "list_address",
    "make_documents",
    "make_documents_anew",
    "make_notice",
    "make_notice_anew",
    "mark_stale",
    "name_custodian",
    "plan_closing",
    "prepare_batch",
    "propose_certificate",
    "propose_replacement",
    "record_learner_licence",
    "record_provider_number",
    "release_custodian",
    "remind_of_expiry",
    "revoke_certificate",
    "run_batch",
    "school_did",
    "sign_anew",
    "sign_batch",
    "sign_course",
    "statement",
    "withdraw_batch",
    "withdraw_proposal",
    "withdraw_provider_number",
    "words_behind_certificates",
    "write_legal_name",
    "write_questions",
]
