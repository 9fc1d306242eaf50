"""Looks for two learners who study at once on one device, by a keyed hash that is forgotten."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.utils.crypto import salted_hmac

from certification.records.services import Finding, note_findings

from .. import rules
from ..models import ORIGIN_LIFE, StudySession
from .beats import instant


def origin_of(address: str | None, browser: str) -> str | None:
    """What visits are compared by: whoever reads the database alone cannot tell the address from it."""
    if address is None:
        return None
    return salted_hmac("study.origin", f"{address}\n{browser}", algorithm="sha256").hexdigest()


def find_anomalies(since: datetime) -> int:
    """Look for two learners of one school who studied at once from one origin; how many such days are new.

    One query and those of noting, by the index of visits with an origin. Safe at any time.
    """
    recent = StudySession.objects.filter(opened_ms__gte=int(since.timestamp() * 1000), origin_hash__isnull=False)
    by_origin = recent.order_by().values("origin_hash").annotate(learners=Count("learner", distinct=True))
    shared = by_origin.filter(learners__gt=1, learners__lt=rules.ROOM).values("origin_hash")
    rows = recent.filter(origin_hash__in=shared).select_related("learner", "record__school").order_by("opened_ms", "pk")
    visits = {row.uuid: row for row in rows}
    schools = {row.record.school_id: row.record.school for row in visits.values()}
    new = 0
    for school in schools.values():
        here = [row for row in visits.values() if row.record.school_id == school.pk]
        pairs = rules.at_once(
            rules.Sitting(row.uuid, row.learner.uuid, row.origin_hash or "", row.measured()) for row in here
        )
        new += note_findings(
            school=school, findings=[_one_device(visits[one.session], visits[other.session]) for one, other in pairs]
        )
    return new


def _one_device(one: StudySession, other: StudySession) -> Finding:
    """One question for two learners and the day of the later visit; the first pair of visits of that day is kept."""
    days = [instant(row.opened_ms).astimezone(ZoneInfo(row.record.zone)).date() for row in (one, other)]
    learners = sorted(str(row.learner.uuid) for row in (one, other))
    return Finding(
        "one_device",
        (*learners, max(days).isoformat()),
        (one.record.uuid, other.record.uuid),
        min(days),
        max(days),
        {"sessions": sorted([str(one.uuid), str(other.uuid)])},
    )


def forget_origins(*, now: datetime) -> int:
    """Wipe the origin of visits older than ORIGIN_LIFE; of how many. Idempotent."""
    before = int((now - ORIGIN_LIFE).timestamp() * 1000)
    return StudySession.objects.filter(opened_ms__lt=before, origin_hash__isnull=False).update(origin_hash=None)
