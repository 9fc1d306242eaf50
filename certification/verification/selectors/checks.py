"""Reads what organisations ask about, and what they asked and were told."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Max, Min, OuterRef, QuerySet, Subquery, Sum, TextField
from django.db.models.functions import Cast

from accounts.models import Organisation
from certification.certificates.models import Certificate, Kind
from certification.certificates.rules import UNKNOWN
from certification.certificates.selectors import with_state

from .. import probing, rules
from ..models import Check, CheckedItem, Consent, ProbingAlert, Receipt, Visibility
from ..transcripts import canonical_transcript
from ..verdicts import Held, is_shown, stated_minutes
from .consents import open_consents_to
from .status import closed_on

AT_ONCE = 2500
"""Codes looked up by one query: SQLite as it is built binds ten times as many."""


@dataclass(frozen=True, slots=True)
class Found:
    """A code that exists: its certificate, what of it may be judged, and the consent that reached it, if one did."""

    certificate: Certificate
    held: Held
    consent: Consent | None


def found_for(organisation: Organisation, codes: Iterable[str]) -> dict[str, Found]:
    """What the register holds of these (shown) codes, and what their graduates let this organisation know.

    Three queries for each `AT_ONCE` codes. Of a code that is hidden from the organisation no facts are read, so it takes
    the time of one that never was.
    """
    found: dict[str, Found] = {}
    hidden = Visibility.objects.filter(certificate=OuterRef("pk")).order_by("-pk").values("hidden")[:1]
    wanted = sorted(set(codes))
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        rows = (
            with_state()
            .filter(code__in=some)
            .select_related("record")
            .annotate(is_hidden=Subquery(hidden, output_field=BooleanField()))
        )
        certificates = list(rows)
        # Asked whether or not a code was found, so that time tells nothing.
        consents = open_consents_to(organisation, Certificate.objects.filter(code__in=some))
        shown = [one.pk for one in certificates if is_shown(hidden=bool(one.is_hidden), consented=one.pk in consents)]
        facts = {one.pk: one for one in Certificate.objects.filter(pk__in=shown).only("pk", "data", "evaluation")}
        for one in certificates:
            found[one.code] = Found(one, _held(one, consents.get(one.pk), facts.get(one.pk)), consents.get(one.pk))
    return found


def _held(certificate: Any, consent: Consent | None, facts: Certificate | None) -> Held:
    if facts is None:
        return Held(UNKNOWN, (), {}, "", hidden=True)
    totals = consent is not None and rules.reaches(consent.scope, rules.TOTALS)
    return Held(
        state=certificate.state,
        names=(certificate.holder_name, facts.facts["student"].get("latin", "")),
        minutes=stated_minutes(facts.facts, json.loads(facts.evaluation)) if totals else {},
        record=str(certificate.record.uuid),
        hidden=bool(certificate.is_hidden),
        consented=consent is not None,
        shows_totals=totals,
        shows_record=consent is not None and rules.reaches(consent.scope, rules.TRANSCRIPT),
    )


def check_by_request(organisation: Organisation, request_key: str) -> Check | None:
    """The check that this request made before. One query."""
    return Check.objects.filter(organisation=organisation, request_key=request_key).first()


def lines_of(check: Check) -> list[CheckedItem]:
    """The lines of a check in their order, with what an answer says of each certificate. One query."""
    return list(lines_with(check))


def lines_with(check: Check, kind: str = "") -> QuerySet[CheckedItem]:
    """As `lines_of`, of one kind as `sums_of` counts them (empty: all). One query when read."""
    rows = CheckedItem.objects.filter(check_of=check)
    if kind == "name":
        rows = rows.filter(name="differs").exclude(status=UNKNOWN)
    elif kind == "claims":  # either database writes JSON so
        rows = rows.annotate(told_text=Cast("told", TextField())).filter(told_text__contains=': "differs"')
    elif kind == "letter":
        rows = rows.filter(certificate__kind=Kind.LETTER).exclude(status=UNKNOWN)
    elif kind:
        rows = rows.filter(status=kind)
    rows = rows.select_related("certificate__record").order_by("position")
    return rows.defer("certificate__data", "certificate__evaluation")


def asked_and_told(line: CheckedItem) -> dict[str, dict[str, Any]]:
    """One line as a receipt holds it. No query where the certificate and its record are loaded."""
    asked: dict[str, Any] = {"code": line.code}
    if line.name_sha256:
        asked["name_sha256"] = line.name_sha256
    if line.claims:
        asked["claims"] = line.claims
    return {"asked": asked, "told": told_of_line(line)}


def told_of_line(line: CheckedItem) -> dict[str, Any]:
    """What was told of one line: state, name and claims; kind, title, school and day as anyone may know them."""
    shown = line.certificate if line.status != UNKNOWN else None
    told: dict[str, Any] = {"status": line.status}
    if line.name:
        told["name"] = line.name
    told["claims"] = dict(sorted(line.told.items()))  # PostgreSQL keeps keys in an order of its own
    told["kind"] = shown.kind if shown else None
    told["credential"] = shown.title if shown else None
    told["school"] = shown.school_name if shown else None
    told["issued_on"] = shown.issued_on.isoformat() if shown else None
    if line.told_record and shown:
        told["record"] = str(shown.record.uuid)
    return told


def receipt_of(check: Check) -> Receipt:
    """The newest receipt of a check, with its key. One query."""
    return check.receipts.select_related("key").order_by("-version")[0]


def checks_by(organisation: Organisation) -> QuerySet[Check]:
    """What an organisation asked, newest first. One query when read."""
    return Check.objects.filter(organisation=organisation).select_related("by", "key").order_by("-asked_at", "-pk")


def checks_of(certificate: Certificate) -> QuerySet[CheckedItem]:
    """Who asked about a certificate, when, and what they were told, newest first; for its graduate. One query when read.

    A check that named the code many times stands here once for each state and answer to a name, so that nobody's list
    hides another's.
    """
    mine = CheckedItem.objects.filter(certificate=certificate)
    firsts = mine.order_by().values("check_of", "status", "name").annotate(first=Min("pk")).values("first")
    rows = CheckedItem.objects.filter(pk__in=firsts).select_related("check_of__organisation")
    return rows.order_by("-check_of__asked_at", "-pk")


def organisations_told(certificate: Certificate) -> list[tuple[str, datetime]]:
    """The organisations that were told of a certificate by a check, each by its name and when last. One query."""
    told = CheckedItem.objects.filter(certificate=certificate).exclude(status=UNKNOWN)
    by_name = told.order_by().values("check_of__organisation__name").annotate(last_at=Max("check_of__asked_at"))
    return [(row["check_of__organisation__name"], row["last_at"]) for row in by_name.order_by("-last_at")]


def sums_of(check: Check) -> dict[str, int]:
    """How many lines of a check got each state, how many a name or a claim that differs, and how many are letters of
    hours. One query.
    """
    rows = CheckedItem.objects.filter(check_of=check).order_by()
    sums: dict[str, int] = {}
    for status, name, told, of in rows.values_list("status", "name", "told", "certificate__kind").iterator():
        sums[status] = sums.get(status, 0) + 1
        noted = (
            ("name", name == "differs" and status != UNKNOWN),
            ("claims", "differs" in told.values()),
            ("letter", of == Kind.LETTER and status != UNKNOWN),
        )
        for kind, found in noted:
            sums[kind] = sums.get(kind, 0) + bool(found)
    return sums


def slowed_until(organisation: Organisation, now: datetime) -> datetime | None:
    """Until when this organisation gets no answers, since it guessed; None while it may ask. One query."""
    rows = ProbingAlert.objects.filter(organisation=organisation, until__gt=now).order_by("-until")
    return rows.values_list("until", flat=True).first()


def asked_lately(organisation: Organisation, now: datetime) -> tuple[datetime, int, int]:
    """Since when, how many lines and how many misses count against an organisation. Two queries.

    Not further back than `probing.WINDOW`, nor than the last alert: what it was slowed for is paid.
    """
    last = ProbingAlert.objects.filter(organisation=organisation).order_by("-at").values_list("at", flat=True).first()
    since = max(now - probing.WINDOW, last) if last else now - probing.WINDOW
    rows = Check.objects.filter(organisation=organisation, asked_at__gt=since)
    sums = rows.aggregate(items=Sum("items"), misses=Sum("misses"))
    return since, sums["items"] or 0, sums["misses"] or 0


def alerts() -> QuerySet[ProbingAlert]:
    """Who guessed, newest first, for whoever runs the platform. One query when read."""
    return ProbingAlert.objects.select_related("organisation").order_by("-at", "-pk")


def schools_guessed_at(organisation: Organisation, since: datetime) -> list[Organisation]:
    """The schools whose certificates are among an organisation's misses since then. One query."""
    missed = CheckedItem.objects.filter(
        check_of__organisation=organisation, check_of__asked_at__gt=since, certificate__isnull=False
    )
    missed = missed.filter(status=UNKNOWN) | missed.filter(name="differs")
    return list(Organisation.objects.filter(pk__in=missed.values("certificate__school")).order_by("pk"))


@dataclass(frozen=True, slots=True)
class OpenedTranscript:
    """A canonical transcript, and the consent that opened it."""

    consent: Consent
    certificate: Certificate
    body: dict[str, Any]


def opened_transcript(organisation: Organisation, record: UUID) -> OpenedTranscript | None:
    """The transcript of a record that its graduate opened to this organisation; None alike for none and not opened.

    Of several certificates on the record the newest that is opened. Three queries at most.
    """
    certificates = list(with_state().filter(record__uuid=record).order_by("-issued_at", "-pk"))
    consents = open_consents_to(organisation, certificates)
    for one in certificates:
        consent = consents.get(one.pk)
        if consent is None or not rules.reaches(consent.scope, rules.TRANSCRIPT):
            continue
        frozen = Certificate.objects.only("pk", "data", "evaluation").get(pk=one.pk)
        closed = closed_on(one)
        custodian = {"name": one.school.custodian, "contact": one.school.custodian_contact}
        body = canonical_transcript(
            frozen.facts,
            json.loads(frozen.evaluation),
            status=one.state,
            school_closed_on=_day(closed),
            custodian=custodian,
        )
        return OpenedTranscript(consent, one, body)
    return None


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None
