"""Reads what a consent opens, to whoever holds its link, and what the graduate sees of her consents."""

import base64
import hmac
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import Organisation
from certification.certificates import rules as certificate_rules
from certification.certificates.documents import hours_in
from certification.certificates.models import Certificate, CertificateDocument

from .. import rules
from ..models import PARTY_KINDS, Consent, Disclosure, Visibility
from ..wording import told_words
from .status import closed_on


@dataclass(frozen=True, slots=True)
class HourRow:
    """One line of hours by subject; `depth` is how far below a top subject it stands."""

    title: str
    hours: str
    depth: int


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """How many creditable hours stand on one kind of evidence."""

    grade: str
    hours: str


@dataclass(frozen=True, slots=True)
class Shared:
    """What a graduate's link opens: the certificate and, where the scope says so, its hours and its transcript."""

    consent: Consent
    certificate: Certificate
    has_transcript: bool = False
    """Whether there is one: only a certificate of completion has it, once its files are made."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """The frozen facts."""
        return self.certificate.facts

    @property
    def shows_hours(self) -> bool:
        """Whether the consent reaches the hours, and with them the certificate's own files, which print them."""
        return rules.reaches(self.consent.scope, rules.TOTALS)

    @property
    def shows_transcript(self) -> bool:
        """Whether the consent reaches the transcript."""
        return rules.reaches(self.consent.scope, rules.TRANSCRIPT)

    @property
    def lists_hours(self) -> bool:
        """Whether there are hours by subject to show: a certificate of achievement or of a course has none."""
        return self.shows_hours and "totals" in self.facts

    @property
    def unit(self) -> int:
        """Minutes that make one hour in the rules that judged."""
        return int(self.facts["rule_set"]["unit_minutes"])

    @property
    def school_closed_on(self) -> date | None:
        """The school's last day, once it is over."""
        return closed_on(self.certificate)

    @property
    def newer(self) -> Certificate | None:
        """The certificate that took its place, unless the graduate hides that one. One query where one did, else none."""
        newer: Certificate | None = getattr(self.certificate, "superseded_by", None)
        return None if newer is None or is_hidden(newer) else newer

    @property
    def total(self) -> str:
        """All counted hours."""
        return hours_in(self.facts["totals"]["total"]["counted"], self.unit)

    @property
    def creditable(self) -> str:
        """All creditable hours: what the evidence rows add up to."""
        return hours_in(self.facts["totals"]["total"]["creditable"], self.unit)

    @property
    def categories(self) -> list[HourRow]:
        """Counted hours by subject."""
        return list(self._rows(self.facts["totals"]["categories"], 0))

    def _rows(self, nodes: list[Mapping[str, Any]], depth: int) -> Iterator[HourRow]:
        for node in nodes:
            yield HourRow(node["title"], hours_in(node["counted"], self.unit), depth)
            yield from self._rows(node["children"], depth + 1)

    @property
    def evidence(self) -> list[EvidenceRow]:
        """Creditable hours by the kind of evidence, strongest first."""
        order = ("measured", "awarded", "co_signed", "transferred", "imported", "self_reported", "corrected")
        held = self.facts["totals"]["evidence"]
        return [EvidenceRow(grade, hours_in(held[grade], self.unit)) for grade in order if held.get(grade)]

    @property
    def started_on(self) -> date:
        """First day of the program."""
        return date.fromisoformat(self.facts["enrollment"]["started_on"])

    @property
    def last_day_on(self) -> date:
        """Last day of study."""
        return date.fromisoformat(self.facts["enrollment"]["last_day_on"])

    @property
    def test_on(self) -> date:
        """The day on which the test of a certificate of achievement was passed."""
        return date.fromisoformat(self.facts["test"]["on"])

    @property
    def completed_on(self) -> date:
        """The day of completion of a course of continuing education."""
        return date.fromisoformat(self.facts["education"]["completed_on"])

    @property
    def approvals(self) -> list[dict[str, str]]:
        """The approvals of a course of continuing education, with its contact hours."""
        return [
            {**one, "hours": hours_in(one["minutes"], self.facts["education"]["unit_minutes"])}
            for one in self.facts["education"]["approvals"]
        ]

    @property
    def facts_unchanged(self) -> bool:
        """Whether the frozen facts still have the fingerprint taken at issue."""
        return hmac.compare_digest(
            certificate_rules.sha256(self.certificate.data.encode()), self.certificate.data_sha256
        )

    @property
    def school_was_open(self) -> bool | None:
        """Whether the school was open on the day of issue, by what was on file then; None: no day was on file."""
        school = self.facts["school"]
        if school["opened_on"] is None and school["closed_on"] is None:
            return None
        day = self.certificate.issued_on.isoformat()
        return (school["opened_on"] or day) <= day <= (school["closed_on"] or day)


def shared(code: str, token: str) -> Shared | None:
    """What this token opens of this certificate today; None alike for unknown, ended, withdrawn. One query."""
    if not token:
        return None
    transcripts = CertificateDocument.objects.filter(
        certificate=OuterRef("certificate"), format=CertificateDocument.Format.TRANSCRIPT
    )
    consent = (
        Consent.objects.filter(token_hash=rules.token_hash(token), certificate__code=code)
        .select_related("certificate__school", "certificate__revocation", "certificate__superseded_by")
        .annotate(has_transcript=Exists(transcripts))
        .first()
    )
    if consent is None or state_of_consent(consent) != rules.OPEN:
        return None
    return Shared(consent, consent.certificate, consent.has_transcript)


def shared_with(organisation: Organisation, code: str) -> Shared | None:
    """What a graduate opened of this certificate to an organisation by name, today; None alike for unknown and not opened.

    Two queries at most.
    """
    consent = next(iter(open_consents_to(organisation, Certificate.objects.filter(code=code)).values()), None)
    if consent is None:
        return None
    transcripts = CertificateDocument.objects.filter(
        certificate=consent.certificate_id, format=CertificateDocument.Format.TRANSCRIPT
    )
    return Shared(consent, consent.certificate, transcripts.exists())


def open_consents_to(organisation: Organisation, certificates: Iterable[Certificate]) -> dict[int, Consent]:
    """What graduates opened to this organisation by name and is open today: certificate pk to consent. One query.

    Of several on one certificate the widest, and of those the one that opens longest. A link opens to whoever holds it,
    so none stands here. `certificates` are rows at hand (then no more than these are read) or a queryset of them.
    """
    rows = (
        Consent.objects.filter(party=organisation, withdrawn_at=None, certificate__in=certificates)
        # Days end at each school by its own clock: the last word is `state_of_consent`'s.
        .filter(until_on__gte=timezone.now().date() - timedelta(days=1))
        .select_related("party", "certificate__school", "certificate__revocation", "certificate__superseded_by")
    )
    found: dict[int, Consent] = {}
    for consent in rows:
        held = found.get(consent.certificate_id)
        if state_of_consent(consent) == rules.OPEN and (held is None or _extent(consent) > _extent(held)):
            found[consent.certificate_id] = consent
    return found


def _extent(consent: Consent) -> tuple[int, date, int]:
    return rules.width(consent.scope), consent.until_on, consent.pk


def state_of_consent(consent: Consent) -> str:
    """open, ended or withdrawn, today at the school. No query when certificate and school are loaded."""
    return rules.consent_state(
        until_on=consent.until_on, withdrawn_at=consent.withdrawn_at, today=consent.certificate.today()
    )


def token_of(consent: Consent) -> str:
    """The secret of a consent's link, 256 bits, worked out anew from the installation's key; kept nowhere.

    So the graduate can copy her link again, and a stolen database opens nothing. Empty when the key was changed since:
    the link out there still opens, but can no longer be shown. Empty too where the consent is a named party's.
    """
    if consent.token_hash is None:
        return ""
    token = derived_token(str(consent.uuid))
    return token if hmac.compare_digest(rules.token_hash(token), consent.token_hash) else ""


def derived_token(consent_uuid: str) -> str:
    """The token that a consent of this id gets."""
    digest = salted_hmac("palmar.verification.consent", consent_uuid, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def consents_of(certificate: Certificate) -> QuerySet[Consent]:
    """All links of a certificate, newest first, each with how often and when last it was opened. One query."""
    return (
        certificate.consents.select_related("certificate__school")
        .annotate(looks=Count("disclosures"), last_look_at=Max("disclosures__at"))
        .order_by("-granted_at", "-pk")
    )


@dataclass(frozen=True, slots=True)
class Look:
    """One look as the graduate reads it. `who` is the party by its name then; empty: whoever held the link that was
    made for `link_for`."""

    at: datetime
    who: str
    link_for: str
    purpose: str
    face: str
    told: list[str]


def looks_of(certificate: Certificate) -> QuerySet[Disclosure]:
    """Every look at a certificate under any consent of hers, newest first, the withdrawn ones too. One query."""
    rows = Disclosure.objects.filter(consent__certificate=certificate)
    return rows.select_related("consent").order_by("-at", "-pk")


def as_look(row: Disclosure) -> Look:
    """A look in words. No query when its consent is loaded."""
    consent = row.consent
    # What her school handed over reached whom she named; a link only says for whom it was made.
    who = row.who or (consent.recipient if row.face == Disclosure.Face.SCHOOL else "")
    return Look(
        at=row.at,
        who=who,
        link_for="" if who else consent.recipient,
        purpose=row.purpose or consent.purpose,
        face=str(row.get_face_display()),
        told=told_words(row.told),
    )


PARTIES_SHOWN = 200


def parties_known() -> list[str]:
    """Names of verifiers and boards on file that are open, by name, for suggestions; organisations, no people. One query."""
    kinds = (Organisation.Kind.VERIFIER, Organisation.Kind.BOARD)
    rows = _open_parties().filter(kind__in=kinds).order_by("name", "pk")
    return list(rows.values_list("name", flat=True)[:PARTIES_SHOWN])


def boards_known() -> list[str]:
    """Names of the boards on file that are open, by name, for suggestions. One query."""
    rows = _open_parties().filter(kind=Organisation.Kind.BOARD).order_by("name", "pk")
    return list(rows.values_list("name", flat=True)[:PARTIES_SHOWN])


def parties_named(typed: str) -> list[Organisation]:
    """The organisations that somebody means who typed this: of this very name or code, in any case. One query."""
    typed = " ".join(typed.split())
    return list(_open_parties().filter(Q(name__iexact=typed) | Q(slug__iexact=typed)).order_by("name", "pk"))


def _open_parties() -> QuerySet[Organisation]:
    still = Q(closed_on=None) | Q(closed_on__gte=timezone.now().date())
    return Organisation.objects.filter(still, kind__in=PARTY_KINDS)


def told_of(certificate: Certificate) -> list[Consent]:
    """The consents under which somebody has looked at a certificate, with how often and when last. One query."""
    looked = Disclosure.objects.filter(consent=OuterRef("pk"))
    return list(consents_of(certificate).filter(Exists(looked)))


def is_hidden(certificate: Certificate) -> bool:
    """Whether the graduate hides the code. One query."""
    return bool(
        Visibility.objects.filter(certificate=certificate).order_by("-pk").values_list("hidden", flat=True).first()
    )
