"""Reads what is prepared and signed together: who was chosen, what each lacks, how far a batch is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import Organisation, User
from certification.records.models import TrainingRecord

from .. import rules
from ..models import Certificate, CertificateDocument, CertificateProposal, IssueBatch, IssueBatchRow, Kind
from .groups import groups_of
from .readiness import judge, ready_candidates

MOST_TOGETHER = 1_000
"""A batch has at most so many records."""

LEFT_LYING = timedelta(minutes=2)
"""A batch on which nothing moved for so long is taken up by the tick."""

Outcome = IssueBatchRow.Outcome


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody chose to prepare together; records of one school, in the order of the list."""

    school: Organisation
    name: str
    record_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """One chosen record as it stands now. `state`: ready, lacks, prepared, issued or revoked.

    `gap` is the first condition missing; `by` is who prepared it; `code` its certificate's.
    """

    record: TrainingRecord
    state: str
    eligibility: rules.Eligibility
    unit_minutes: int
    by: User | None = None
    code: str = ""

    @property
    def gap(self) -> rules.Condition | None:
        """The first condition that is missing."""
        return self.eligibility.missing[0] if self.eligibility.missing else None


def choice_of(
    schools: Collection[Organisation], *, group: UUID | None, records: Sequence[UUID], ready: str
) -> Choice | None:
    """What a request chose: a group, records by their ids, or all that look ready at the school `ready` (its slug).

    None for what is not of these schools, or is empty. Records of several schools: those of the first one's. At most
    4 queries.
    """
    by_id = {school.pk: school for school in schools}
    if group:
        found = next((one for one in groups_of(by_id) if one.uuid == group), None)
        return Choice(by_id[found.school_id], found.name, found.record_ids) if found else None
    if records:
        places = {uuid: place for place, uuid in reversed(list(enumerate(records)))}
        rows = TrainingRecord.objects.filter(uuid__in=list(places)[:MOST_TOGETHER], school__in=by_id)
        pairs = sorted(rows.values_list("uuid", "pk", "school_id"), key=lambda row: places[row[0]])
        if not pairs:
            return None
        school_id = pairs[0][2]
        return Choice(by_id[school_id], "", tuple(pk for _uuid, pk, place in pairs if place == school_id))
    school = next((one for one in schools if one.slug == ready), None) if ready else None
    if school is None:
        return None
    pks = tuple(ready_candidates([school]).values_list("pk", flat=True)[:MOST_TOGETHER])
    return Choice(school, "", pks) if pks else None


def look_at(record_ids: Sequence[int]) -> list[Looked]:
    """Judge these records as they stand now, in this order; nothing is stored. 3 queries, and 4 a record."""
    rows = TrainingRecord.objects.select_related("school", "rule_set", "learner__user").in_bulk(record_ids)
    newest = Certificate.objects.filter(record__in=record_ids, kind=Kind.COMPLETION, superseded_by=None)
    codes, ended = {}, set()
    for record_id, code, revocation in newest.values_list("record", "code", "revocation"):
        codes[record_id] = code
        if revocation:
            ended.add(record_id)
    proposals = {
        proposal.record_id: proposal.proposed_by
        for proposal in CertificateProposal.objects.filter(
            record__in=record_ids, kind=Kind.COMPLETION, supersedes=None, withdrawn_at=None
        ).select_related("proposed_by")
    }
    listed = []
    for pk in record_ids:
        transcript, eligibility = judge(rows[pk])
        state = "ready" if eligibility.met else "lacks"
        if pk in proposals and eligibility.met:
            state = "prepared"
        if pk in codes:
            state = "revoked" if pk in ended else "issued"
        listed.append(
            Looked(
                rows[pk],
                state,
                eligibility,
                transcript.evaluation.unit_minutes,
                by=proposals.get(pk),
                code=codes.get(pk, ""),
            )
        )
    return listed


def batches_of(schools: Collection[Organisation]) -> QuerySet[IssueBatch]:
    """The batches of these schools, newest first, each with the counts that its progress needs. One query."""
    return (
        IssueBatch.objects.filter(school__in=schools)
        .select_related("school", "prepared_by", "signed_by")
        .annotate(**_counts())
        .order_by("-prepared_at", "-pk")
    )


def progress_of(batch: IssueBatch) -> rules.Progress:
    """How far a batch is. One query; none when it came from `batches_of`."""
    told = (
        {name: getattr(batch, name) for name in _counts()}
        if hasattr(batch, "n_chosen")
        else IssueBatch.objects.filter(pk=batch.pk).aggregate(**_counts())
    )
    return rules.Progress(
        **{name.removeprefix("n_"): count for name, count in told.items()},
        is_signed=batch.signed_at is not None,
        is_withdrawn=batch.withdrawn_at is not None,
    )


def _counts() -> dict[str, Count]:
    def rows(condition: Q) -> Count:
        return Count("rows", filter=condition)

    filed = Exists(CertificateDocument.objects.filter(certificate=OuterRef("rows__certificate")))
    return {
        "n_chosen": rows(Q(rows__outcome=Outcome.CHOSEN)),
        "n_prepared": rows(Q(rows__outcome=Outcome.PREPARED)),
        "n_issued": rows(Q(rows__outcome=Outcome.ISSUED)),
        "n_refused": rows(Q(rows__outcome=Outcome.REFUSED)),
        "n_left_out": rows(Q(rows__outcome=Outcome.WITHDRAWN)),
        "n_files": rows(Q(filed, rows__outcome=Outcome.ISSUED)),
    }


def rows_of_batch(batch: IssueBatch) -> QuerySet[IssueBatchRow]:
    """The rows of a batch with their people and codes, in order. One query."""
    return batch.rows.select_related(
        "record__learner__user", "record__school", "record__rule_set", "certificate", "proposal__proposed_by"
    ).order_by("number")


def pending_rows(batch: IssueBatch) -> QuerySet[IssueBatchRow]:
    """The rows with which the task queue has something to do now. No query yet."""
    open_now = {
        (False, False): (Outcome.CHOSEN,),
        (True, False): (Outcome.PREPARED,),
    }.get((batch.signed_at is not None, batch.withdrawn_at is not None), (Outcome.CHOSEN, Outcome.PREPARED))
    return batch.rows.filter(outcome__in=open_now).order_by("number")


def batches_left_lying(*, now: datetime) -> list[IssueBatch]:
    """Batches with work to do on which nothing moved for two minutes: nobody is at them. One query."""
    open_rows = IssueBatchRow.objects.filter(batch=OuterRef("pk"))
    unprepared, unissued = open_rows.filter(outcome=Outcome.CHOSEN), open_rows.filter(outcome=Outcome.PREPARED)
    ended = Q(withdrawn_at__isnull=False) | Q(signed_at__isnull=False)
    return list(
        IssueBatch.objects.filter(Exists(unprepared) | (ended & Exists(unissued)))
        .annotate(moved=Coalesce(Max("rows__moved_at"), "prepared_at"))
        .filter(moved__lt=now - LEFT_LYING)
        .exclude(prepared_at__gte=now - LEFT_LYING)
        .exclude(signed_at__gte=now - LEFT_LYING)
        .exclude(withdrawn_at__gte=now - LEFT_LYING)
        .order_by("pk")
    )
