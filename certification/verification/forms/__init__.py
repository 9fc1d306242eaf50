"""What people fill in to share a certificate, to check one, and for an organisation that checks."""

from .asking import CheckForm, KeyForm, ListForm
from .boards import (
    CaseAnswerForm,
    CaseForm,
    GraduateListForm,
    ListSentForm,
    NotHandedForm,
    ReplyForm,
    RosterForm,
    SentForm,
    WentForm,
)
from .organisations import ApplicationForm, DecisionForm, InviteForm, StopForm
from .sharing import TOO_LARGE, UNREADABLE, FileForm, HandOverForm, OrderForm, PartyForm, ShareForm

__all__ = [
    "TOO_LARGE",
    "UNREADABLE",
    "ApplicationForm",
    "CaseAnswerForm",
    "CaseForm",
    "CheckForm",
    "DecisionForm",
    "FileForm",
    "GraduateListForm",
    "HandOverForm",
    "InviteForm",
    "KeyForm",
    "ListForm",
    "ListSentForm",
    "NotHandedForm",
    "OrderForm",
    "PartyForm",
    "ReplyForm",
    "RosterForm",
    "SentForm",
    "ShareForm",
    "StopForm",
    "WentForm",
]
