"""From an id to a training record, for this person."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from accounts.models import Organisation, User
from accounts.selectors import STAFF_ROLES, has_role, schools_of

from .models import Anomaly, Claim, Correction, Hold, HourEntry, ImportBatch, ImportRun, Target, TrainingRecord, Witness
from .selectors import corrections_with_people, is_about, roles_at

SEALING_ROLES = ("registrar", "admin")


def own_records(user: User) -> QuerySet[TrainingRecord]:
    """The records of this person, newest first. One query."""
    return (
        TrainingRecord.objects.filter(learner__user=user)
        .select_related("school", "rule_set", "learner")
        .order_by("-enrolled_on", "-pk")
    )


def record_for(user: User, uuid: UUID) -> TrainingRecord:
    """The record, for its learner and for staff of its school; for everybody else it does not exist. Two queries."""
    record = TrainingRecord.objects.select_related("school", "rule_set", "learner__user").filter(uuid=uuid).first()
    if record is None:
        raise Http404
    if record.learner.user_id is not None and record.learner.user_id == user.pk:
        return record
    if has_role(user, record.school_id, *STAFF_ROLES):
        return record
    raise Http404


def own_target(user: User, uuid: UUID) -> Target:
    """Her own aim. One query."""
    target = Target.objects.filter(uuid=uuid, learner__user=user).first()
    if target is None:
        raise Http404
    return target


def sealing_school(user: User, slug: str | None) -> tuple[Organisation, list[Organisation]]:
    """The school of this name where this person is a registrar (her first where none is named), and all of hers.

    Two queries.
    """
    schools = list(schools_of(user, *SEALING_ROLES).order_by("name", "pk"))
    found = next((school for school in schools if slug in (None, "", school.slug)), None)
    if found is None:
        raise Http404
    return found, schools


def own_record(user: User, uuid: UUID) -> TrainingRecord:
    """Her own record. One query."""
    record = own_records(user).select_related("learner__user").filter(uuid=uuid).first()
    if record is None:
        raise Http404
    return record


def record_at_school(user: User, uuid: UUID, *roles: str) -> TrainingRecord:
    """The record, for who holds one of the roles at its school, unless it is her own. At most four queries."""
    record = TrainingRecord.objects.select_related("school", "rule_set", "learner__user").filter(uuid=uuid).first()
    if record is None or not roles_at(user, record) & frozenset(roles):
        raise Http404
    return record


def record_to_export(user: User, uuid: UUID) -> tuple[TrainingRecord, bool]:
    """The record that this person may take away, and whether as the school's copy: her own, or as a registrar there.

    At most five queries.
    """
    try:
        return own_record(user, uuid), False
    except Http404:
        return record_at_school(user, uuid, *SEALING_ROLES), True


def hold_of(user: User, uuid: UUID) -> Hold:
    """The hold, for registrars and administrators of its school; never for the learner herself. At most four queries."""
    rows = Hold.objects.select_related("record__school", "record__learner__user", "placed_by", "released_by")
    hold = rows.filter(uuid=uuid).first()
    if hold is None or not roles_at(user, hold.record) & frozenset(SEALING_ROLES):
        raise Http404
    return hold


def line_of(record: TrainingRecord, uuid: UUID) -> HourEntry:
    """A line of a record, whether it stands or not. One query."""
    entry = HourEntry.objects.select_related("record").filter(record=record, uuid=uuid).first()
    if entry is None:
        raise Http404
    return entry


def correction_for(user: User, uuid: UUID) -> Correction:
    """The correction, for who proposed it and for those who decide at the school; never for the learner herself.

    At most four queries.
    """
    correction = corrections_with_people().filter(uuid=uuid).first()
    if correction is None:
        raise Http404
    here = roles_at(user, correction.record)
    if here & frozenset(SEALING_ROLES) or (here & STAFF_ROLES and correction.proposed_by_id == user.pk):
        return correction
    raise Http404


def own_claim(user: User, uuid: UUID) -> Claim:
    """Her own claim. One query."""
    claim = Claim.objects.select_related("record__learner__user", "entry").filter(uuid=uuid, made_by=user).first()
    if claim is None:
        raise Http404
    return claim


def claim_to_answer(user: User, uuid: UUID) -> Claim:
    """The claim, for those who answer at its school; never for the learner herself. At most four queries."""
    claim = (
        Claim.objects.select_related(
            *("record__learner__user", "record__school", "record__rule_set", "entry", "made_by", "answered_by")
        )
        .filter(uuid=uuid)
        .first()
    )
    if claim is None or not roles_at(user, claim.record) & frozenset(SEALING_ROLES):
        raise Http404
    return claim


def paper_of_claim(user: User, uuid: UUID) -> Claim:
    """The claim whose paper somebody reads: its learner, or who answers it. At most five queries."""
    try:
        return own_claim(user, uuid)
    except Http404:
        return claim_to_answer(user, uuid)


def witness_for(user: User, uuid: UUID) -> Witness:
    """Who gets a log's checkpoints, for registrars of its school. At most two queries."""
    witness = Witness.objects.select_related("log__school").filter(uuid=uuid).first()
    if witness is None or not has_role(user, witness.log.school_id, *SEALING_ROLES):
        raise Http404
    return witness


def anomaly_for(user: User, uuid: UUID) -> Anomaly:
    """The anomaly, for those who decide at its school; never for whose own hours it is about. At most four queries."""
    anomaly = Anomaly.objects.select_related("school").filter(uuid=uuid).first()
    if anomaly is None or not has_role(user, anomaly.school_id, *SEALING_ROLES) or is_about(user, anomaly):
        raise Http404
    return anomaly


def import_for(user: User, uuid: UUID) -> ImportBatch:
    """The file that was brought in, for registrars of its school. At most two queries."""
    batch = ImportBatch.objects.select_related("school", "proposed_by", "decided_by").filter(uuid=uuid).first()
    if batch is None or not has_role(user, batch.school_id, *SEALING_ROLES):
        raise Http404
    return batch


def import_run_for(user: User, uuid: UUID) -> ImportRun:
    """The work on a file, for registrars of its school. At most two queries."""
    run = ImportRun.objects.select_related("school", "batch", "by").defer("batch__verdicts").filter(uuid=uuid).first()
    if run is None or not has_role(user, run.school_id, *SEALING_ROLES):
        raise Http404
    return run
