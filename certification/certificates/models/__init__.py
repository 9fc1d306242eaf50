"""Owns certificates: who proposed and who issued them, the facts and bytes frozen at issue, and their revocation.

Reads records and rules only; nothing here is ever changed or deleted, and nothing is drawn anew at download.
"""

from .batches import IssueBatch, IssueBatchRow
from .education import CourseAnswers, CourseQuestions, CourseSignature, CourseType, ProviderNumber, Regulator
from .files import Achievement, CertificateDocument, FileSigning
from .issued import REPLACING_REASONS, Because, Certificate, CertificateProposal, Kind, Revocation
from .letters import LetterDecline, LetterRequest
from .look import DocumentLook, Hand, LookFile
from .reminders import ExpiryNotice
from .revoking import RevocationConfirmation
from .signers import Signer
from .status import StatusList, StatusPlace

__all__ = [
    "REPLACING_REASONS",
    "Achievement",
    "Because",
    "Certificate",
    "CertificateDocument",
    "CertificateProposal",
    "CourseAnswers",
    "CourseQuestions",
    "CourseSignature",
    "CourseType",
    "DocumentLook",
    "ExpiryNotice",
    "FileSigning",
    "Hand",
    "IssueBatch",
    "IssueBatchRow",
    "Kind",
    "LetterDecline",
    "LetterRequest",
    "LookFile",
    "ProviderNumber",
    "Regulator",
    "Revocation",
    "RevocationConfirmation",
    "Signer",
    "StatusList",
    "StatusPlace",
]
