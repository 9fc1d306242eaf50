"""Checks competencies off, and plans what is practiced after a failure; passing posts a milestone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.selectors import has_role
from certification.records.models import Learner, Milestone, TrainingRecord
from certification.records.services import record_milestone, withdraw_milestone

from .. import rules
from ..models import CheckOff, EvaluationAnswer, Placement, Remediation
from ..selectors import is_learner_herself, is_learner_of, name_of_learner
from ..selectors.competencies import RATING_ROLES, CompetencyLine, sheet_of, staff_who_rate
from .competencies import must_keep
from .wording import printable, refuse_clients

PASS, FAIL = "pass", "fail"


@dataclass(frozen=True, slots=True)
class Rating:
    """One word about one competency: `value` is "0" to "3", of a safety item "pass" or "fail"; and words."""

    version: UUID
    value: str
    words: str = ""


def locked_record(record: TrainingRecord) -> TrainingRecord:
    """The record, after taking its learner's lock."""
    Learner.objects.select_for_update().get(pk=record.learner_id)
    return TrainingRecord.objects.select_related("school", "rule_set", "learner__user").get(pk=record.pk)


def refusal_in_words(line: CompetencyLine, reason: str) -> str:
    """Why a competency cannot be rated now (`CompetencyLine.refuses`), as a sentence."""
    if reason == "closed":
        missing = line.standing.missing
        return ngettext(
            "%(title)s opens after %(count)s more signed session.",
            "%(title)s opens after %(count)s more signed sessions.",
            missing,
        ) % {"title": line.version.title, "count": missing}
    sentences = {
        "plan": _("%(title)s was not passed. Before it is rated again, a plan must be made and done."),
        "undone": _("%(title)s was not passed, and the plan is not done yet."),
        "other": _("%(title)s was not passed before you. Somebody else must rate it now."),
        "retired": _("%(title)s is no longer asked for."),
    }
    return sentences[reason] % {"title": line.version.title}


@transaction.atomic
def rate(
    *,
    record: TrainingRecord,
    ratings: Sequence[Rating],
    by: User,
    placement: Placement | None = None,
    key: UUID | None = None,
    now: datetime | None = None,
) -> list[CheckOff]:
    """Rate competencies of a learner; passing posts `checkoff:<code>`, a failure after a pass withdraws it.

    Atomic: all of them or none. Idempotent by `key` (chosen by the form). Refuses, beside `rate-<version>`: who does not
    rate at the school, the learner herself or another learner, a competency that is closed, whose plan is not done, or
    that the same person failed; words that may name a client; a sealed record.
    """
    now = now or timezone.now()
    record = locked_record(record)
    if not has_role(by, record.school_id, *RATING_ROLES):
        raise ValidationError(_("Only the school’s instructors and coordinators rate competencies."))
    must_not_be_a_learner(by, record)
    _must_run(record)
    if placement is not None and placement.record_id != record.pk:
        raise ValidationError(_("This placement is another learner’s."))
    known = [name_of_learner(record), by.get_full_name(), record.school.name, str(placement.site) if placement else ""]
    sheet, made = sheet_of(record), []
    errors: dict[str, list[str]] = {}
    for one in ratings:
        uuid = uuid5(key, str(one.version)) if key is not None else None
        earlier = CheckOff.objects.filter(uuid=uuid, record=record).first() if uuid else None
        if earlier is not None:
            made.append(earlier)
            continue
        line = sheet.line(one.version)
        try:
            if line is None:
                raise ValidationError({f"rate-{one.version}": _("The school does not ask for this any more.")})
            if reason := line.refuses(by):
                raise ValidationError({f"rate-{one.version}": refusal_in_words(line, reason)})
            words = printable(one.words)
            if len(words) > 1000:
                raise ValidationError({f"words-{one.version}": _("Please say it in 1,000 characters at most.")})
            refuse_clients(f"words-{one.version}", words, [*known, line.version.title])
            made.append(note(record, line, one.value, words, now, uuid=uuid, evaluator=by, placement=placement))
        except ValidationError as error:
            for field, sentences in error.message_dict.items():
                errors.setdefault(field, []).extend(sentences)
    if errors:
        raise ValidationError(errors)
    return made


def note(
    record: TrainingRecord,
    line: CompetencyLine,
    value: str,
    words: str,
    now: datetime,
    *,
    uuid: UUID | None = None,
    evaluator: User | None = None,
    answer: EvaluationAnswer | None = None,
    placement: Placement | None = None,
) -> CheckOff:
    """Write down one check-off and what follows from it; inside a transaction, under the learner's lock.

    Refuses, beside the field, a value that is none.
    """
    outcome, rating = _read(line, value)
    done = line.plan if line.standing.state == "retest" else None
    row = CheckOff(
        **({"uuid": uuid} if uuid else {}),
        version=line.version,
        record=record,
        outcome=outcome,
        rating=rating,
        words=words,
        evaluator=evaluator,
        supervisor=answer.link.supervisor if answer else None,
        answer=answer,
        placement=placement,
        after=done,
        decided_at=now,
    )
    row.save(force_insert=True)
    _post(row, record)
    return row


def _read(line: CompetencyLine, value: str) -> tuple[str, int | None]:
    safety = line.version.safety
    if safety and value in (PASS, FAIL, "0"):
        return {PASS: rules.PASSED, FAIL: rules.FAILED, "0": rules.NOT_SEEN}[value], None
    if not safety and value in {str(rating) for rating in rules.RATINGS}:
        return rules.outcome_of(int(value)), int(value)
    raise ValidationError({f"rate-{line.version.uuid}": _("Choose one of the answers.")})


def _post(row: CheckOff, record: TrainingRecord) -> None:
    """Let the record's milestones say what the newest word says."""
    code = row.version.competency.milestone
    standing = Milestone.objects.filter(record=record, code=code)
    if row.outcome == rules.PASSED and not standing.exists():
        record_milestone(
            record=record,
            code=code,
            title=row.version.title,
            occurred_at=row.decided_at,
            source_key=f"checkoff:{row.uuid}",
        )
    elif row.outcome == rules.FAILED:
        for milestone in standing.filter(source_key__startswith="checkoff:"):
            withdraw_milestone(milestone=milestone, source_key=f"checkoff:{row.uuid}")


def must_not_be_a_learner(user: User, record: TrainingRecord) -> None:
    """Refuse the learner herself, under any spelling of her address, and whoever studies at the school now."""
    if is_learner_herself(email=user.email, user_id=user.pk, record=record):
        raise ValidationError(_("Nobody rates herself. Ask a colleague."))
    if is_learner_of(school=record.school_id, email=user.email, user_id=user.pk):
        raise ValidationError(_("You study at this school yourself. Learners do not rate each other."))


def _must_run(record: TrainingRecord) -> None:
    if record.sealed_at is not None:
        raise ValidationError(_("This record is sealed: it ended, and what stands in it stays."))


# ---- after a failure -------------------------------------------------------------------------------------------------


@transaction.atomic
def plan_remediation(
    *, failed: CheckOff, minutes: int, instructor: User, due_on: date, words: str, by: User
) -> Remediation:
    """Plan what is practiced before a re-test, or change the plan while it is not done.

    Idempotent by content. Refuses, beside the field: outsiders, the learner, what was not failed or was overtaken by a
    later word, a day that is over, an instructor who does not teach at the school, words that may name a client.
    """
    record = locked_record(failed.record)
    must_keep(by, record.school_id)
    must_not_be_a_learner(by, record)
    _must_run(record)
    line = sheet_of(record).of_competency(failed.version.competency_id)
    if line is None or line.last is None or line.last.pk != failed.pk or failed.outcome != rules.FAILED:
        raise ValidationError(_("This is not the last word on it any more. Open the learner’s page again."))
    words = printable(words)
    content = {"minutes": minutes, "instructor_id": instructor.pk, "due_on": due_on, "words": words}
    plan = Remediation.objects.select_for_update().filter(failed=failed).first()
    if plan is not None and all(getattr(plan, name) == value for name, value in content.items()):
        return plan
    if plan is not None and plan.state == Remediation.State.DONE:
        raise ValidationError(_("The plan is done and stays as it is."))
    if due_on < timezone.localdate(timezone=ZoneInfo(record.zone)):
        raise ValidationError({"due_on": _("That day is over.")})
    if not staff_who_rate(record.school_id).filter(pk=instructor.pk).exists():
        raise ValidationError({"instructor": _("Choose an instructor or coordinator of the school.")})
    if instructor.pk == record.learner.user_id:
        raise ValidationError({"instructor": _("She cannot practice with herself.")})
    known = [name_of_learner(record), instructor.get_full_name(), record.school.name, line.version.title]
    refuse_clients("words", words, known)
    if plan is None:
        plan = Remediation(failed=failed, planned_by=by)
    for name, value in content.items():
        setattr(plan, name, value)
    plan.full_clean(validate_constraints=False)
    plan.save()
    return plan


@transaction.atomic
def finish_remediation(*, plan: Remediation, by: User, now: datetime | None = None) -> Remediation:
    """Note that the plan is done, which opens the re-test. Idempotent. Refuses outsiders and the learner."""
    record = locked_record(plan.failed.record)
    must_keep(by, record.school_id)
    must_not_be_a_learner(by, record)
    _must_run(record)
    plan = Remediation.objects.select_for_update().get(pk=plan.pk)
    if plan.state == Remediation.State.PLANNED:
        plan.state, plan.done_by, plan.done_at = Remediation.State.DONE, by, now or timezone.now()
        plan.save(update_fields=["state", "done_by", "done_at"])
    return plan
