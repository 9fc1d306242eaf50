"""The facts of a certificate as they are frozen at issue, and what the lines say of them now."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from certification.records.selectors import Transcript, course_results, evaluation_at
from certification.requirements.selectors import labelled, spec_for

from .. import rules
from ..models import Certificate, Kind


def shared_facts(
    *,
    transcript: Transcript,
    holder_name: str,
    code: str,
    signers: Sequence[rules.Signer],
    issued_at: str,
    issued_on: date,
    log_head: tuple[int, str],
    kind: str = Kind.COMPLETION,
    title: str = "",
    latin_name: str = "",
    look: Mapping[str, Any] | None = None,
    expires_on: date | None = None,
    replaces: Certificate | None = None,
    because: str = "",
) -> dict[str, Any]:
    """What the frozen facts of every kind hold: who, where, under which rules, read at which head. One query.

    With rules, context and head an audit can judge the lines again, whatever the kind says of them. `latin_name` is
    printed below the holder's name; `look` is what the school chose for its documents (`look_facts`). Both are left out
    where there is none. One that takes the place of another counts its versions on and names it; the first of a chain
    has no such key.
    """
    record, lines = transcript.record, transcript.entries
    school, rule_set = record.school, record.rule_set
    last_day = record.completed_on or max((line.date for line in lines), default=issued_on)
    facts: dict[str, Any] = {
        "form": rules.DATA_FORM,
        "school": {
            "slug": school.slug,
            "name": school.name,
            "address": school.address,
            "licence_number": school.licence_number,
            "opened_on": school.opened_on.isoformat() if school.opened_on else None,
            "closed_on": school.closed_on.isoformat() if school.closed_on else None,
        },
        "student": {
            "id": str(record.learner.uuid),
            "name": holder_name,
            **({"latin": latin_name} if latin_name else {}),
        },
        "credential": {"kind": str(kind), "title": title or record.program_title},
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
        "rule_set": {
            "label": rule_set.label,
            "title": rule_set.title,
            "status": rule_set.status,
            "sha256": rule_set.digest,
            "unit_minutes": spec_for(rule_set).unit_minutes,
        },
        # What the rules were told beside the hours, by the keys of hour-rules/1: with it anyone can judge again.
        "context": rules.context_facts(transcript.context),
        "ledger": {"origin": school.hour_log.origin, "size": log_head[0], "root": log_head[1]},
        **({"look": dict(look)} if look else {}),
        "issue": {
            "code": code,
            "version": replaces.facts["issue"]["version"] + 1 if replaces else 1,
            "issued_at": issued_at,
            "issued_on": issued_on.isoformat(),
            "signers": [
                {"act": s.act, "id": s.uuid, "name": s.name, "title": s.role, "on": s.on.isoformat()} for s in signers
            ],
            **({"expires_on": expires_on.isoformat()} if expires_on else {}),
        },
    }
    if replaces:
        facts["supersedes"] = {
            "code": replaces.code,
            "issued_on": replaces.issued_on.isoformat(),
            "because": because,
        }
    return facts


def hour_facts(transcript: Transcript) -> dict[str, Any]:
    """The hours as they are frozen, by category, with what a transcript must hold. One query."""
    evaluation, lines = transcript.evaluation, transcript.entries
    return {
        "courses": rules.courses(lines, course_results(transcript.record)),
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
    }


def completion_facts(*, transcript: Transcript, **frame: Any) -> dict[str, Any]:
    """The facts of a certificate of completion: what a transcript must hold. `frame` as `shared_facts` takes it.

    Two queries.
    """
    return {
        **shared_facts(transcript=transcript, **frame),
        **hour_facts(transcript),
        "requirements": [
            {
                "code": fact.code,
                "title": fact.title,
                "on": min(m.occurred_at for m in transcript.milestones if m.code == fact.code).isoformat(),
            }
            for fact in transcript.requirements
        ],
        "standing": "satisfactory",
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
