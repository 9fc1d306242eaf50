"""Reads what the detectors look at, and the anomalies that they found."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from accounts.models import Organisation, User

from ..models import Anomaly, AnomalyDecision, HourEntry, HourLog, Learner, Posting, Source
from ..rules.anomalies import Line, Lost, Trimmed

UNDECIDED, WATCHED = Q(verdict=None), Q(verdict=AnomalyDecision.Verdict.WATCH)
KEYED = {"sessions": "session", "shifts": "shift"}
"""Lists of evidence whose uuids stand in the keys of postings."""
_COLUMNS = (
    *("uuid", "record_id", "record__uuid", "record__learner__uuid", "record__zone", "date", "minutes", "source"),
    *("evidence", "recorded_at", "spans"),
)


# ---------------------------------------------------------------- what is looked at


@dataclass(frozen=True, slots=True)
class Looked:
    """The standing lines of one school that its detectors look at."""

    fresh: tuple[Line, ...]
    """Written since."""
    days: tuple[Line, ...]
    """All lines of those learners on those days, fresh ones included."""
    weeks: tuple[Line, ...]
    """All lines of the school, classes aside, in the weeks of fresh ones."""
    shifts: tuple[Line, ...]
    """All shift lines of the records with fresh ones."""


def lines_to_look_at(log: HourLog, since: datetime) -> Looked:
    """What was written in a log since, and what must be seen beside it. Four queries; more where very much is new.

    New lines are read from the log's end backwards, so that the night after a quiet day reads little.
    """
    fresh: list[Line] = []
    records: dict[UUID, int] = {}
    for row in _standing(log).order_by("-position").values_list(*_COLUMNS).iterator(chunk_size=2000):
        line = _line(row)
        if line.recorded_at < since:
            break
        fresh.append(line)
        records[line.record] = row[1]
    if not fresh:
        return Looked((), (), (), ())
    learners = Learner.objects.filter(uuid__in={line.learner for line in fresh})
    days = {line.day for line in fresh}
    touched = {(line.learner, line.day) for line in fresh}
    on_those_days = _lines(_standing(log).filter(record__learner__in=learners, date__in=days))
    weeks = {day for line in fresh if line.source != Source.CLASS for day in _week(line.day)}
    shifting = {records[line.record] for line in fresh if line.source == Source.EXTERNSHIP}
    return Looked(
        tuple(fresh),
        tuple(line for line in on_those_days if (line.learner, line.day) in touched),
        tuple(_lines(_standing(log).filter(date__in=weeks).exclude(source=Source.CLASS))) if weeks else (),
        tuple(_lines(_standing(log).filter(record__in=shifting, source=Source.EXTERNSHIP))) if shifting else (),
    )


def trimmed_postings(school: Organisation, since: datetime) -> list[Trimmed]:
    """The postings of a school since that did not get all their time. At most two queries."""
    postings = list(
        Posting.objects.filter(record__school=school, posted_at__gte=since)
        .exclude(left_out=[])
        .select_related("record")
    )
    wanted = {UUID(one["entry"]) for posting in postings for one in posting.left_out}
    holders = {
        uuid: (key.partition(":")[0], day)
        for uuid, key, day in HourEntry.objects.filter(uuid__in=wanted).values_list(
            "uuid", "posting__source_key", "date"
        )
    }
    return [
        Trimmed(
            posting.uuid,
            posting.record.uuid,
            posting.source_key.partition(":")[0],
            tuple(
                Lost(UUID(one["entry"]), holders[UUID(one["entry"])][0], one["minutes"], holders[UUID(one["entry"])][1])
                for one in posting.left_out
            ),
        )
        for posting in postings
    ]


def _standing(log: HourLog) -> QuerySet[HourEntry]:
    return HourEntry.objects.filter(log=log, reverses=None, reversed_by=None)


def _lines(entries: QuerySet[HourEntry]) -> Iterator[Line]:
    return (_line(row) for row in entries.order_by().values_list(*_COLUMNS).iterator(chunk_size=2000))


def _line(row: tuple[object, ...]) -> Line:
    uuid, _pk, record, learner, zone, day, minutes, source, evidence, recorded_at, spans = row
    return Line(
        *(uuid, record, learner, zone, day, minutes, source, evidence, recorded_at),  # type: ignore[arg-type]
        tuple((datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in spans),  # type: ignore[attr-defined]
    )


def _week(day: date) -> list[date]:
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=number) for number in range(7)]


# ---------------------------------------------------------------- what was found


def anomalies_seen_by(user: User, schools: Collection[Organisation]) -> QuerySet[Anomaly]:
    """The anomalies of these schools, newest first, save those about the person's own hours; each with its standing
    `verdict` (None: undecided) and its records' people. Three queries when read.
    """
    newest = AnomalyDecision.objects.filter(anomaly=OuterRef("pk")).order_by("-at", "-pk").values("verdict")[:1]
    return (
        Anomaly.objects.filter(school__in=schools)
        .exclude(records__learner__user=user)
        .annotate(verdict=Subquery(newest))
        .select_related("school")
        .prefetch_related("records__learner__user")
        .order_by("-found_at", "-pk")
    )


def undecided(user: User, schools: Collection[Organisation]) -> QuerySet[Anomaly]:
    """Those of them that nobody has decided about. One query when counted."""
    return anomalies_seen_by(user, schools).filter(UNDECIDED)


def narrowed(anomalies: QuerySet[Anomaly], *, state: str, kind: str) -> QuerySet[Anomaly]:
    """Those that are open (undecided or watched) or decided, of one kind; what is neither word narrows nothing."""
    if state == "open":
        anomalies = anomalies.filter(UNDECIDED | WATCHED)
    elif state == "decided":
        anomalies = anomalies.exclude(UNDECIDED).exclude(WATCHED)
    return anomalies.filter(kind=kind) if kind in Anomaly.Kind.values else anomalies


def decisions_of(anomaly: Anomaly) -> list[AnomalyDecision]:
    """What people thought of an anomaly, newest first: the first stands. One query."""
    return list(anomaly.decisions.select_related("by").order_by("-at", "-pk"))


def is_about(user: User, anomaly: Anomaly) -> bool:
    """Whether an anomaly is about the person's own hours, also after her accounts were merged. One query."""
    mine = Learner.objects.filter(user=user)
    hers = Q(learner__in=mine) | Q(learner__merged__in=mine) | Q(learner__merged_into__in=mine)
    return anomaly.records.filter(hers).exists()


def lines_behind(anomaly: Anomaly) -> list[HourEntry]:
    """The lines that the evidence of an anomaly names, by their uuids or by what posted them, in the order of time.

    One query.
    """
    told = anomaly.evidence
    keys = [f"{word}:{uuid}" for name, word in KEYED.items() for uuid in _listed(told, name)]
    named = (
        Q(uuid__in=_listed(told, "entries"))
        | Q(posting__uuid__in=_listed(told, "postings"))
        | Q(posting__source_key__in=keys)
    )
    return list(
        HourEntry.objects.filter(named, record__anomalies=anomaly)
        .select_related("record__learner__user", "reversed_by")
        .order_by("date", F("starts_at").asc(nulls_last=True), "position")
    )


def _listed(told: dict[str, object], name: str) -> Iterable[str]:
    value = told.get(name, [])
    return value if isinstance(value, list) else []
