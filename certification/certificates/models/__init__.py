"""Owns certificates: who proposed and who issued them, the facts and bytes frozen at issue, and their revocation.

Reads records and rules only; nothing here is ever changed or deleted, and nothing is drawn anew at download.
"""

from .batches import IssueBatch, IssueBatchRow
from .files import Achievement, CertificateDocument, FileSigning
from .issued import Certificate, CertificateProposal, Kind, Revocation
from .status import StatusList, StatusPlace

__all__ = [
    "Achievement",
    "Certificate",
    "CertificateDocument",
    "CertificateProposal",
    "FileSigning",
    "IssueBatch",
    "IssueBatchRow",
    "Kind",
    "Revocation",
    "StatusList",
    "StatusPlace",
]
