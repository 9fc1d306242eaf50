"""Reads what anyone may be told of a code."""

from dataclasses import dataclass
from datetime import date

from django.db.models import BooleanField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from certification.certificates import rules as certificate_rules
from certification.certificates.models import Certificate
from certification.certificates.selectors import read_code, with_state

from ..models import Visibility


@dataclass(frozen=True, slots=True)
class Status:
    """All that anyone may know of a code. `name` stands only where a name was asked: match or differs.

    `kind` is the code of what it is (completion, ce, achievement, letter), `kind_title` the same in words.
    """

    status: str
    kind: str | None = None
    kind_title: str = ""
    credential: str | None = None
    school: str | None = None
    issued_on: date | None = None
    revoked_on: date | None = None
    name: str | None = None
    expires_on: date | None = None
    school_closed_on: date | None = None
    custodian: str = ""
    custodian_contact: str = ""

    @property
    def is_miss(self) -> bool:
        """A guess that failed: what the limit counts."""
        return self.status == certificate_rules.UNKNOWN or self.name == "differs"


def status_of(code: str, name: str | None = None) -> Status:
    """What a code says to anyone; raises ValidationError for what is no code. One query, whatever the answer.

    A code that its graduate hides answers as one that never was: no row is read for it, so both take the same work. The
    holder's name is matched, never given: only the
    name that stands on this certificate, so no other name a person bore can be learned here.
    """
    hidden = Visibility.objects.filter(certificate=OuterRef("pk")).order_by("-pk").values("hidden")[:1]
    certificate = (
        with_state()
        .filter(code=read_code(code))
        .annotate(is_hidden=Coalesce(Subquery(hidden, output_field=BooleanField()), False))
        .filter(is_hidden=False)
        .first()
    )
    asked = name is not None and bool(name.strip())
    if certificate is None:
        return Status(certificate_rules.UNKNOWN, name="differs" if asked else None)
    return Status(
        status=certificate.state,
        kind=certificate.kind,
        kind_title=str(certificate.get_kind_display()),
        credential=certificate.title,
        school=certificate.school_name,
        issued_on=certificate.issued_on,
        revoked_on=certificate.revocation.revoked_on if certificate.is_revoked else None,
        name=_match(certificate, name) if asked and name is not None else None,
        expires_on=certificate.expires_on,
        school_closed_on=closed_on(certificate),
        custodian=certificate.school.custodian,
        custodian_contact=certificate.school.custodian_contact,
    )


def closed_on(certificate: Certificate) -> date | None:
    """The school's last day, once it has closed or that day is over; None while it is open.

    No query when the school and its closing are loaded, as `with_state` loads them.
    """
    closing = getattr(certificate.school, "closing", None)
    last = certificate.school.closed_on
    if closing is not None:
        return closing.closed_on
    return last if last is not None and last < certificate.today() else None


def _match(certificate: Certificate, name: str) -> str:
    spellings = [certificate.holder_name, certificate.facts["student"].get("latin", "")]
    return "match" if any(certificate_rules.same_name(held, name) for held in spellings if held) else "differs"
