"""What every kind of certificate answers, and what most answer alike."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from accounts.models import User
from certification.records.models import TrainingRecord
from certification.records.rules import last_day_of_term
from certification.records.selectors import Transcript, standing_holds, transcript_for

from .. import credentials, documents, rules
from ..models import Certificate, CertificateDocument, Kind
from ..selectors import holder_of, latin_of, shared_facts

Format = CertificateDocument.Format


@dataclass(frozen=True, slots=True)
class Case:
    """A record as one kind judges it; `about` is what the kind found besides the hours."""

    record: TrainingRecord
    transcript: Transcript
    eligibility: rules.Eligibility
    subject: str = ""
    about: Any = None


class CertificateKind(ABC):
    """One kind: when a record may get it, what is frozen, which files it has, and how they look and speak."""

    kind: ClassVar[Kind]
    formats: ClassVar[tuple[Format, ...]]
    """In the order in which people look for them."""
    template: ClassVar[str]
    renews: ClassVar[bool] = False
    """Whether each new one replaces the last on the record."""

    @abstractmethod
    def judge(self, record: TrainingRecord, subject: str = "") -> Case:
        """Every condition as met or missing. Reads records and rules only."""

    def subjects(self, record: TrainingRecord) -> Sequence[tuple[str, str]]:
        """What a record may get several of this kind for: code and title. Empty: it gets one."""
        return ()

    def title(self, case: Case) -> str:
        """What it is about."""
        return case.record.program_title

    def expires_on(self, record: TrainingRecord, issued_on: date) -> date | None:
        """The last day on which it holds; None: for good. As the program's term says."""
        return last_day_of_term(record.certificate_term, issued_on)

    def refusal_of_hands(self, case: Case, proposer: User, signer: User) -> str:
        """A sentence that refuses these two people, beyond what is asked of all who sign; empty where they may."""
        return ""

    def facts(self, case: Case, **frame: Any) -> dict[str, Any]:
        """The facts that are frozen; `frame` as `shared_facts` takes it."""
        return shared_facts(transcript=case.transcript, **frame)

    def differs(self, certificate: Certificate, case: Case) -> list[rules.Difference]:
        """What the record says today that a certificate of this kind does not. For a record that is ready."""
        today = self.facts(
            case,
            kind=certificate.kind,
            title=self.title(case),
            holder_name=holder_of(case.record),
            code=certificate.code,
            signers=(),
            issued_at="",
            issued_on=certificate.issued_on,
            expires_on=certificate.expires_on,
            log_head=(certificate.log_size, certificate.log_root),
            latin_name=latin_of(case.record),
        )
        return rules.differences(certificate.facts, today)

    @abstractmethod
    def award(self, facts: Mapping[str, Any]) -> credentials.Award:
        """What it says in a credential."""

    @abstractmethod
    def sheet(self, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        """What its template sets, from the frozen facts alone."""

    def pdf(self, facts: Mapping[str, Any], credential: str = "") -> bytes:
        """The document; raises CannotDrawError for signs that no font of ours has."""
        return documents.draw(self.template, self.sheet, facts, credential=credential)


def hold_rows(record: TrainingRecord) -> list[rules.Condition]:
    """The holds that stand on a record as conditions that are not met; without any, one that is. One query."""
    return rules.hold_conditions(list(standing_holds([record])))


def case_of(
    record: TrainingRecord, rows: Sequence[rules.Condition] = (), *, subject: str = "", about: Any = None
) -> Case:
    """A case of these conditions and of what is asked of everybody: a name that can be printed, and no hold."""
    name = holder_of(record)
    signs = documents.undrawable(name)
    asked = (*rows, rules.Condition("name", signs, name, bool(name) and not signs), *hold_rows(record))
    return Case(record, transcript_for(record), rules.Eligibility(asked), subject, about)
