"""The certificate of completion: all hours of the rules and every required fact."""

from collections.abc import Mapping
from typing import Any

from certification.records.models import TrainingRecord

from .. import credentials, documents
from ..models import Kind
from ..selectors import completion_facts, judge
from .base import Case, CertificateKind, Format


class Completion(CertificateKind):
    """Of a program, with its transcript."""

    kind = Kind.COMPLETION
    formats = (Format.PDF, Format.TRANSCRIPT, Format.PNG, Format.JSON, Format.JWT, Format.CLR)
    template = "completion.typ"

    def judge(self, record: TrainingRecord, subject: str = "") -> Case:
        """As `selectors.judge`."""
        transcript, eligibility = judge(record)
        return Case(record, transcript, eligibility)

    def facts(self, case: Case, **frame: Any) -> dict[str, Any]:
        """With the hours."""
        return completion_facts(transcript=case.transcript, **frame)

    def award(self, facts: Mapping[str, Any]) -> credentials.Award:
        """The program and its hours."""
        return credentials.completion(facts)

    def sheet(self, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        """Hours by subject."""
        return documents.completion_sheet(facts)
