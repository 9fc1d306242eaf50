"""Plans practical examinations, takes in the two sheets, and posts what comes of them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.selectors import has_role
from certification.records.models import TrainingRecord
from certification.records.services import record_course_result, record_milestone

from .. import rules
from ..models import Practical, PracticalKind, PracticalResult, PracticalSheet
from ..selectors import is_learner_herself, is_learner_of, name_of_learner
from ..selectors.competencies import versions_in_use
from ..selectors.practical import barred_examiners, items_of, practicals, result_row
from .checkoffs import locked_record
from .dues import tell_examiners_named, tell_examiners_off
from .registers import must_be_as_seen, must_place, one_line
from .wording import printable, refuse_clients


@transaction.atomic
def save_practical_kind(
    *,
    school: Organisation,
    code: str,
    title: str,
    pass_percent: int,
    by: User | None,
    codes: Sequence[str] = (),
    course: str = "",
    fact: str = "",
    retired: bool = False,
    kind: PracticalKind | None = None,
    seen_version: int | None = None,
    uuid: UUID | None = None,
) -> PracticalKind:
    """Write down a kind of examination, or change one; what is planned keeps what stood there.

    Idempotent by content, and by `uuid` (chosen by the form) for a new one. Refuses, beside the field: outsiders, a code
    that stands on the list, competencies that are not in use, a change made meanwhile (`seen_version`).
    """
    if by is not None:
        must_place(by, school.pk)
    school = Organisation.objects.select_for_update(no_key=True).get(pk=school.pk)
    code = one_line(code).upper().replace(" ", "-")
    if kind is None and uuid is not None:
        kind = PracticalKind.objects.filter(uuid=uuid, school=school).first()
        if kind is not None:
            return kind
    if kind is not None:
        kind = PracticalKind.objects.select_for_update().get(pk=kind.pk)
    in_use = {version.competency.code for version in versions_in_use(school)}
    unknown = sorted(set(codes) - in_use)
    if unknown:
        raise ValidationError({"codes": _("Not in use: %(codes)s.") % {"codes": ", ".join(unknown)}})
    content: dict[str, Any] = {
        "title": one_line(title),
        "pass_percent": pass_percent,
        "codes": sorted(set(codes)),
        "course": one_line(course),
        "fact": one_line(fact),
    }
    if kind is None:
        known = PracticalKind.objects.filter(school=school, code=code).first()
        if known is not None:
            if all(getattr(known, name) == value for name, value in content.items()):
                return known
            raise ValidationError({"code": _("This code stands on your list already. Open that one to change it.")})
        kind = PracticalKind(school=school, code=code, **({"uuid": uuid} if uuid else {}))
    elif all(getattr(kind, name) == value for name, value in content.items()) and retired == bool(kind.retired_at):
        return kind
    else:
        must_be_as_seen(kind, seen_version)  # type: ignore[arg-type]
        kind.version += 1
    for name, value in content.items():
        setattr(kind, name, value)
    kind.retired_at = (kind.retired_at or timezone.now()) if retired else None
    kind.full_clean()
    kind.save()
    return kind


def _may_not_examine(user: User, record: TrainingRecord) -> str:
    """Why this person may not examine this learner; empty when she may."""
    if not has_role(user, record.school_id, "instructor"):
        return _("Both examiners must be instructors of the school.")
    if is_learner_herself(email=user.email, user_id=user.pk, record=record):
        return _("Nobody examines herself.")
    if is_learner_of(school=record.school_id, email=user.email, user_id=user.pk):
        return _("An examiner studies at the school. Learners do not examine each other.")
    return ""


@transaction.atomic
def plan_practical(
    *,
    kind: PracticalKind,
    record: TrainingRecord,
    on_day: date,
    place: str,
    examiners: tuple[User, User],
    by: User,
    uuid: UUID | None = None,
) -> Practical:
    """Plan an examination of a learner by two examiners, who are told, with the competencies that are in use today.

    Idempotent by `uuid` (chosen by the form). Refuses, beside the field: outsiders, one person twice, who is no
    instructor or is a learner, an examiner of an earlier failed one, while another of this kind is planned or when it is
    passed, a day that is over, a sealed record.
    """
    must_place(by, record.school_id)
    record = locked_record(record)
    earlier = Practical.objects.filter(uuid=uuid, record=record).first() if uuid else None
    if earlier is not None:
        return earlier
    if record.sealed_at is not None:
        raise ValidationError(_("This record is sealed: it ended, and what stands in it stays."))
    if kind.school_id != record.school_id or kind.retired_at is not None:
        raise ValidationError({"kind": _("The school does not hold this examination.")})
    others = Practical.objects.filter(record=record, kind=kind, cancelled_at=None)
    if others.filter(result=None).exists():
        raise ValidationError({"kind": _("One is planned for her already. Cancel that one first.")})
    if others.filter(result__passed=True).exists():
        raise ValidationError({"kind": _("She has passed it.")})
    if on_day < timezone.localdate(timezone=ZoneInfo(record.zone)):
        raise ValidationError({"on_day": _("That day is over.")})
    errors: dict[str, list[str]] = {}
    barred = barred_examiners(record, kind)
    for field, user in zip(("first", "second"), examiners, strict=True):
        if reason := _may_not_examine(user, record):
            errors[field] = [reason]
        elif user.pk in barred:
            errors[field] = [_("She did not pass before this examiner. A re-test is by others.")]
    if examiners[0].pk == examiners[1].pk:
        errors["second"] = [_("Choose two different people.")]
    if errors:
        raise ValidationError(errors)
    versions = [one for one in versions_in_use(record.school_id) if not kind.codes or one.competency.code in kind.codes]
    if not versions:
        raise ValidationError({"kind": _("None of its competencies is in use. Put them in use first.")})
    practical = Practical(
        kind=kind,
        record=record,
        on_day=on_day,
        place=one_line(place),
        items=[
            {
                "version": str(version.uuid),
                "code": version.competency.code,
                "title": version.title,
                "criteria": version.criteria,
                "safety": version.safety,
            }
            for version in versions
        ],
        pass_percent=kind.pass_percent,
        course=kind.course,
        fact=kind.fact,
        planned_by=by,
        **({"uuid": uuid} if uuid else {}),
    )
    practical.full_clean(validate_constraints=False)
    practical.save(force_insert=True)
    for seat, user in enumerate(examiners, 1):
        PracticalSheet.objects.create(practical=practical, seat=seat, examiner=user)
    tell_examiners_named(practical.pk)
    return practical


@transaction.atomic
def cancel_practical(*, practical: Practical, by: User) -> Practical:
    """Call an examination off, and tell its examiners. Idempotent. Refuses outsiders, and one that is decided."""
    must_place(by, practical.record.school_id)
    locked_record(practical.record)
    practical = practicals().select_for_update(of=("self",)).get(pk=practical.pk)
    if practical.cancelled_at is not None:
        return practical
    if result_row(practical) is not None:
        raise ValidationError(_("Both sheets are in: it is decided."))
    practical.cancelled_at = timezone.now()
    practical.save(update_fields=["cancelled_at"])
    tell_examiners_off(practical.pk)
    return practical


@transaction.atomic
def save_sheet(
    *,
    sheet: PracticalSheet,
    marks: Mapping[str, int],
    words: str,
    by: User,
    hand_in: bool = False,
    now: datetime | None = None,
) -> PracticalSheet:
    """Keep an examiner's own marks, and with `hand_in` hand them in for good; the second sheet decides.

    Idempotent: a sheet that is in answers a repeat with itself. Then the result posts `practical:<code>`, what a rule
    pack calls it, and the module's grade. Refuses, beside the field: others than this examiner, one who teaches no more,
    a cancelled or sealed one, a day that has not come, on handing in an item without a mark, words that may name a client.
    """
    now = now or timezone.now()
    record = locked_record(sheet.practical.record)
    sheet = (
        PracticalSheet.objects.select_for_update(of=("self",))
        .select_related("practical__kind", "practical__record")
        .get(pk=sheet.pk)
    )
    practical = sheet.practical
    if sheet.examiner_id != by.pk:
        raise ValidationError(_("This is another examiner’s sheet."))
    if sheet.handed_in_at is not None:
        return sheet
    if reason := _may_not_examine(by, record):
        raise ValidationError(reason)
    if practical.cancelled_at is not None or record.sealed_at is not None:
        raise ValidationError(_("This examination was called off."))
    if timezone.localdate(now, timezone=ZoneInfo(record.zone)) < practical.on_day:
        raise ValidationError(_("The day of the examination has not come."))
    items = items_of(practical)
    words = printable(words)
    if len(words) > 2000:
        raise ValidationError({"words": _("Please say it in 2,000 characters at most.")})
    refuse_clients("words", words, [name_of_learner(record), by.get_full_name(), record.school.name])
    known = {item.code for item in items}
    sheet.marks = {code: mark for code, mark in marks.items() if code in known}
    sheet.words = words
    lacking = rules.missing(items, sheet.marks)
    if hand_in and lacking:
        raise ValidationError({f"mark-{code}": [_("Choose one of the answers.")] for code in lacking})
    if hand_in:
        sheet.handed_in_at = now
    sheet.save(update_fields=["marks", "words", "handed_in_at"])
    if hand_in:
        _decide(practical, record, now)
    return sheet


def _decide(practical: Practical, record: TrainingRecord, now: datetime) -> None:
    """Average both sheets, if both are in, and post the result."""
    sheets = list(practical.sheets.filter(handed_in_at__isnull=False).order_by("seat"))
    if len(sheets) != 2:
        return
    result = rules.result_of(items_of(practical), sheets[0].marks, sheets[1].marks, practical.pass_percent)
    percent = result.percent
    PracticalResult.objects.create(
        practical=practical,
        numerator=None if percent is None else percent.numerator,
        denominator=1 if percent is None else percent.denominator,
        safe=result.safe,
        passed=result.passed,
        decided_at=now,
    )
    if result.passed:
        title = practical.kind.title
        for code in filter(None, (practical.kind.milestone, practical.fact)):
            record_milestone(
                record=record, code=code, title=title, occurred_at=now, source_key=f"practical:{practical.uuid}:{code}"
            )
    if practical.course and result.hundredths is not None:
        record_course_result(
            record=record,
            course=practical.course,
            source_key=f"practical:{practical.uuid}",
            grade_hundredths=result.hundredths,
            evidence=f"practical examination {practical.uuid}",
        )
