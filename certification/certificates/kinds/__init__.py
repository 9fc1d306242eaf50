"""The kinds of certificates, one module each. A new one is a module here, a line below, and a value of `models.Kind`."""

from ..models import Kind
from .achievement import AchievementOfTest
from .base import Case, CertificateKind
from .ce import ContinuingEducation
from .completion import Completion
from .letter import InterimLetter, hours_today

KINDS: dict[str, CertificateKind] = {
    one.kind: one for one in (Completion(), ContinuingEducation(), AchievementOfTest(), InterimLetter())
}


def of(kind: str) -> CertificateKind:
    """The behavior of one kind; KeyError for what is none."""
    return KINDS[Kind(kind)]


__all__ = ["KINDS", "Case", "CertificateKind", "hours_today", "of"]
