"""Reads certificates: who is ready, what waits for a second signature, what was issued, and one by its code."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Exists, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import Membership, Organisation, User
from certification import codes
from certification.records.access import own_records
from certification.records.models import HourEntry, Milestone, RecordRequirement, TrainingRecord
from certification.records.selectors import Transcript, course_results, evaluation_at, transcript_for
from certification.requirements.models import RuleSet
from certification.requirements.selectors import labelled, spec_for

from . import rules, wording
from .documents import undrawable
from .models import Achievement, Certificate, CertificateDocument, CertificateProposal, Kind, StatusList

SIGNER_ROLES = ("registrar", "admin")


def read_code(text: str) -> str:
    """The shown form of a typed code; refuses (ValidationError, one sentence) what is none. No query."""
    try:
        return codes.parse_code(text)
    except codes.BadCodeError as error:
        raise ValidationError(wording.bad_code(error), code="bad_code") from error


# ---------------------------------------------------------------- who is ready


def holder_of(record: TrainingRecord) -> str:
    """The legal name as a certificate would print it; empty where there is none."""
    user = record.learner.user
    return rules.clean_name(user.legal_name) if user else ""


def judge(record: TrainingRecord) -> tuple[Transcript, rules.Eligibility]:
    """The transcript and what it shows of every condition. 6 queries (8 when learner and user are not loaded)."""
    transcript = transcript_for(record)
    name = holder_of(record)
    return transcript, rules.eligibility(
        evaluation=transcript.evaluation,
        requirements=transcript.requirements,
        milestones=transcript.milestones,
        holder_name=name,
        undrawable=undrawable(name),
    )


def eligibility_for(record: TrainingRecord) -> rules.Eligibility:
    """Every condition of the record's certificate as met or missing, with numbers; records and rules alone decide.

    As many queries as `judge`.
    """
    return judge(record)[1]


@dataclass(frozen=True, slots=True)
class Ready:
    """A record that may get its certificate."""

    record: TrainingRecord
    eligibility: rules.Eligibility


def ready_records(schools: Collection[Organisation], *, limit: int = 25) -> tuple[list[Ready], bool]:
    """Records of these schools that meet every condition and await a proposal; and whether there are more.

    The database leaves only records with enough attended minutes and no missing fact (2 queries); each of those is
    then judged (6 queries), at most `limit` of them.
    """
    rule_sets = RuleSet.objects.filter(training_records__school__in=schools).distinct()
    enough = Q(pk__in=())
    for rule_set in rule_sets:
        enough |= Q(rule_set=rule_set.pk, attended__gte=spec_for(rule_set).required)
    minutes = (
        HourEntry.objects.filter(record=OuterRef("pk"))
        .order_by()
        .values("record")
        .annotate(all=Sum("minutes"))
        .values("all")
    )
    shown = Milestone.objects.filter(record=OuterRef("record")).values("code")
    lacking = RecordRequirement.objects.filter(record=OuterRef("pk")).exclude(code__in=shown)
    candidates = (
        TrainingRecord.objects.filter(school__in=schools)
        .annotate(attended=Coalesce(Subquery(minutes, output_field=IntegerField()), 0))
        .filter(
            enough,
            ~Exists(lacking),
            ~Exists(Certificate.objects.filter(record=OuterRef("pk"))),
            ~Exists(CertificateProposal.objects.filter(record=OuterRef("pk"), withdrawn_at=None)),
        )
        .select_related("school", "rule_set", "learner__user")
        .order_by("enrolled_on", "pk")[: limit + 1]
    )
    found = list(candidates)
    judged = [Ready(record, eligibility_for(record)) for record in found[:limit]]
    return [one for one in judged if one.eligibility.met], len(found) > limit


# ---------------------------------------------------------------- proposals


def open_proposal(record: TrainingRecord) -> CertificateProposal | None:
    """The proposal that stands for this record's certificate of completion, issued or not. One query."""
    return (
        CertificateProposal.objects.filter(record=record, kind=Kind.COMPLETION, supersedes=None, withdrawn_at=None)
        .select_related("proposed_by")
        .first()
    )


def waiting_proposals(schools: Collection[Organisation]) -> QuerySet[CertificateProposal]:
    """Proposals of these schools that a second person has not signed, oldest first. One query."""
    return (
        CertificateProposal.objects.filter(record__school__in=schools, withdrawn_at=None, certificate=None)
        .select_related("record__school", "record__learner__user", "proposed_by")
        .order_by("proposed_at", "pk")
    )


def signers_of(school_ids: Collection[int]) -> dict[int, list[User]]:
    """Who may sign certificates now, by school. One query."""
    listed: dict[int, list[User]] = {pk: [] for pk in school_ids}
    rows = (
        Membership.objects.filter(
            organisation__in=school_ids, role__in=SIGNER_ROLES, until__isnull=True, user__is_active=True
        )
        .select_related("user")
        .order_by("user__legal_name", "pk")
    )
    for row in rows:
        if row.user not in listed[row.organisation_id]:
            listed[row.organisation_id].append(row.user)
    return listed


# ---------------------------------------------------------------- what was issued


def with_state() -> QuerySet[Certificate]:
    """Certificates with all that their state needs and without their long facts. One query when read."""
    return Certificate.objects.select_related("school", "revocation", "superseded_by").defer("data", "evaluation")


def certificate_by_code(code: str) -> Certificate | None:
    """The certificate with this (shown) code, with all that its state needs. One query, found or not."""
    return with_state().filter(code=code).first()


def certificate_of(record: TrainingRecord) -> Certificate | None:
    """The last certificate of completion of a record's chain, with its files (without bytes). Two queries."""
    return (
        with_state()
        .filter(record=record, kind=Kind.COMPLETION, superseded_by=None)
        .select_related("proposed_by", "issued_by", "proposal", "revocation__by")
        .prefetch_related(_with_files())
        .first()
    )


def rests_on(record: TrainingRecord) -> bool:
    """Whether a certificate that was issued and not revoked rests on a record. One query."""
    return Certificate.objects.filter(record=record, revocation=None).exists()


def _with_files() -> Prefetch[Any]:
    """The files of certificates without their bytes."""
    return Prefetch("documents", CertificateDocument.objects.defer("body").order_by("pk"))


def certificates_of(user: User) -> list[Certificate]:
    """A person's own certificates with their files (without bytes), newest first. Two queries."""
    found = with_state().filter(record__in=own_records(user)).prefetch_related(_with_files())
    return list(found.order_by("-issued_at", "-pk"))


def records_without_certificate(user: User) -> list[TrainingRecord]:
    """A person's records that have none yet. One query."""
    return list(own_records(user).filter(~Exists(Certificate.objects.filter(record=OuterRef("pk")))))


def issued_by_schools(schools: Collection[Organisation]) -> QuerySet[Certificate]:
    """What these schools issued, newest first. One query."""
    return with_state().filter(school__in=schools).select_related("record", "issued_by").order_by("-issued_at", "-pk")


def certificates_on(record: TrainingRecord) -> list[Certificate]:
    """Every certificate that was issued on a record, oldest first. One query."""
    rows = with_state().filter(record=record).select_related("proposed_by", "issued_by", "revocation__by")
    return list(rows.order_by("issued_at", "pk"))


def document(certificate: Certificate, format: str = "pdf") -> CertificateDocument | None:
    """The issued bytes in one format. One query."""
    return CertificateDocument.objects.filter(certificate=certificate, format=format).first()


def has_documents(certificate: Certificate) -> bool:
    """Whether its files were made. One query."""
    return CertificateDocument.objects.filter(certificate=certificate).exists()


def achievement(name: UUID) -> Achievement | None:
    """What certificates of this name are awarded for. One query."""
    return Achievement.objects.filter(name=name).first()


def status_list(uuid: UUID) -> StatusList | None:
    """One list of what was revoked. One query."""
    return StatusList.objects.filter(uuid=uuid).first()


# ---------------------------------------------------------------- what is frozen


def completion_facts(
    *,
    transcript: Transcript,
    holder_name: str,
    code: str,
    signers: Sequence[rules.Signer],
    issued_at: str,
    issued_on: date,
    log_head: tuple[int, str],
) -> dict[str, Any]:
    """The facts of a certificate of completion as they are frozen: what a transcript must hold. Two queries."""
    record, evaluation, lines = transcript.record, transcript.evaluation, transcript.entries
    school, rule_set = record.school, record.rule_set
    last_day = record.completed_on or max((line.date for line in lines), default=issued_on)
    spec = spec_for(rule_set)
    return {
        "form": rules.DATA_FORM,
        "school": {
            "slug": school.slug,
            "name": school.name,
            "address": school.address,
            "licence_number": school.licence_number,
            "opened_on": school.opened_on.isoformat() if school.opened_on else None,
            "closed_on": school.closed_on.isoformat() if school.closed_on else None,
        },
        "student": {"id": str(record.learner.uuid), "name": holder_name},
        "credential": {"kind": Kind.COMPLETION.value, "title": record.program_title},
        "enrollment": {
            "record": str(record.uuid),
            "program": record.program_code,
            "title": record.program_title,
            "enrolled_on": record.enrolled_on.isoformat(),
            "started_on": (record.program_start_on or record.enrolled_on).isoformat(),
            "last_day_on": last_day.isoformat(),
            "status": "completed",
            "zone": record.zone,
        },
        "courses": rules.courses(lines, course_results(record)),
        "clinical": rules.clinical(lines),
        "transfers": rules.transfers(lines),
        "totals": {
            "total": {
                "required": evaluation.total.required,
                "attended": evaluation.total.attended,
                "creditable": evaluation.total.creditable,
                "counted": evaluation.total.counted,
            },
            "categories": rules.category_tree(evaluation.categories),
            "not_creditable": rules.not_creditable(evaluation),
            "evidence": rules.evidence(lines),
            "kinds": rules.kinds(lines, evaluation.categories),
        },
        "corrections": rules.corrections(lines),
        "requirements": [
            {
                "code": fact.code,
                "title": fact.title,
                "on": min(m.occurred_at for m in transcript.milestones if m.code == fact.code).isoformat(),
            }
            for fact in transcript.requirements
        ],
        "rule_set": {
            "label": rule_set.label,
            "title": rule_set.title,
            "status": rule_set.status,
            "sha256": rule_set.digest,
            "unit_minutes": spec.unit_minutes,
        },
        # What the rules were told beside the hours, by the keys of hour-rules/1: with it anyone can judge again.
        "context": rules.context_facts(transcript.context),
        "ledger": {"origin": school.hour_log.origin, "size": log_head[0], "root": log_head[1]},
        "standing": "satisfactory",
        "issue": {
            "code": code,
            "version": 1,
            "issued_at": issued_at,
            "issued_on": issued_on.isoformat(),
            "signers": [
                {"act": s.act, "id": s.uuid, "name": s.name, "title": s.role, "on": s.on.isoformat()} for s in signers
            ],
        },
    }


def evaluation_again(certificate: Certificate) -> dict[str, Any] | None:
    """The evaluation that the lines give now for a certificate: as of its checkpoint, rules and context as frozen.

    None when its rule set is gone. Three queries.
    """
    rule_set = labelled(certificate.rule_set)
    as_of = json.loads(certificate.evaluation)["as_of"]
    if rule_set is None or rule_set.digest != certificate.facts["rule_set"]["sha256"]:
        return None
    return evaluation_at(
        certificate.record,
        rule_set=rule_set,
        log_size=certificate.log_size,
        # `issued_at` is cut to the second.
        until=certificate.issued_at + timedelta(seconds=1),
        context=rules.context_of_facts(certificate.facts["context"]),
        as_of=date.fromisoformat(as_of) if as_of else None,
    ).as_dict()
