"""Writes registers, placements, shifts and signatures; this is the room's face.

From the bottom: `registers` < `placements` < `shifts` < `links` < `supervisors` | `signing` | `anomalies` | `retention`;
`competencies` < `checkoffs` < `evaluations` (above `signing`) | `practical`.
"""

from .anomalies import find_anomalies
from .checkoffs import Rating, finish_remediation, plan_remediation, rate, refusal_in_words
from .competencies import retire_competency, save_competency, save_form, take_over_library
from .evaluations import (
    Answered,
    answer_evaluation,
    ask_evaluation,
    disown_evaluation,
    evaluate_site,
    evaluated_text,
    open_evaluation,
    resend_evaluation,
    revoke_evaluation,
)
from .links import SENDINGS_A_DAY, resend_link, revoke_link, send_shifts
from .placements import edit_placement, end_placement, open_placement, reopen_placement
from .practical import cancel_practical, plan_practical, save_practical_kind, save_sheet
from .registers import (
    CHANGED_MEANWHILE,
    assign_supervisor,
    edit_site,
    end_assignment,
    register_site,
    register_supervisor,
)
from .retention import competency_words, erase_competency_words, erase_shift_words, shifts_with_words
from .shifts import may_not_sign, save_shift, take_back_shift, withdraw_shift
from .signing import DeadLinkError, Decided, Decision, Outcome, decide, disown_link, open_link, statement_text
from .supervisors import Edited, edit_supervisor, verify_supervisor

__all__ = [
    "CHANGED_MEANWHILE",
    "SENDINGS_A_DAY",
    "Answered",
    "DeadLinkError",
    "Decided",
    "Decision",
    "Edited",
    "Outcome",
    "Rating",
    "answer_evaluation",
    "ask_evaluation",
    "assign_supervisor",
    "cancel_practical",
    "competency_words",
    "decide",
    "disown_evaluation",
    "disown_link",
    "edit_placement",
    "edit_site",
    "edit_supervisor",
    "end_assignment",
    "end_placement",
    "erase_competency_words",
    "erase_shift_words",
    "evaluate_site",
    "evaluated_text",
    "find_anomalies",
    "finish_remediation",
    "may_not_sign",
    "open_evaluation",
    "open_link",
    "open_placement",
    "plan_practical",
    "plan_remediation",
    "rate",
    "refusal_in_words",
    "register_site",
    "register_supervisor",
    "reopen_placement",
    "resend_evaluation",
    "resend_link",
    "retire_competency",
    "revoke_evaluation",
    "revoke_link",
    "save_competency",
    "save_form",
    "save_practical_kind",
    "save_sheet",
    "save_shift",
    "send_shifts",
    "shifts_with_words",
    "statement_text",
    "take_back_shift",
    "take_over_library",
    "verify_supervisor",
    "withdraw_shift",
]
