"""Tells what this room keeps of a record as plain values, for the exports of a record and of a school (docs/export.md)."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q

from accounts.models import Organisation
from certification.records.models import TrainingRecord

from .. import rules
from ..models import CheckOff, LearningGoal, Placement, PlacementStep, Practical, Shift, SignOff
from .competencies import competency_rows_told
from .practical import practicals_told

PLACEMENTS_FORM = "palmar-placements/1"


def placements_told(record: TrainingRecord, whole: bool) -> dict[str, Any] | None:
    """The placements of a record with their shifts, measures and decisions, oldest first; None where there is none.

    `whole` is the school's copy: what was never sent is the learner's alone, and not in it; of a shift that is a draft
    again only what was decided about it is told. Seven queries.
    """
    decisions = SignOff.objects.select_related("receipt", "scan", "row").order_by("version", "pk")
    shifts = Shift.objects.select_related("supervisor", "clock", "amends").order_by("starts_at", "pk")
    if whole:
        decided = Exists(SignOff.objects.filter(shift=OuterRef("pk")))
        shifts = shifts.filter(decided | Q(sent_at__isnull=False) & ~Q(state=Shift.State.DRAFT))
    rows = (
        Placement.objects.filter(record=record)
        .select_related("site__organisation")
        .prefetch_related(
            Prefetch("supervisors"),
            Prefetch("steps", PlacementStep.objects.select_related("by").order_by("at", "pk")),
            Prefetch(
                "goals", LearningGoal.objects.select_related("reached_by", "reached_by_supervisor").order_by("pk")
            ),
            Prefetch("shifts", shifts.prefetch_related(Prefetch("decisions", decisions)), to_attr="told"),
        )
        .order_by("starts_on", "pk")
    )
    placements = [_placement(one, whole) for one in rows]
    return {"form": PLACEMENTS_FORM, "placements": placements} if placements else None


def _placement(one: Placement, whole: bool) -> dict[str, Any]:
    return {
        "uuid": str(one.uuid),
        "site": str(one.site),
        "address": one.site.organisation.address,
        "zone": one.site.zone,
        "state": one.state,
        "starts_on": one.starts_on.isoformat(),
        "ends_on": one.ends_on.isoformat(),
        "ended_on": one.ended_on.isoformat() if one.ended_on else None,
        "required_minutes": one.required_minutes,
        "required_by_kind": one.required_by_kind,
        "before_clients": one.before_clients,
        "supervisors": sorted(person.name for person in one.supervisors.all()),
        "steps": [
            {
                "what": step.what,
                "at": rules.written_instant(step.at),
                "by": step.by.get_full_name() if step.by else None,
                "words": step.words,
            }
            for step in one.steps.all()
        ],
        "goals": [
            {
                "words": goal.words,
                "added_at": rules.written_instant(goal.added_at),
                "reached_at": rules.written_instant(goal.reached_at) if goal.reached_at else None,
                "reached_by": _who_ticked(goal),
            }
            for goal in one.goals.all()
        ],
        "shifts": [
            _draft_again(shift) if whole and shift.state == Shift.State.DRAFT else _shift(shift)
            for shift in one.told  # type: ignore[attr-defined]
        ],
    }


def _who_ticked(goal: LearningGoal) -> str | None:
    if goal.reached_by_supervisor:
        return goal.reached_by_supervisor.name
    return goal.reached_by.get_full_name() if goal.reached_by else None


def _shift(shift: Shift) -> dict[str, Any]:
    return {
        "uuid": str(shift.uuid),
        "version": shift.version,
        "state": shift.state,
        "supervisor": shift.supervisor.name,
        "kind": shift.kind,
        "starts_at": rules.written_instant(shift.starts_at),
        "ends_at": rules.written_instant(shift.ends_at),
        "break_minutes": shift.break_minutes,
        "minutes": shift.minutes,
        "entered": shift.entered,
        "clock": _clock(shift),
        "client_code": shift.client_code,
        "techniques": shift.techniques,
        "regions": shift.regions,
        "complaint": shift.complaint,
        "screen": shift.screen,
        "measures": shift.measures,
        "statement": shift.statement,
        "reflection": shift.reflection,
        "amends": str(shift.amends.uuid) if shift.amends else None,
        "amend_reason": shift.amend_reason,
        "sent_at": rules.written_instant(shift.sent_at) if shift.sent_at else None,
        "decisions": [_decision(done) for done in shift.decisions.all()],
    }


def _draft_again(shift: Shift) -> dict[str, Any]:
    """A shift that she writes anew: what she writes is hers until she sends it, what was decided stands."""
    return {
        "uuid": str(shift.uuid),
        "version": shift.version,
        "state": shift.state,
        "decisions": [_decision(done) for done in shift.decisions.all()],
    }


def _clock(shift: Shift) -> dict[str, Any] | None:
    """What was measured; of positions the whole meters to the site, where she gave any."""
    clock = shift.clock
    if clock is None:
        return None
    return {
        "from": rules.written_instant(shift.clocked_from) if shift.clocked_from else None,
        "to": rules.written_instant(shift.clocked_to) if shift.clocked_to else None,
        "break_minutes": shift.clocked_break,
        "metres": [clock.started_metres, clock.ended_metres],
        "accuracy": [clock.started_accuracy, clock.ended_accuracy],
        "away": list(clock.away),
    }


def _decision(done: SignOff) -> dict[str, Any]:
    proposes = done.proposed_starts_at is not None and done.proposed_ends_at is not None
    return {
        "uuid": str(done.uuid),
        "version": done.version,
        "decision": done.decision,
        "at": rules.written_instant(done.decided_at),
        "signer": done.typed_name,
        "licence": done.licence,
        "statement": done.statement,
        "words": done.words,
        "shown": done.row.shown or None,
        "digest": done.digest,
        "second_factor": done.second_factor,
        "minutes": done.posted_minutes,
        "left_out_minutes": done.left_out_minutes,
        "via": done.via,
        "receipt": done.receipt.code if done.receipt else None,
        "scan_sha256": done.scan.attachment_sha256 if done.scan else None,
        "proposed": {
            "starts_at": rules.written_instant(done.proposed_starts_at),
            "ends_at": rules.written_instant(done.proposed_ends_at),
            "break_minutes": done.proposed_break_minutes,
        }
        if proposes and done.proposed_starts_at and done.proposed_ends_at
        else None,
    }


def of_school(
    tell: Callable[[TrainingRecord, bool], Any],
) -> Callable[[Organisation], Iterator[dict[str, Any]]]:
    """What `tell` says of each record of a school in turn, as {"record", "told"}; records it says nothing of are left out.

    The queries of `tell` for each record with a placement, check-off or examination; one record at a time in memory.
    """

    def rows(school: Organisation) -> Iterator[dict[str, Any]]:
        known = (Placement, CheckOff, Practical)
        any_of_it = [Exists(model._default_manager.filter(record=OuterRef("pk"))) for model in known]
        records = TrainingRecord.objects.filter(any_of_it[0] | any_of_it[1] | any_of_it[2], school=school)
        for record in records.select_related("school", "rule_set", "learner__user").order_by("pk").iterator(200):
            if told := tell(record, True):
                yield {"record": str(record.uuid), "told": told}

    return rows


SCHOOL_PARTS = {
    "placements.jsonl": of_school(placements_told),
    "competencies.jsonl": of_school(competency_rows_told),
    "practical_examinations.jsonl": of_school(practicals_told),
}
