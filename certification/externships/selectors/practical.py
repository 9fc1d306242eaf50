"""Reads practical examinations; nobody sees the other examiner's sheet before both are in."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import Organisation, User
from certification.records.models import TrainingRecord

from .. import rules
from ..models import Practical, PracticalKind, PracticalResult, PracticalSheet


def kinds_of(schools: Collection[Organisation]) -> list[PracticalKind]:
    """The kinds of examination of some schools, those in use first, by title. One query."""
    rows = PracticalKind.objects.filter(school__in=schools).select_related("school").order_by("title", "pk")
    return sorted(rows, key=lambda kind: kind.retired_at is not None)


def practicals() -> QuerySet[Practical]:
    """Examinations with kind, learner, school, result and both sheets. Two queries when read."""
    sheets = Prefetch("sheets", PracticalSheet.objects.select_related("examiner").order_by("seat"))
    return Practical.objects.select_related(
        "kind", "record__school", "record__learner__user", "planned_by", "result"
    ).prefetch_related(sheets)


def practicals_of(schools: Iterable[Organisation], *, state: str = "") -> QuerySet[Practical]:
    """The examinations of some schools: planned (the next first), decided or cancelled (the newest first)."""
    rows = practicals().filter(record__school__in=schools)
    if state == "planned":
        return rows.filter(result=None, cancelled_at=None).order_by("on_day", "pk")
    if state == "decided":
        rows = rows.filter(result__isnull=False)
    elif state == "cancelled":
        rows = rows.filter(cancelled_at__isnull=False)
    return rows.order_by("-on_day", "-pk")


def to_mark(user: User) -> QuerySet[PracticalSheet]:
    """The sheets that this examiner has not handed in, by day. One query when read."""
    return (
        PracticalSheet.objects.filter(
            examiner=user, handed_in_at=None, practical__cancelled_at=None, practical__record__sealed_at=None
        )
        .select_related("practical__kind", "practical__record__learner__user", "practical__record__school")
        .order_by("practical__on_day", "pk")
    )


def state_of(practical: Practical) -> str:
    """One of cancelled, passed, failed, planned. No query on a loaded one."""
    if practical.cancelled_at is not None:
        return "cancelled"
    result = result_row(practical)
    return "planned" if result is None else "passed" if result.passed else "failed"


def result_row(practical: Practical) -> PracticalResult | None:
    """What came of it, if both sheets are in. No query on a loaded one."""
    found: PracticalResult | None = getattr(practical, "result", None)
    return found


def items_of(practical: Practical) -> tuple[rules.Item, ...]:
    """Its items as the rules read them. No query."""
    return tuple(rules.Item(item["code"], item["safety"]) for item in practical.items)


@dataclass(frozen=True, slots=True)
class MarkedItem:
    """One item of a decided examination: both marks, and what they come to. Its texts and marks as they were given."""

    title: str
    safety: bool
    marks: tuple[int, int]
    mean: Fraction | None
    passed: bool | None


def marked_items(practical: Practical) -> list[MarkedItem]:
    """The averaged items of a decided examination; none before both sheets are in. No query on a loaded one."""
    if result_row(practical) is None:
        return []
    one, other = practical.sheets.all()
    result = rules.result_of(items_of(practical), one.marks, other.marks, practical.pass_percent)
    return [
        MarkedItem(
            item["title"], item["safety"], (one.marks[item["code"]], other.marks[item["code"]]), of.mean, of.passed
        )
        for item, of in zip(practical.items, result.items, strict=True)
    ]


def percent_of(result: PracticalResult) -> Fraction | None:
    """The exact percent."""
    return None if result.numerator is None else Fraction(result.numerator, result.denominator)


def own_practicals(record: TrainingRecord) -> list[Practical]:
    """A learner's examinations, the newest first, without cancelled ones. Two queries."""
    return list(practicals().filter(record=record, cancelled_at=None).order_by("-on_day", "-pk"))


def barred_examiners(record: TrainingRecord, kind: PracticalKind) -> set[int]:
    """Who may not examine this learner again: the examiners of failed examinations of this kind. One query."""
    failed = Q(practical__record=record, practical__kind=kind, practical__result__passed=False)
    return set(PracticalSheet.objects.filter(failed).values_list("examiner_id", flat=True))


def practicals_told(record: TrainingRecord, whole: bool) -> list[dict[str, Any]]:
    """The decided examinations of a record for its export, as plain values. Two queries.

    `whole` is the school's copy: it alone says whose the marks are, as the learner's page names no examiner either.
    """
    return [
        {
            "uuid": str(practical.uuid),
            "code": practical.kind.code,
            "title": practical.kind.title,
            "on": practical.on_day.isoformat(),
            "place": practical.place,
            "pass_percent": practical.pass_percent,
            "percent": None if percent_of(practical.result) is None else str(percent_of(practical.result)),
            "passed": practical.result.passed,
            "items": practical.items,
            "sheets": [
                {
                    "examiner": sheet.examiner.get_full_name() if whole else None,
                    "marks": sheet.marks,
                    "words": sheet.words,
                }
                for sheet in practical.sheets.all()
            ],
        }
        for practical in practicals().filter(record=record, result__isnull=False).order_by("pk")
    ]
