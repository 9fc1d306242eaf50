"""Reads what anyone may be told of a code."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.prepared import Prepared
from certification.certificates import rules as certificate_rules
from certification.certificates.models import Certificate, Kind
from certification.certificates.selectors import read_code

from .. import rules
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
    def is_unknown(self) -> bool:
        """Whether nothing can be told: never issued, hidden, or no code of ours."""
        return self.status == certificate_rules.UNKNOWN

    @property
    def is_miss(self) -> bool:
        """A guess that failed: what the limit counts."""
        return self.is_unknown or self.name == "differs"


_FACTS = (
    "kind", "title", "school_name", "holder_name", "issued_on", "expires_on", "superseded_by", "revocation__revoked_on",
    "school__zone", "school__closed_on", "school__closing__closed_on", "school__custodian",
    "school__custodian_contact",
)  # fmt: skip


def _shown_by(code: str) -> QuerySet[Certificate, Any]:
    hidden = Visibility.objects.filter(certificate=OuterRef("pk")).order_by("-pk").values("hidden")[:1]
    shown = Certificate.objects.filter(code=code).annotate(
        is_hidden=Coalesce(Subquery(hidden, output_field=BooleanField()), False)
    )
    return shown.filter(is_hidden=False).values_list(*_FACTS)


_shown = Prepared(_shown_by, code=str)


def status_of(code: str, name: str | None = None) -> Status:
    """What a code says to anyone; raises ValidationError for what is no code. One query; two where a name is compared
    with that of a certificate.

    A code that its graduate hides answers as one that never was: no row is read for it, so both take the same work. The
    holder's name is matched, never given: only the name that stands on this certificate, so no other name a person bore
    can be learned here.
    """
    code = read_code(code)
    asked = name is not None and bool(name.strip())
    rows = _shown(code=code)
    if not rows:
        return Status(certificate_rules.UNKNOWN, name="differs" if asked else None)
    row = dict(zip(_FACTS, rows[0], strict=True))
    today = timezone.now().astimezone(ZoneInfo(row["school__zone"])).date()
    return Status(
        status=certificate_rules.state_of(
            revoked=row["revocation__revoked_on"] is not None,
            superseded=row["superseded_by"] is not None,
            expires_on=row["expires_on"],
            today=today,
        ),
        kind=row["kind"],
        kind_title=str(Kind(row["kind"]).label),
        credential=row["title"],
        school=row["school_name"],
        issued_on=row["issued_on"],
        revoked_on=row["revocation__revoked_on"],
        name=_match(code, row["holder_name"], name) if asked and name is not None else None,
        expires_on=row["expires_on"],
        school_closed_on=rules.closed_on(
            closed=row["school__closing__closed_on"], last_day=row["school__closed_on"], today=today
        ),
        custodian=row["school__custodian"],
        custodian_contact=row["school__custodian_contact"],
    )


def closed_on(certificate: Certificate) -> date | None:
    """The school's last day, once it has closed or that day is over; None while it is open.

    No query when the school and its closing are loaded, as `with_state` loads them.
    """
    closing = getattr(certificate.school, "closing", None)
    return rules.closed_on(
        closed=closing.closed_on if closing is not None else None,
        last_day=certificate.school.closed_on,
        today=certificate.today(),
    )


def _match(code: str, holder: str, name: str) -> str:
    spellings = [holder, Certificate.objects.only("data").get(code=code).facts["student"].get("latin", "")]
    return "match" if any(certificate_rules.same_name(held, name) for held in spellings if held) else "differs"
