"""Writes anomalies: rooms note what they found, once, and registrars keep what they decided about it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.selectors import has_role

from ..models import Anomaly, AnomalyDecision, AnomalyRecord, HourLog, TrainingRecord
from ..rules import anomalies as rules
from ..selectors import is_about, lines_to_look_at, trimmed_postings
from .corrections import DECIDING_ROLES


def note_anomaly(
    *,
    school: Organisation,
    kind: str,
    fingerprint: str,
    records: Sequence[UUID],
    first_on: date,
    last_on: date,
    evidence: rules.Evidence,
) -> Anomaly | None:
    """Keep one finding of a room; None where it is known already. Atomic; idempotent by school and fingerprint.

    `records` are the uuids of the records of this school that it is about. Raises ValueError for an unknown kind,
    evidence that holds anything but numbers and uuids, and records that are not the school's: faults of the room.
    """
    bad = rules.bad_evidence(evidence)
    if bad is not None:
        raise ValueError(f"evidence {bad!r} is neither a number nor a list of uuids")
    if kind not in Anomaly.Kind.values:
        raise ValueError(f"{kind!r} is no kind of anomaly")
    if Anomaly.objects.filter(school=school, fingerprint=fingerprint).exists():
        return None
    about = list(TrainingRecord.objects.filter(uuid__in=records, school=school).order_by("pk"))
    if not about or len(about) != len(set(records)):
        raise ValueError("an anomaly is about records of its school")
    try:
        with transaction.atomic():
            anomaly = Anomaly.objects.create(
                school=school,
                kind=kind,
                fingerprint=fingerprint,
                evidence=dict(evidence),
                first_on=first_on,
                last_on=last_on,
            )
            AnomalyRecord.objects.bulk_create(AnomalyRecord(anomaly=anomaly, record=record) for record in about)
    except IntegrityError:
        # Another process found the same since we looked.
        if Anomaly.objects.filter(school=school, fingerprint=fingerprint).exists():
            return None
        raise
    return anomaly


def note_findings(*, school: Organisation, findings: Iterable[rules.Finding]) -> int:
    """Keep findings of a room's detectors; how many were new."""
    new = 0
    for finding in findings:
        noted = note_anomaly(
            school=school,
            kind=finding.kind,
            fingerprint=finding.fingerprint,
            records=finding.records,
            first_on=finding.first_on,
            last_on=finding.last_on,
            evidence=finding.evidence,
        )
        new += noted is not None
    return new


def find_anomalies(since: datetime) -> int:
    """Look at all that was posted since in every school's ledger; how many anomalies are new. Safe at any time."""
    new = 0
    for log in HourLog.objects.select_related("school").order_by("pk"):
        looked = lines_to_look_at(log, since)
        findings = [
            *rules.overlaps(trimmed_postings(log.school, since)),
            *rules.identical(looked.weeks),
            *rules.bursts(looked.fresh),
            *rules.long_days(looked.days),
            *rules.back_dated(looked.fresh),
            *rules.round_numbers(looked.shifts),
        ]
        new += note_findings(school=log.school, findings=findings)
    return new


def decide_anomaly(*, uuid: UUID, anomaly: Anomaly, verdict: str, words: str, by: User) -> AnomalyDecision:
    """Keep what a registrar thinks of an anomaly; it stands until a newer one. Atomic; idempotent by `uuid`.

    Changes no hour. Refuses (ValidationError) who does not decide for the school, whose own hours it is about, no
    verdict and no words.
    """
    sent = AnomalyDecision.objects.filter(uuid=uuid, by=by, anomaly=anomaly).first()
    if sent:
        return sent
    words = words.strip()
    if is_about(by, anomaly):
        raise ValidationError(_("These are your own hours: somebody else decides."), code="own")
    if not has_role(by, anomaly.school_id, *DECIDING_ROLES):
        raise ValidationError(_("Only a registrar or administrator of the school decides."), code="no_right")
    if verdict not in AnomalyDecision.Verdict.values:
        raise ValidationError({"verdict": _("Choose what you found.")})
    if not words:
        raise ValidationError({"words": _("Write what you looked at and whom you asked: the next person reads this.")})
    try:
        with transaction.atomic():
            return AnomalyDecision.objects.create(
                uuid=uuid, anomaly=anomaly, verdict=verdict, words=words, by=by, at=timezone.now()
            )
    except IntegrityError:
        again = AnomalyDecision.objects.filter(uuid=uuid, by=by, anomaly=anomaly).first()
        if again:
            return again
        raise
