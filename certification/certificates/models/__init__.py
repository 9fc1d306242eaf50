"""Owns certificates: who proposed and who issued them, the facts and bytes frozen at issue, and their revocation.

Reads records and rules only; nothing here is ever changed or deleted, and nothing is drawn anew at download.
"""

from .files import Achievement, CertificateDocument
from .issued import Because, Certificate, CertificateProposal, Kind, Revocation
from .revoking import RevocationConfirmation
from .signers import Signer
from .status import StatusList, StatusPlace

__all__ = [
    "Achievement",
    "Because",
    "Certificate",
    "CertificateDocument",
    "CertificateProposal",
    "Kind",
    "Revocation",
    "RevocationConfirmation",
    "Signer",
    "StatusList",
    "StatusPlace",
]
